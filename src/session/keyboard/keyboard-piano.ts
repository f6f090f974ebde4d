// The computer keyboard as a piano of two rows of keys: key events in, MIDI messages out. Pure; times are session seconds.

import { noteOff, noteOn } from '../../jam/midi-message.js';
import type { KeyEvent } from './key-reader.js';

/**
 * When a note ends: `release` when its key is let go, where the terminal tells; `hold` when the key no longer repeats, or another one is
 * pressed; `legato` when another key is pressed, or the same one again.
 */
export type NoteEnds = 'release' | 'hold' | 'legato';

/** Semitones above the C of the lower row, by the place of the key on a US keyboard; the rows overlap by a few keys. */
const LOWER_ROW = 'zsxdcvgbhnjm,l.;/';
const UPPER_ROW = 'q2w3er5t6y7ui9o0p[=]';
const SEMITONES = new Map<string, number>([
  ...[...LOWER_ROW].map((key, k) => [key, k] as const),
  ...[...UPPER_ROW].map((key, k) => [key, 12 + k] as const),
]);
/** The C of the lower row without shifting: C4. */
const LOWEST_C = 60;
const OCTAVE = 12;
const MOST_OCTAVES = 4;
/** Until a held key repeats for the first time, and then; systems differ, and a note that ends too early is worse than one too long. Seconds. */
const FIRST_REPEAT = 0.7;
const NEXT_REPEAT = 0.15;
/** Nobody strikes a key again so soon: it repeats by itself. Seconds. */
const TOO_SOON = 0.1;
/** How exactly a system keeps its own delay before the first repeat. Seconds. */
const DELAY_SPREAD = 0.04;
const CHANNEL = 0;

export interface KeyboardPianoOptions {
  readonly noteEnds: NoteEnds;
  /** 1..127 */
  readonly velocity?: number;
}

export interface PianoMessage {
  readonly time: number;
  readonly bytes: readonly number[];
}

/** A note that a key holds. Times are seconds. */
interface Held {
  readonly pitch: number;
  /** It ends then, unless the key repeats before. */
  until: number;
  /** When its key was last heard of, and how long that was after the time before, when the same key held the note. */
  last: number;
  readonly gap: number | undefined;
}

export class KeyboardPiano {
  readonly #options: Required<KeyboardPianoOptions>;
  readonly #held = new Map<string, Held>();
  #octave = 0;
  /** How long a held key waits before it repeats, once that was seen. Seconds. */
  #delay: number | undefined;

  constructor({ noteEnds, velocity = 90 }: KeyboardPianoOptions) {
    this.#options = { noteEnds, velocity };
  }

  /** Pitch of the lowest key. */
  get lowest(): number {
    return LOWEST_C + OCTAVE * this.#octave;
  }

  /** Moves all keys by octaves, as far as there are; notes that sound go on and end as they were. */
  shift(octaves: number): void {
    this.#octave = Math.max(-MOST_OCTAVES, Math.min(MOST_OCTAVES, this.#octave + octaves));
  }

  /** What a key plays, or undefined for a key that is none of the piano's. */
  key({ place, action, alt, ctrl }: Pick<KeyEvent, 'place' | 'action' | 'alt' | 'ctrl'>, time: number): PianoMessage[] | undefined {
    const semitones = SEMITONES.get(place);
    if (semitones === undefined || ((alt || ctrl) && action !== 'release')) return undefined;
    const { noteEnds, velocity } = this.#options;
    const held = this.#held.get(place);
    if (noteEnds === 'release') {
      if (action === 'release') return this.#end(place, time);
      if (action === 'repeat' || held !== undefined) return [];
    } else {
      if (action === 'release') return [];
      if (held !== undefined && (action === 'repeat' || this.#repeats(held, time))) {
        held.last = time;
        held.until = noteEnds === 'hold' ? time + NEXT_REPEAT : held.until;
        return [];
      }
    }
    const ended = noteEnds === 'release' ? [] : this.allOff(time);
    const pitch = this.lowest + semitones;
    if (pitch < 0 || pitch > 127) return ended;
    // Another key may hold this pitch, since the rows overlap: it is struck again.
    for (const [other, { pitch: sounding }] of this.#held) if (sounding === pitch) ended.push(...this.#end(other, time));
    const patience = this.#delay === undefined ? FIRST_REPEAT : this.#delay + NEXT_REPEAT;
    const until = noteEnds === 'hold' ? time + patience : Number.POSITIVE_INFINITY;
    this.#held.set(place, { pitch, until, last: time, gap: held && time - held.last });
    return [...ended, { time, bytes: noteOn(CHANNEL, pitch, velocity) }];
  }

  /** Ends what is due to end at `time` or before, for keys that no longer repeat. */
  advance(time: number): PianoMessage[] {
    return [...this.#held].flatMap(([place, { until }]) => (until <= time ? this.#end(place, until) : []));
  }

  /** Ends everything. */
  allOff(time: number): PianoMessage[] {
    return [...this.#held.keys()].flatMap((place) => this.#end(place, time));
  }

  /**
   * Whether a key that is pressed again repeats by itself, where a terminal does not tell. What comes at once does; what comes after the
   * system's own delay does, too. That delay is learned from the first key that is held: its note is struck once more.
   */
  #repeats({ last, gap }: Held, time: number): boolean {
    const now = time - last;
    if (now < TOO_SOON) {
      this.#delay ??= gap;
      return true;
    }
    return this.#delay !== undefined && Math.abs(now - this.#delay) < DELAY_SPREAD;
  }

  #end(place: string, time: number): PianoMessage[] {
    const held = this.#held.get(place);
    if (held === undefined) return [];
    this.#held.delete(place);
    return [{ time, bytes: noteOff(CHANNEL, held.pitch) }];
  }
}
