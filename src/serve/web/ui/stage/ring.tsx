// A ring that empties as a turn goes by, with what is left of it in the middle: seconds where turns count seconds, else beats.
// Yours is one line, the model's is made of pieces.

import { useRef } from 'preact/hooks';
import { TURN_MODES } from '../../../../jam/turns/turn-modes.js';
import type { Side } from '../../page-session.js';
import { useFrame } from '../session-context.js';
import { brushOf } from './canvas.js';
import { colours, sideColour } from './palette.js';

/** Pixels at which it is drawn; css/hud.css has them, too. */
const WIDTH = 88;
const PIECES = 24;

export function Ring({ side }: { side: Side }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const number = useRef<HTMLSpanElement>(null);
  useFrame(({ status, still }) => {
    const place = canvas.current;
    if (place === null || number.current === null) return;
    const phase = status?.phase;
    const mine = side === 'model' ? phase === 'model' : phase === 'you' || phase === 'waiting';
    const left = mine ? (status?.left ?? null) : null;
    const unit = status === null ? 'bars' : TURN_MODES[status.mode].unit;
    const amount = left === null ? '' : String(Math.max(0, Math.ceil((unit === 'seconds' ? left.seconds : left.beats) - 1e-3)));
    const words = mine && left === null ? '∞' : amount;
    if (number.current.textContent !== words) number.current.textContent = words;
    const brush = brushOf(place, WIDTH, WIDTH);
    if (brush === null) return;
    const beats = left === null || left.beats === 0 ? 1 : left.beats;
    // Without motion it goes from beat to beat.
    const fraction = left === null ? (mine ? 1 : 0) : still ? (left.fraction * Math.ceil(beats)) / beats : left.fraction;
    drawRing(brush, side, Math.min(1, fraction), mine);
  });
  return (
    <span class="ring" aria-hidden="true">
      <canvas ref={canvas} />
      <span ref={number} class="ring-number" />
    </span>
  );
}

function drawRing(brush: CanvasRenderingContext2D, side: Side, fraction: number, active: boolean): void {
  const middle = WIDTH / 2;
  const radius = middle - 7;
  const top = -Math.PI / 2;
  brush.clearRect(0, 0, WIDTH, WIDTH);
  brush.lineWidth = active ? 8 : 4;
  brush.strokeStyle = colours().track;
  brush.setLineDash(side === 'model' ? pieces(radius) : []);
  brush.lineCap = side === 'you' ? 'round' : 'butt';
  brush.beginPath();
  brush.arc(middle, middle, radius, 0, 2 * Math.PI);
  brush.stroke();
  if (fraction <= 0) return;
  brush.strokeStyle = sideColour(side);
  brush.beginPath();
  brush.arc(middle, middle, radius, top, top + 2 * Math.PI * fraction);
  brush.stroke();
}

const pieces = (radius: number): number[] => {
  const length = (2 * Math.PI * radius) / PIECES;
  return [length * 0.66, length * 0.34];
};
