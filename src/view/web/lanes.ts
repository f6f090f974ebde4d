// What lies behind the notes of every roll: a lane for each pitch, those of black keys darker, and a line and a name for every C.

import { isBlack, type PitchRange, pitchName } from '../pitches.js';

/** The pitches shown, and where their lanes are. CSS pixels. */
export interface Lanes extends PitchRange {
  /** Of the highest pitch's upper edge. */
  readonly top: number;
  /** Height of one. */
  readonly row: number;
}

/** A colour of the page by its name in tokens.css or in the page's own style. */
export type Colours = (name: string) => string;

/** What a name of an octave stands on. */
const TAG = { width: 18, height: 12, opacity: 0.8 };

/** Colours as the page has them now, dark or light. */
export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(`--${name}`);
}

/** Upper edge of a pitch's lane. */
export function laneTop({ top, high, row }: Lanes, pitch: number): number {
  return top + (high - pitch) * row;
}

export function drawLanes(brush: CanvasRenderingContext2D, lanes: Lanes, { width, colour }: { width: number; colour: Colours }): void {
  brush.fillStyle = colour('stage-lane');
  for (let pitch = lanes.low; pitch <= lanes.high; pitch++) {
    if (isBlack(pitch)) brush.fillRect(0, laneTop(lanes, pitch), width, lanes.row);
  }
}

const octaves = ({ low, high }: Lanes): number[] =>
  Array.from({ length: Math.max(0, Math.floor(high / 12) - Math.ceil(low / 12) + 1) }, (_, i) => (Math.ceil(low / 12) + i) * 12);

export function drawOctaves(brush: CanvasRenderingContext2D, lanes: Lanes, { width, colour }: { width: number; colour: Colours }): void {
  brush.fillStyle = colour('stage-octave');
  for (const pitch of octaves(lanes)) brush.fillRect(0, laneTop(lanes, pitch) + lanes.row - 0.5, width, 1);
}

/** The names of the octaves; drawn last, where nothing hides them. */
export function drawOctaveNames(brush: CanvasRenderingContext2D, lanes: Lanes, colour: Colours): void {
  brush.textBaseline = 'middle';
  for (const pitch of octaves(lanes)) {
    const at = laneTop(lanes, pitch) + lanes.row / 2;
    brush.globalAlpha = TAG.opacity;
    brush.fillStyle = colour('stage');
    brush.fillRect(0, at - TAG.height / 2, TAG.width, TAG.height);
    brush.globalAlpha = 1;
    brush.fillStyle = colour('quiet');
    brush.fillText(pitchName(pitch), 3, at + 0.5);
  }
}

/** A brush for so many CSS pixels on a canvas, which it wipes; undefined where the browser has none to give. */
export function brushFor(canvas: HTMLCanvasElement, width: number, height: number, most = 12_000): CanvasRenderingContext2D | undefined {
  const scale = Math.min(Math.max(1, devicePixelRatio), 2, most / width);
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
  }
  const brush = canvas.getContext('2d') ?? undefined;
  brush?.setTransform(scale, 0, 0, scale, 0, 0);
  brush?.clearRect(0, 0, width, height);
  return brush;
}
