// Keys held on the screen's piano and the computer keyboard, as MIDI messages. Two keys may hold one pitch; it ends with the last of them.

import { noteOff, noteOn } from '../../../jam/midi-message.js';

const CHANNEL = 0;

export class Hand {
  /** Pitch by key. */
  readonly #held = new Map<string, number>();

  /** A key goes down; nothing when it is down already. @param velocity 1..127 */
  press(key: string, pitch: number, velocity: number): number[][] {
    if (this.#held.has(key)) return [];
    const again = this.#sounds(pitch);
    this.#held.set(key, pitch);
    const on = noteOn(CHANNEL, pitch, Math.min(127, Math.max(1, Math.round(velocity))));
    return again ? [noteOff(CHANNEL, pitch), on] : [on];
  }

  release(key: string): number[][] {
    const pitch = this.#held.get(key);
    if (pitch === undefined) return [];
    this.#held.delete(key);
    return this.#sounds(pitch) ? [] : [noteOff(CHANNEL, pitch)];
  }

  /** Whether a key is down. */
  holds(key: string): boolean {
    return this.#held.has(key);
  }

  releaseAll(): number[][] {
    return [...this.#held.keys()].flatMap((key) => this.release(key));
  }

  #sounds(pitch: number): boolean {
    return [...this.#held.values()].includes(pitch);
  }
}
