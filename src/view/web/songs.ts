// The songs of the page's files, unpacked when they are needed; the last few stay unpacked.

import type { ExplainedFile } from '../explain-data.js';
import { type SongMusic, unpackSong } from '../packed-song.js';
import { inflated } from './inflate.js';

const MOST = 24;

export class Songs {
  readonly #unpacked = new Map<string, Promise<SongMusic>>();

  /** The song of this number in a file. */
  get({ file, songs }: ExplainedFile, number: number): Promise<SongMusic> {
    const key = `${number} ${file}`;
    const song = this.#unpacked.get(key) ?? inflated(songs[number] ?? '').then(unpackSong);
    this.#unpacked.delete(key);
    this.#unpacked.set(key, song);
    for (const [oldest] of this.#unpacked) {
      if (this.#unpacked.size <= MOST) break;
      this.#unpacked.delete(oldest);
    }
    return song;
  }
}
