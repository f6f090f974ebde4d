// Draws a scene: the piano is the shore at the bottom, time flows away from it upwards. What you play rises from its keys; what the model
// will play comes down to them, as outlines until it sounds. No state but the mixture of colours as turns change.

import type { RollNote } from '../../../../jam/status.js';
import type { Side } from '../../page-session.js';
import { isBlack, keyPlace, type PianoRange } from '../piano/geometry.js';
import { diamond, striped } from './canvas.js';
import { colours, sideColour, softColour } from './palette.js';
import type { Scene } from './scene.js';

export interface StageSize {
  readonly width: number;
  readonly height: number;
  /** Pixels left and right of the piano, where notes beyond it are shown. */
  readonly gutter: number;
  readonly range: PianoRange;
  /** Pixels at the far edge in which words stand: notes fade before they are there. */
  readonly words: number;
}

/** Seconds from the keys to the far edge. */
const SECONDS = 4.2;
const NOTE_WIDTH = 0.66;
const SHORTEST = 7;
/** Pixels over which notes appear and vanish before the words at the far edge, and what is left of them there. */
const FAR = 110;
const FAINT = 0.12;
/** Seconds a struck key glows on. */
const GLOW = 0.35;
/** Seconds the wave from a struck key lasts. */
const SPLASH = 0.5;
const EASE = 0.12;

export class StagePainter {
  /** How much it is either side's turn, 0..1, moving softly. */
  readonly #turn: Record<Side, number> = { you: 0, model: 0 };

  draw(brush: CanvasRenderingContext2D, scene: Scene, size: StageSize, still: boolean): void {
    for (const side of ['you', 'model'] as const) {
      const goal = scene.side === side ? 1 : 0;
      this.#turn[side] += still ? goal - this.#turn[side] : (goal - this.#turn[side]) * EASE;
    }
    brush.globalAlpha = 1;
    brush.fillStyle = colours().stage;
    brush.fillRect(0, 0, size.width, size.height);
    drawLanes(brush, size);
    this.#wash(brush, size);
    this.#beats(brush, scene, size);
    boundary(brush, scene, size);
    for (const side of ['you', 'model'] as const) for (const pitch of scene.sounding[side]) beam(brush, size, pitch, side);
    if (!still) for (const note of scene.notes) splash(brush, note, scene, size);
    for (const note of scene.notes) if (note.voice === 'you') risingNote(brush, note, scene, size);
    for (const note of scene.notes) if (note.voice === 'model') fallingNote(brush, note, scene, size);
    brush.globalAlpha = 1;
  }

  /** The colour of whose turn it is lies over the shore. */
  #wash(brush: CanvasRenderingContext2D, { width, height }: StageSize): void {
    for (const side of ['you', 'model'] as const) {
      if (this.#turn[side] < 0.01) continue;
      const light = brush.createLinearGradient(0, height, 0, height * 0.1);
      light.addColorStop(0, softColour(side));
      light.addColorStop(1, clear(softColour(side)));
      brush.globalAlpha = this.#turn[side];
      brush.fillStyle = light;
      brush.fillRect(0, 0, width, height);
    }
    brush.globalAlpha = 1;
  }

  /** Beats go with your notes in your turn, and come with the model's in its turn. */
  #beats(brush: CanvasRenderingContext2D, { now, beat }: Scene, size: StageSize): void {
    if (beat === null) return;
    const { width, height } = size;
    const speed = height / SECONDS;
    const count = Math.ceil(SECONDS / beat.seconds) + 1;
    for (let k = -count; k <= count; k++) {
      const time = beat.time + k * beat.seconds;
      const past = time <= now;
      const y = height - Math.abs(time - now) * speed;
      const strength = this.#turn[past ? 'you' : 'model'];
      if (y < 0 || strength < 0.02) continue;
      const bar = (((beat.place + k) % beat.perBar) + beat.perBar) % beat.perBar === 0;
      brush.globalAlpha = strength * near(y, size);
      brush.fillStyle = bar ? colours().bar : colours().beat;
      brush.fillRect(0, Math.round(y), width, 1);
    }
    brush.globalAlpha = 1;
  }
}

/** The middle and the width of a pitch's lane; what is beyond the piano is pressed together in the gutters. */
function lane({ width, gutter, range }: StageSize, pitch: number): { middle: number; wide: number } {
  const white = (width - 2 * gutter) / range.whites;
  if (pitch < range.low) return { middle: gutter * Math.max(0.2, 1 - (range.low - pitch) / 24) * 0.8, wide: gutter * 0.5 };
  if (pitch > range.high) return { middle: width - gutter * Math.max(0.2, 1 - (pitch - range.high) / 24) * 0.8, wide: gutter * 0.5 };
  const place = keyPlace(range, pitch);
  return { middle: gutter + (place.x + place.width / 2) * white, wide: (place.black ? 0.5 : NOTE_WIDTH) * white };
}

function drawLanes(brush: CanvasRenderingContext2D, size: StageSize): void {
  const { width, height, gutter, range } = size;
  const white = (width - 2 * gutter) / range.whites;
  for (let pitch = range.low; pitch <= range.high; pitch++) {
    const place = keyPlace(range, pitch);
    const x = gutter + place.x * white;
    if (isBlack(pitch)) {
      brush.fillStyle = colours().lane;
      brush.fillRect(x, 0, place.width * white, height);
    } else if (pitch % 12 === 0) {
      brush.fillStyle = colours().octave;
      brush.fillRect(Math.round(x), 0, 1, height);
    }
  }
}

