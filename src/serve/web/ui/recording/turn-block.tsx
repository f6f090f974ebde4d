// A turn: who played, its notes in small, which of several answers it is; a click plays it, its menu has more.

import { useLayoutEffect, useRef } from 'preact/hooks';
import type { TimelineTurn } from '../../../../jam/timeline/timeline.js';
import { MutedIcon } from '../icons.js';
import { useSession, useView } from '../session-context.js';
import { plural } from '../words.js';
import { drawMiniRoll } from './mini-roll.js';
import { TurnMenu } from './turn-menu.js';

const PIXELS_A_SECOND = 29;
const NARROWEST = 96;
const WIDEST = 300;

const darkness = matchMedia('(prefers-color-scheme: dark)');

export function TurnBlock({ turn, number }: { turn: TimelineTurn; number: number }) {
  const session = useSession();
  const playing = useView((view) => view.playingBack === turn.turn);
  const jamming = useView((view) => view.jamming);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { whose, start, end, muted, notes, model, takes, take } = turn;
  const width = Math.min(WIDEST, Math.max(NARROWEST, Math.round((end - start) * PIXELS_A_SECOND)));
  const name = whose === 'you' ? 'You' : (model ?? 'Model');
  const several = takes.length > 1;

  useLayoutEffect(() => {
    const draw = (): void => void (canvas.current !== null && drawMiniRoll(canvas.current, turn));
    // Also when it comes into sight: the sheet on a phone is not laid out before.
    const watch = new ResizeObserver(draw);
    if (canvas.current !== null) watch.observe(canvas.current);
    darkness.addEventListener('change', draw);
    return () => {
      watch.disconnect();
      darkness.removeEventListener('change', draw);
    };
  }, [turn, width]);

  return (
    <li class={`turn ${whose}${muted ? ' muted' : ''}${playing ? ' playing' : ''}`} style={{ width: `${width}px` }}>
      <button
        type="button"
        class="turn-play"
        disabled={jamming}
        aria-label={`${playing ? 'Stop' : 'Play'} turn ${number}: ${name}, ${plural(notes.length, 'note')}${muted ? ', muted' : ''}`}
        onClick={() => (playing ? session.stopPlayback() : session.play(turn.turn))}
        onKeyDown={(event) => event.key === 'Delete' && session.remove(turn.turn)}
      >
        <span class="turn-name">
          {muted ? <MutedIcon /> : <i class={`mark ${whose}`} />}
          <bdi>{name}</bdi>
        </span>
        <canvas ref={canvas} />
        {several && (
          <span class="turn-takes">
            {takes.map((each) => (
              <i key={each} class={each === take ? 'in-use' : ''} />
            ))}
          </span>
        )}
      </button>
      <TurnMenu turn={turn} number={number} name={name} />
    </li>
  );
}
