// The row under the piano: what one reaches for while playing. Before a jam it says how turns are taken.

import { TURN_MODES } from '../../../jam/turns/turn-modes.js';
import { HandOverIcon, ListIcon, LoopIcon, SettingsIcon, SilenceIcon, StopIcon, VaryIcon } from './icons.js';
import { shiftOctave } from './keyboard.js';
import { useTurns } from './recording/turns.js';
import { useMoment, useSession, useView } from './session-context.js';
import { TakePicker } from './take-picker.js';
import { plural, turnsInWords } from './words.js';

function Octave() {
  const session = useSession();
  const octave = useView((view) => view.settings.octave);
  return (
    <fieldset class="octave" aria-label="Octave of piano and letters">
      <button
        type="button"
        class="icon-button"
        aria-label="An octave lower"
        title="An octave lower (←)"
        disabled={octave <= -3}
        onClick={() => shiftOctave(session, -1)}
      >
        −
      </button>
      <span>
        Octave <b>{octave > 0 ? `+${octave}` : octave}</b>
      </span>
      <button
        type="button"
        class="icon-button"
        aria-label="An octave higher"
        title="An octave higher (→)"
        disabled={octave >= 3}
        onClick={() => shiftOctave(session, 1)}
      >
        +
      </button>
    </fieldset>
  );
}

function JamButtons() {
  const session = useSession();
  const { strict, phase, loop, mutate, answered } = useMoment((status) => ({
    strict: status === null || TURN_MODES[status.mode].strict,
    phase: status?.phase ?? 'ready',
    loop: status?.loop ?? false,
    mutate: status?.mutate ?? false,
    answered: status?.takes != null,
  }));
  return (
    <>
      <button type="button" class="stop" title="Stop (Space)" onClick={() => session.end()}>
        <StopIcon />
        <span>Stop</span>
      </button>
      {!strict && (
        <button type="button" class="dock-button strong" title="Hand over (Enter)" onClick={() => session.control({ type: 'hand-over' })}>
          <HandOverIcon />
          <span>{phase === 'model' ? 'My turn' : 'Hand over'}</span>
        </button>
      )}
      <TakePicker />
      <button
        type="button"
        class="dock-button"
        aria-pressed={loop}
        disabled={!answered}
        title="The last answer again and again"
        onClick={() => session.control({ type: 'loop', on: !loop })}
      >
        <LoopIcon />
        <span>Loop</span>
      </button>
      <button
        type="button"
        class="dock-button"
        aria-pressed={mutate}
        disabled={!answered}
        title="The next answer is made from the last answer"
        onClick={() => session.control({ type: 'mutate' })}
      >
        <VaryIcon />
        <span>Vary</span>
      </button>
      <button type="button" class="dock-button" title="All notes off (Esc)" onClick={() => session.panic()}>
        <SilenceIcon />
        <span>Silence</span>
      </button>
    </>
  );
}

interface DockProps {
  readonly recordingOpen: boolean;
  readonly onTurns: () => void;
  readonly onRecording: () => void;
}

export function Dock({ recordingOpen, onTurns, onRecording }: DockProps) {
  const jamming = useView((view) => view.jamming);
  const settings = useView((view) => view.settings);
  const turns = useTurns().length;
  const kept = useView((view) => view.recordings.length);
  return (
    // A pointer leaves the focus where it is, so that Space goes on beginning and stopping.
    <div class="dock" role="toolbar" aria-label="Playing" onMouseDown={(event) => event.preventDefault()}>
      {jamming ? (
        <JamButtons />
      ) : (
        <button type="button" class="summary" title="Change how turns are taken" onClick={onTurns}>
          <SettingsIcon />
          <span>
            {turnsInWords(settings)} · {Math.round(settings.qpm)}&nbsp;bpm
          </span>
        </button>
      )}
      <Octave />
      {(turns > 0 || kept > 0) && (
        <button type="button" class="dock-button phone-only" title="Recording" aria-expanded={recordingOpen} onClick={onRecording}>
          <ListIcon />
          <span>Recording{turns > 0 && ` · ${plural(turns, 'turn')}`}</span>
        </button>
      )}
    </div>
  );
}
