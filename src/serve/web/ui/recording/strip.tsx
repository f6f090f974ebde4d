// The turns in a row, each as wide as it is long, and the playhead over them.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { TimelineTurn } from '../../../../jam/timeline/timeline.js';
import { useFrame, useView } from '../session-context.js';
import { TurnBlock } from './turn-block.js';

export function Strip({ turns }: { turns: readonly TimelineTurn[] }) {
  const jamming = useView((view) => view.jamming);
  const list = useRef<HTMLOListElement>(null);
  const head = useRef<HTMLDivElement>(null);

  // While one plays, the newest turn is in sight.
  useEffect(() => {
    if (jamming && list.current !== null) list.current.scrollLeft = list.current.scrollWidth;
  }, [jamming, turns.length]);

  // Where each block is, measured when it changes and not while the playhead moves.
  const places = useRef<readonly { start: number; end: number; left: number; width: number }[]>([]);
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

  const seen = useRef(false);
  useFrame(({ playback }) => {
    const line = head.current;
    if (line === null) return;
    const place = playback === null ? undefined : places.current.find(({ start, end }) => playback >= start && playback < end);
    if (seen.current !== (place !== undefined)) {
      seen.current = place !== undefined;
      line.hidden = !seen.current;
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
