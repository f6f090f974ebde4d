// First sight: one large button, one line that says what to do. It also says what keeps the page from playing.

import { PlayIcon } from '../icons.js';
import { useTurns } from '../recording/turns.js';
import { useSession, useView } from '../session-context.js';
import { Trouble } from '../trouble.js';
import { invitation } from '../words.js';

export function Invitation() {
  const session = useSession();
  const mode = useView((view) => view.settings.mode);
  const chosen = useView((view) => view.settings.models);
  const models = useView((view) => view.models);
  const listing = useView((view) => view.listing);
  const recorded = useTurns().length > 0;
  const midi = useView((view) => view.midi.state);
  const sound = useView((view) => view.sound.state);
  const ours = models.filter(({ name }) => chosen.includes(name));
  const answers = ours.some(({ loaded }) => loaded.state !== 'broken');
  // What could not be fetched is fetched again; what the list says is damaged stays so.
  const mayAnswer = listing === 'loading' || ours.some(({ problem }) => problem === undefined);
  return (
    <div class="invitation">
      <Trouble />
      {mayAnswer && (
        <button type="button" class="begin" onClick={() => void session.begin()} disabled={sound === 'starting'}>
          <PlayIcon />
          <span>{recorded ? 'Play again' : 'Play'}</span>
        </button>
      )}
      <p class="invitation-line">{listing === 'loading' ? 'Looking for models…' : invitation(mode, answers)}</p>
      <p class="invitation-more">
        <span class="fine-only">Computer keyboard, mouse or touch{midi === 'on' ? ', or your MIDI keyboard' : ''}. </span>
        <span class="coarse-only">{midi === 'on' ? 'Touch the keys, or play your MIDI keyboard. ' : 'Touch the keys. '}</span>
        {midi === 'unasked' && (
          <button type="button" class="link" onClick={() => void session.askForMidi()}>
            Use a MIDI keyboard
          </button>
        )}
        {midi === 'asking' && 'Your browser asks whether this page may use MIDI…'}
      </p>
    </div>
  );
}