/** Where the turn ends: a line that comes down to the keys. */
function boundary(brush: CanvasRenderingContext2D, { now, boundary: end }: Scene, size: StageSize): void {
  if (end === null) return;
  const { width, height } = size;
  const y = height - (end.time - now) * (height / SECONDS);
  if (y < 0 || y > height) return;
  brush.globalAlpha = near(y, size);
  brush.fillStyle = sideColour(end.next);
  for (let x = 0; x < width; x += 14) brush.fillRect(x, Math.round(y) - 1, end.next === 'you' ? 14 : 8, 2);
  const light = brush.createLinearGradient(0, y, 0, y - 56);
  light.addColorStop(0, softColour(end.next));
  light.addColorStop(1, clear(softColour(end.next)));
  brush.fillStyle = light;
  brush.fillRect(0, y - 56, width, 56);
  brush.globalAlpha = 1;
}

/** A column of light over a key that sounds. */
function beam(brush: CanvasRenderingContext2D, size: StageSize, pitch: number, side: Side): void {
  const { middle, wide } = lane(size, pitch);
  const reach = Math.min(size.height * 0.5, 260);
  const light = brush.createLinearGradient(0, size.height, 0, size.height - reach);
  light.addColorStop(0, softColour(side));
  light.addColorStop(1, clear(softColour(side)));
  brush.globalAlpha = 1;
  brush.fillStyle = light;
  brush.fillRect(middle - wide, size.height - reach, wide * 2, reach);
}

/** How much is seen of what is at a height. */
const near = (y: number, { words }: StageSize): number => Math.min(1, Math.max(FAINT, (y - words * 0.6) / FAR));

/** A colour of eight digits, without any of it: what comes from black would be grey on the way. */
const clear = (colour: string): string => `${colour.slice(0, 7)}00`;

/** A wave from a key that was struck a moment ago. */
function splash(
  brush: CanvasRenderingContext2D,
  { pitch, start, velocity, voice }: RollNote,
  { now, strength }: Scene,
  size: StageSize,
): void {
  const since = (now - start) / SPLASH;
  if (since < 0 || since > 1) return;
  const { middle, wide } = lane(size, pitch);
  brush.globalAlpha = (1 - since) ** 2 * strength * loudness(velocity);
  brush.strokeStyle = sideColour(voice);
  brush.lineWidth = 2.5 * (1 - since) + 0.5;
  brush.beginPath();
  brush.ellipse(middle, size.height, wide * (0.6 + 2.2 * since), wide * (0.3 + 1.1 * since), 0, Math.PI, 2 * Math.PI);
  brush.stroke();
}

const loudness = (velocity: number): number => 0.62 + 0.38 * Math.min(1, velocity / 100);

/** What you played: round, full, fading as it goes away. */
function risingNote(brush: CanvasRenderingContext2D, note: RollNote, scene: Scene, size: StageSize): void {
  const { height } = size;
  const speed = height / SECONDS;
  const bottom = height - Math.max(0, scene.now - (note.end ?? scene.now)) * speed;
  const top = Math.min(bottom - SHORTEST, height - (scene.now - note.start) * speed);
  if (bottom < 0 || note.start > scene.now) return;
  const { middle, wide } = lane(size, note.pitch);
  brush.globalAlpha = near(bottom, size) * (0.35 + (0.65 * bottom) / height) * scene.strength * loudness(note.velocity);
  brush.fillStyle = sideColour('you');
  brush.beginPath();
  brush.roundRect(middle - wide / 2, top, wide, bottom - top + (note.end === null ? wide : 0), wide / 2);
  brush.fill();
}

/** What the model will play: an outline with stripes that fills as it sounds, and sinks into its key. */
function fallingNote(brush: CanvasRenderingContext2D, note: RollNote, scene: Scene, size: StageSize): void {
  const { height } = size;
  const speed = height / SECONDS;
  const end = note.end ?? Math.max(scene.now, note.start) + 0.1;
  const bottom = height - (note.start - scene.now) * speed;
  const top = Math.min(bottom - SHORTEST, height - (end - scene.now) * speed);
  const { middle, wide } = lane(size, note.pitch);
  const colour = sideColour('model');
  if (end <= scene.now) {
    const since = (scene.now - end) / GLOW;
    if (since > 1) return;
    brush.globalAlpha = (1 - since) * scene.strength;
    brush.fillStyle = colour;
    diamond(brush, middle, height - 6 - since * 26, (wide / 2) * (1 - since * 0.4));
    brush.fill();
    return;
  }
  if (bottom < 0) return;
  const sounds = note.start <= scene.now;
  const far = near(bottom, size);
  brush.beginPath();
  brush.roundRect(middle - wide / 2 + 1, Math.max(top, -20), wide - 2, Math.min(bottom, height + 20) - Math.max(top, -20), 3);
  brush.fillStyle = colour;
  brush.globalAlpha = far * scene.strength * (sounds ? loudness(note.velocity) : 0.16);
  brush.fill();
  brush.globalAlpha = far * scene.strength * (sounds ? 0 : 0.5);
  brush.fillStyle = striped(brush, colour);
  brush.fill();
  brush.globalAlpha = far * scene.strength * (sounds ? 1 : 0.9);
  brush.strokeStyle = colour;
  brush.lineWidth = 1.5;
  brush.stroke();
}
