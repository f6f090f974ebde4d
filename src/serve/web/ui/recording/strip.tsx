// The turns in a row, each as wide as it is long, and the playhead over them.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { TimelineTurn } from '../../../../jam/timeline/timeline.js';
import { useFrame, useView } from '../session-context.js';
import { TurnBlock } from './turn-block.js';

/** Pixels left of the block that the row is moved to. */
const MARGIN = 14;

/** Where a block is: seconds, and pixels from the left end of the row. */
interface Place {
  readonly start: number;
  readonly end: number;
  readonly left: number;
  readonly width: number;
}

/** Moves the row so that the whole block is seen, if it is not yet. */
function bringIntoSight(row: HTMLElement | null, { left, width }: Place, still: boolean): void {
  if (row === null || (left >= row.scrollLeft && left + width <= row.scrollLeft + row.clientWidth)) return;
  row.scrollTo({ left: left - MARGIN, behavior: still ? 'auto' : 'smooth' });
}

export function Strip({ turns }: { turns: readonly TimelineTurn[] }) {
  const jamming = useView((view) => view.jamming);
  const list = useRef<HTMLOListElement>(null);
  const head = useRef<HTMLDivElement>(null);

  // While one plays, the newest turn is in sight.
  useEffect(() => {
    if (jamming && list.current !== null) list.current.scrollLeft = list.current.scrollWidth;
  }, [jamming, turns.length]);

  // A turn that is taken out may have the focus: it goes to the turn that comes in its place.
  const hadFocus = [...(list.current?.children ?? [])].findIndex((block) => block.contains(document.activeElement));
  useLayoutEffect(() => {
    if (hadFocus < 0 || document.activeElement !== document.body) return;
    list.current?.children[Math.min(hadFocus, turns.length - 1)]?.querySelector('button')?.focus();
  }, [turns]);

  // Where each block is, measured when it changes and not while the playhead moves.
  const places = useRef<readonly Place[]>([]);
  useLayoutEffect(() => {
    const box = list.current;
    if (box === null) return;
    const measure = (): void => {
      places.current = turns.flatMap(({ start, end }, k) => {
        const block = box.children[k];
        return block instanceof HTMLElement ? [{ start, end, left: block.offsetLeft, width: block.offsetWidth }] : [];
      });
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(box);
    return () => watch.disconnect();
  }, [turns]);

  const playing = useRef<number | undefined>(undefined);
  useFrame(({ playback, still }) => {
    const line = head.current;
    if (line === null) return;
    const place = playback === null ? undefined : places.current.find(({ start, end }) => playback >= start && playback < end);
    if (playing.current !== place?.start) {
      playing.current = place?.start;
      line.hidden = place === undefined;
      if (place !== undefined) bringIntoSight(list.current, place, still);
    }
    if (place === undefined || playback === null) return;
    const share = (playback - place.start) / Math.max(1e-3, place.end - place.start);
    line.style.transform = `translateX(${(place.left + share * place.width).toFixed(1)}px)`;
  });

  return (
    <div class="strip">
      <ol ref={list} class="strip-turns">
        {turns.map((turn, k) => (
          <TurnBlock key={turn.turn} turn={turn} number={k + 1} />
        ))}
        <li class="strip-head" role="presentation" aria-hidden="true">
          <div ref={head} hidden />
        </li>
      </ol>
    </div>
  );
}
