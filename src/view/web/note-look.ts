// How the notes of a side or a track look: by colour and by shape, so that neither alone has to tell them apart.

import type { SharedPart } from '../share-data.js';
import type { Colours } from './lanes.js';

/** Filled and round; an outline with corners; stripes. */
type Shape = 'filled' | 'outlined' | 'striped';

export interface NoteLook {
  readonly colour: string;
  /** Within outlines and between stripes. */
  readonly pale: string;
  readonly shape: Shape;
}

const TRACK_COLOURS = 8;
const SHAPES: readonly Shape[] = ['filled', 'outlined', 'striped'];
/** CSS pixels. */
const EDGE = 1.5;
const STRIPE = 3;

/** @param index of the part among all */
export function lookOf({ side }: Pick<SharedPart, 'side'>, index: number, colour: Colours): NoteLook {
  if (side === 'you') return { colour: colour('you'), pale: colour('you-wash'), shape: 'filled' };
  if (side === 'model') return { colour: colour('model'), pale: colour('model-wash'), shape: 'outlined' };
  const hue = index % TRACK_COLOURS;
  return { colour: colour(`track-${hue}`), pale: colour('stage'), shape: SHAPES[index % SHAPES.length] ?? 'filled' };
}

/** Paints a note into a rectangle of CSS pixels. @param sounding it is heard now */
export function paintNote(
  brush: CanvasRenderingContext2D,
  { colour, pale, shape }: NoteLook,
  { x, y, width, height, sounding = false }: { x: number; y: number; width: number; height: number; sounding?: boolean },
): void {
  brush.fillStyle = colour;
  if (shape === 'filled' || Math.min(width, height) < 3 * EDGE) {
    brush.beginPath();
    brush.roundRect(x, y, width, height, Math.min(width, height) * 0.4);
    brush.fill();
  } else {
    brush.fillRect(x, y, width, height);
    brush.fillStyle = pale;
    const [left, right] = [x + EDGE, x + width - EDGE];
    if (shape === 'outlined') brush.fillRect(left, y + EDGE, right - left, height - 2 * EDGE);
    else for (let at = left + STRIPE; at < right; at += 2 * STRIPE) brush.fillRect(at, y, Math.min(STRIPE, right - at), height);
  }
  if (!sounding) return;
  brush.strokeStyle = colour;
  brush.lineWidth = 2;
  brush.strokeRect(x - 2.5, y - 2.5, width + 5, height + 5);
}
