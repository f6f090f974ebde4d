// A turn's notes in small: time to the right, pitch upwards. Yours are round, the model's are square.

import type { TimelineTurn } from '../../../../jam/timeline/timeline.js';
import { brushOf } from '../stage/canvas.js';
import { colours, sideColour } from '../stage/palette.js';

const FEWEST_PITCHES = 14;
const MARGIN = 5;
const THICKEST = 6;
const THINNEST = 3;

export function drawMiniRoll(canvas: HTMLCanvasElement, { notes, start, end, muted }: TimelineTurn): void {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const brush = brushOf(canvas, width, height);
  if (brush === null || width === 0) return;
  brush.clearRect(0, 0, width, height);
  const pitches = notes.map(({ pitch }) => pitch);
  const [lowest, highest] = [Math.min(127, ...pitches), Math.max(0, ...pitches)];
  const middle = pitches.length === 0 ? 60 : (lowest + highest) / 2;
  const range = Math.max(FEWEST_PITCHES, highest - lowest + 1);
  const row = (height - 2 * MARGIN) / range;
  const thick = Math.min(THICKEST, Math.max(THINNEST, row));
  const scale = (width - 2 * MARGIN) / Math.max(1e-3, end - start);
  for (const note of notes) {
    const x = MARGIN + Math.max(0, note.start - start) * scale;
    const long = Math.max(thick, (Math.min(note.end, end) - note.start) * scale - 1.5);
    const y = height / 2 - (note.pitch - middle) * row - thick / 2;
    brush.fillStyle = muted ? colours().quiet : sideColour(note.whose);
    brush.globalAlpha = muted ? 0.5 : 1;
    brush.beginPath();
    brush.roundRect(x, y, long, thick, note.whose === 'you' ? thick / 2 : 0.5);
    brush.fill();
  }
  brush.globalAlpha = 1;
}
