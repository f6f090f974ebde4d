// The stage: the picture that fills the page, and what lies over it: the sides, the count-in, and before a jam the invitation to play.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Notices } from '../notices.js';
import type { PianoRange } from '../piano/geometry.js';
import { useFrame, useShared, useView } from '../session-context.js';
import { brushOf } from './canvas.js';
import { CountIn } from './count-in.js';
import { Hud } from './hud.js';
import { Invitation } from './invitation.js';
import { GUTTER, sceneAt } from './scene-at.js';
import { StagePainter } from './stage-painter.js';

/** Narrower, the sides' words need more height. Pixels. */
const PHONE = 640;

export function Stage({ range }: { range: PianoRange }) {
  const { hands } = useShared();
  const jamming = useView((view) => view.jamming);
  const playingBack = useView((view) => view.playingBack !== undefined);
  const section = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [painter] = useState(() => new StagePainter());
  const size = useRef({ width: 0, height: 0 });

  useLayoutEffect(() => {
    const box = section.current;
    if (box === null) return;
    const measure = (): void => {
      size.current = { width: box.clientWidth, height: box.clientHeight };
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(box);
    return () => watch.disconnect();
  }, []);

  // What was pressed to begin is gone now: the focus stays near.
  useLayoutEffect(() => {
    if (jamming && (document.activeElement === null || document.activeElement === document.body))
      section.current?.focus({ preventScroll: true });
  }, [jamming]);

  useFrame((moment) => {
    const { width, height } = size.current;
    if (canvas.current === null || width === 0) return;
    const brush = brushOf(canvas.current, width, height);
    if (brush !== null)
      painter.draw(
        brush,
        sceneAt(moment, hands, range),
        { width, height, gutter: GUTTER, range, words: jamming ? (width < PHONE ? 150 : 120) : 0 },
        moment.still,
      );
  });

  return (
    <section class="stage" ref={section} tabIndex={-1} aria-label="Stage">
      <canvas ref={canvas} />
      {jamming && <Hud />}
      {jamming && <CountIn />}
      {!jamming && !playingBack && <Invitation />}
      <Notices />
    </section>
  );
}
