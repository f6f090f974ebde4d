// The notes of the last seconds, for a screen: those played, and those of the model to come.

import { readMessage } from './midi-message.js';
import type { Pending } from './output.js';
import type { RollNote } from './status.js';

/** Notes that are remembered. */
const MEMORY = 512;

type RollVoice = RollNote['voice'];

interface Entry {
  readonly voice: RollVoice;
  readonly pitch: number;
  readonly velocity: number;
  readonly start: number;
  end: number | null;
}

export class Roll {
  #notes: Entry[] = [];
  readonly #open = new Map<string, Entry>();

  /** A message of a voice at a time (seconds). */
  add(voice: RollVoice, bytes: readonly number[], time: number, source = 0): void {
    const message = readMessage(bytes);
    if (message.type !== 'note-on' && message.type !== 'note-off') return;
    const { pitch, channel } = message;
    const key = `${voice} ${source} ${channel} ${pitch}`;
    const open = this.#open.get(key);
    if (open !== undefined) open.end = time;
    this.#open.delete(key);
    if (message.type === 'note-off') return;
    const note: Entry = { voice, pitch, velocity: message.velocity, start: time, end: null };
    this.#notes.push(note);
    this.#open.set(key, note);
    if (this.#notes.length > MEMORY) this.#notes.shift();
  }

  /** Ends the notes of a source that is gone. */
  endSource(source: number, time: number): void {
    for (const [key, note] of this.#open) {
      if (!key.startsWith(`you ${source} `)) continue;
      note.end = time;
      this.#open.delete(key);
    }
  }

  /** Pitches that you hold. */
  get held(): number[] {
    return [...this.#open.values()].filter(({ voice }) => voice === 'you').map(({ pitch }) => pitch);
  }

  /** The notes that sound at `from` or later, and those of `coming`, the model's messages to come. */
  notes(from: number, coming: readonly Pending[]): RollNote[] {
    const seen: RollNote[] = this.#notes.filter(({ end }) => end === null || end >= from).map((note) => ({ ...note }));
    const future = new Map<number, Entry>();
    for (const note of seen) if (note.voice === 'model' && note.end === null) future.set(note.pitch, note as Entry);
    for (const { bytes, time } of coming) {
      const message = readMessage(bytes);
      if (message.type !== 'note-on' && message.type !== 'note-off') continue;
      const open = future.get(message.pitch);
      if (open !== undefined) open.end = time;
      future.delete(message.pitch);
      if (message.type === 'note-off') continue;
      const note: Entry = { voice: 'model', pitch: message.pitch, velocity: message.velocity, start: time, end: null };
      seen.push(note);
      future.set(message.pitch, note);
    }
    return seen;
  }
}
