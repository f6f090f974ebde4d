// The recording under the piano: its turns as blocks, and what can be done with the whole.

import type { PageView } from '../../page-session.js';
import { CloseIcon, PlayIcon, RedoIcon, StopIcon, UndoIcon } from '../icons.js';
import { useSession, useView } from '../session-context.js';
import { minutes, plural } from '../words.js';
import { Downloads } from './downloads.js';
import { KeptRecordings } from './kept-recordings.js';
import { Strip } from './strip.js';
import { useTurns } from './turns.js';

const SAVED: Readonly<Record<PageView['saved'], string>> = {
  nothing: '',
  saving: 'saving…',
  saved: 'saved in this browser',
  failed: 'not saved: download it before you leave',
};

export function Recording({ sheet, onClose }: { sheet: boolean; onClose: () => void }) {
  const session = useSession();
  const turns = useTurns();
  const length = useView((view) => view.length);
  const saved = useView((view) => view.saved);
  const whole = useView((view) => view.playingBack === null);
  const jamming = useView((view) => view.jamming);
  const canUndo = useView((view) => view.canUndo);
  const canRedo = useView((view) => view.canRedo);
  const kept = useView((view) => view.recordings.length);
  const empty = turns.length === 0;
  if (empty && (jamming || (kept === 0 && !canUndo))) return null;
  return (
    <section class={`recording${sheet ? ' sheet' : ''}`} aria-label="Recording">
      {!(jamming && !sheet) && (
        <div class="recording-head">
          {!empty && (
            <button
              type="button"
              class="round"
              disabled={jamming}
              aria-label={whole ? 'Stop playing the recording' : 'Play the whole recording'}
              title={whole ? 'Stop' : 'Play it all'}
              onClick={() => (whole ? session.stopPlayback() : session.play(null))}
            >
              {whole ? <StopIcon /> : <PlayIcon />}
            </button>
          )}
          <div class="recording-words">
            <h2>Recording</h2>
            <p class={`quiet${saved === 'failed' ? ' failed' : ''}`}>
              {empty ? 'Nothing yet' : `${plural(turns.length, 'turn')} · ${minutes(length)}`}
              {SAVED[saved] !== '' && ` · ${SAVED[saved]}`}
            </p>
          </div>
          <div class="recording-tools">
            <button
              type="button"
              class="icon-button"
              aria-label="Undo"
              title="Undo (Ctrl Z)"
              disabled={!canUndo}
              onClick={() => session.undo()}
            >
              <UndoIcon />
            </button>
            <button
              type="button"
              class="icon-button"
              aria-label="Redo"
              title="Redo (Ctrl Shift Z)"
              disabled={!canRedo}
              onClick={() => session.redo()}
            >
              <RedoIcon />
            </button>
            {!empty && <Downloads />}
            <KeptRecordings />
          </div>
          {sheet && (
            <button type="button" class="icon-button" aria-label="Close the recording" onClick={onClose}>
              <CloseIcon />
            </button>
          )}
        </div>
      )}
      {!empty && <Strip turns={turns} />}
    </section>
  );
}
