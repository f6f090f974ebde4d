// The roll of a share page: a window on the music that moves with it, and an overview of all of it. Times are milliseconds.

import { type PitchRange, pitchRange } from '../pitches.js';
import type { SharedNote, SharedPart, SharedTurn, ShareScriptData } from '../share-data.js';
import { brushFor, type Colours, coloursOf, drawLanes, drawOctaveNames, drawOctaves, type Lanes, laneTop } from './lanes.js';
import { lookOf, type NoteLook, paintNote } from './note-look.js';

export interface ShownPart extends Pick<SharedPart, 'side' | 'name' | 'drums'> {
  readonly notes: readonly SharedNote[];
}

/** A piece as it is drawn. */
export interface ShownPiece extends Pick<ShareScriptData, 'bars' | 'turns'> {
  readonly parts: readonly ShownPart[];
  /** To the end of its sound. */
  readonly length: number;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** CSS pixels, all of these. Left of the music there is room for the names of octaves. */
export const GUTTER = 24;
const NUMBERS = 16;
const NAMES = 20;
const MARGIN = 4;
const MOST_ROW = 16;
const DRUM_ROW = 5;
const CLOSEST_NUMBERS = 28;
const CLOSEST_BARS = 5;
/** How much of its soft colour the ground of a turn has, 0..1. */
const TINT = 0.5;

/** Notes whose stretch of time may reach into another: those from the first that could still sound. */
function soundingIn({ notes }: ShownPart, longest: number, { from, to }: Stretch): SharedNote[] {
  let [low, high] = [0, notes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((notes[middle]?.start ?? 0) < from - longest) low = middle + 1;
    else high = middle;
  }
  const found: SharedNote[] = [];
  for (let i = low; i < notes.length; i++) {
    const note = notes[i] as SharedNote;
    if (note.start >= to) break;
    if (note.start + note.length > from) found.push(note);
  }
  return found;
}

export class Timeline {
  readonly #piece: ShownPiece;
  readonly #range: PitchRange;
  /** Pitches of drums, the highest first: each has a line of its own below. */
  readonly #drums: readonly number[];
  readonly #longest: readonly number[];
  #looks: readonly NoteLook[] = [];
  #colour: Colours = () => '';

  constructor(piece: ShownPiece) {
    this.#piece = piece;
    const pitches = (drums: boolean): number[] => [
      ...new Set(piece.parts.filter((part) => part.drums === drums).flatMap(({ notes }) => notes.map(({ pitch }) => pitch))),
    ];
    this.#drums = pitches(true).sort((a, b) => b - a);
    this.#range = pitchRange(pitches(false));
    this.#longest = piece.parts.map(({ notes }) => notes.reduce((most, { length }) => Math.max(most, length), 0));
  }

  /** Takes the colours that the page has now. */
  dress(element: Element): readonly NoteLook[] {
    this.#colour = coloursOf(element);
    this.#looks = this.#piece.parts.map((part, index) => lookOf(part, index, this.#colour));
    return this.#looks;
  }

