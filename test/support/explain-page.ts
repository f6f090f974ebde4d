// What explain.html carries, read from its text: the data, and the songs of a file.

import { inflateRawSync } from 'node:zlib';
import type { ExplainedCollection, ExplainedFile } from '../../src/view/explain-data.js';
import { type SongMusic, unpackSong } from '../../src/view/packed-song.js';

export function dataOf(html: string): ExplainedCollection {
  const [, json = ''] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(json) as ExplainedCollection;
}

export function songsOf({ songs }: ExplainedFile): SongMusic[] {
  return songs.map((song) => unpackSong(inflateRawSync(Buffer.from(song, 'base64'))));
}
