// TFRecord files of the steps, read in pieces so that their size does not matter.

import { createReadStream, statSync } from 'node:fs';
import { MstError } from '../core/errors.js';
import { RecordDecoder } from '../records/tfrecord.js';

/** The records of a file, in order. @throws MstError `bad-record` where the file is damaged */
export async function* recordsOfFile(path: string): AsyncGenerator<Uint8Array> {
  const decoder = new RecordDecoder({ name: path });
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) yield* decoder.push(piece as Uint8Array);
  decoder.end();
}

/** @throws MstError `not-found` unless there is a regular file */
export function requireFile(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new MstError('not-found', `There is no file ${path}.`, { hint: 'Check the path.' });
  if (!stat.isFile()) throw new MstError('not-found', `${path} is no file.`, { hint: 'Give a TFRecord file.' });
}