  /** Draws a stretch of the music. @param now what sounds then is marked; undefined: nothing is */
  draw(canvas: HTMLCanvasElement, stretch: Stretch, now: number | undefined): void {
    const { clientWidth: width, clientHeight: height } = canvas;
    const brush = width > 0 && height > 0 ? brushFor(canvas, width, height) : undefined;
    if (brush === undefined) return;
    const { from, to } = stretch;
    const x = (time: number): number => GUTTER + ((time - from) / (to - from)) * (width - GUTTER);
    const header = this.#header;
    const strip = this.#drums.length === 0 ? 0 : this.#drums.length * DRUM_ROW + MARGIN;
    const lanes = this.#lanes(header, height - strip - MARGIN);
    const colour = this.#colour;
    brush.font = `11px ${getComputedStyle(canvas).fontFamily}`;
    brush.textBaseline = 'middle';
    brush.fillStyle = colour('stage');
    brush.fillRect(0, header, width, height - header);
    drawLanes(brush, lanes, { width, colour });
    this.#drawTurns(brush, { x, width, height });
    this.#drawBars(brush, { x, width, height });
    drawOctaves(brush, lanes, { width, colour });
    if (strip > 0) {
      brush.fillStyle = colour('stage-bar');
      brush.fillRect(0, height - strip, width, 1);
    }
    for (const [k, part] of this.#piece.parts.entries()) {
      const look = this.#looks[k] as NoteLook;
      for (const note of soundingIn(part, this.#longest[k] ?? 0, stretch)) {
        const left = x(note.start);
        const wide = Math.max(2, x(note.start + note.length) - left - 1);
        const sounding = now !== undefined && note.start <= now && now < note.start + note.length;
        if (part.drums) {
          const y = height - strip + MARGIN / 2 + this.#drums.indexOf(note.pitch) * DRUM_ROW + 1;
          paintNote(brush, look, { x: left, y, width: Math.min(wide, 8), height: DRUM_ROW - 1 });
        } else {
          const tall = Math.max(4, lanes.row - 1);
          const y = laneTop(lanes, note.pitch) + (lanes.row - tall) / 2;
          paintNote(brush, look, { x: left, y, width: wide, height: tall, sounding });
        }
      }
    }
    brush.fillStyle = colour('stage');
    brush.fillRect(0, 0, GUTTER, height);
    drawOctaveNames(brush, lanes, colour);
  }

  /** Draws all of the music. */
  drawAll(canvas: HTMLCanvasElement): void {
    const { clientWidth: width, clientHeight: height } = canvas;
    const brush = width > 0 && height > 0 ? brushFor(canvas, width, height) : undefined;
    if (brush === undefined) return;
    const { length, parts, turns } = this.#piece;
    const x = (time: number): number => (time / length) * width;
    brush.fillStyle = this.#colour('stage');
    brush.fillRect(0, 0, width, height);
    for (const { side, start, end } of turns) this.#tint(brush, side, { left: x(start), right: x(end), height });
    const { low, high } = this.#range;
    const row = (height - 8) / (high - low + 1);
    for (const [k, { notes, drums }] of parts.entries()) {
      if (drums && parts.some((part) => !part.drums)) continue;
      brush.fillStyle = this.#looks[k]?.colour ?? '';
      for (const { start, length: long, pitch } of notes)
        brush.fillRect(x(start), 4 + (high - pitch) * row, Math.max(1, x(long) - 0.5), Math.max(1.5, row));
    }
  }

  /** Height of what stands above the lanes. */
  get #header(): number {
    return (this.#piece.turns.length > 0 ? NAMES : 0) + (this.#piece.bars.length > 0 ? NUMBERS : 0);
  }

  #lanes(top: number, bottom: number): Lanes {
    const { low, high } = this.#range;
    const row = Math.min(MOST_ROW, (bottom - top) / (high - low + 1));
    return { low, high, row, top: top + (bottom - top - row * (high - low + 1)) / 2 };
  }

  /** The turns as tinted stretches, with the name of who plays where each begins, or where it is seen first. */
  #drawTurns(brush: CanvasRenderingContext2D, { x, width, height }: Frame): void {
    for (const { side, by, start, end } of this.#piece.turns) {
      const [left, right] = [Math.max(GUTTER, x(start)), Math.min(width, x(end))];
      if (right <= left) continue;
      this.#tint(brush, side, { left, right, height });
      brush.fillStyle = this.#colour(side);
      if (side === 'you') brush.fillRect(left, 0, right - left - 1, 3);
      else for (let at = left; at < right - 1; at += 6) brush.fillRect(at, 0, Math.min(4, right - 1 - at), 3);
      brush.save();
      brush.beginPath();
      brush.rect(left, 0, right - left - 4, NAMES);
      brush.clip();
      brush.fillStyle = this.#colour(`${side}-ink`);
      brush.fillText(by, left + 5, NAMES / 2 + 2);
      brush.restore();
    }
  }

  /** Tints the ground of a turn, so faintly that notes of the same colour stand out. */
  #tint(
    brush: CanvasRenderingContext2D,
    side: SharedTurn['side'],
    { left, right, height }: { left: number; right: number; height: number },
  ): void {
    brush.globalAlpha = TINT;
    brush.fillStyle = this.#colour(`${side}-soft`);
    brush.fillRect(left, 0, right - left, height);
    brush.globalAlpha = 1;
  }

  #drawBars(brush: CanvasRenderingContext2D, { x, width, height }: Frame): void {
    const { bars, turns } = this.#piece;
    const top = turns.length > 0 ? NAMES : 0;
    let free = Number.NEGATIVE_INFINITY;
    for (const [k, bar] of bars.entries()) {
      const at = x(bar);
      const near = x(bars[k + 1] ?? bar) - at;
      if (at > width || k === bars.length - 1) break;
      if (at < GUTTER - 1 || near < CLOSEST_BARS) continue;
      brush.fillStyle = this.#colour('stage-bar');
      brush.fillRect(at, top + NUMBERS - 4, 1, height);
      if (at < free || at > width - 16) continue;
      brush.fillStyle = this.#colour('quiet');
      brush.fillText(String(k + 1), at + 4, top + NUMBERS / 2);
      free = at + CLOSEST_NUMBERS;
    }
  }
}

interface Frame {
  readonly x: (time: number) => number;
  readonly width: number;
  readonly height: number;
}
