// Undoing a Content-Encoding, the packing of a body for its way. mst asks for none, but some servers pack anyway.

import { createReadStream } from 'node:fs';
import { type Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { brotliDecompressSync, createBrotliDecompress, createGunzip, createInflate, gunzipSync, inflateSync } from 'node:zlib';
import { AtomicFile } from '../../../registry/files.js';
import { WebTrouble } from './trouble.js';

interface Coding {
  whole(bytes: Uint8Array, options: { maxOutputLength: number }): Buffer;
  stream(): Transform;
}

const gzip: Coding = { whole: gunzipSync, stream: () => createGunzip() };
const codings: Readonly<Record<string, Coding>> = {
  gzip,
  'x-gzip': gzip,
  deflate: { whole: inflateSync, stream: () => createInflate() },
  br: { whole: brotliDecompressSync, stream: () => createBrotliDecompress() },
};

/**
 * A small body unpacked.
 * @param encodings in the order they were applied
 * @throws WebTrouble when it is damaged, packed in an unknown way, or larger than `most` bytes
 */
export function unpacked(bytes: Buffer, encodings: readonly string[], most: number): Buffer {
  let result = bytes;
  for (const encoding of encodings.toReversed()) {
    try {
      result = codingOf(encoding).whole(result, { maxOutputLength: most });
    } catch (error) {
      throw damaged(error);
    }
  }
  return result;
}

/**
 * Unpacks the file `from` into `to`.
 * @throws WebTrouble as for `unpacked`; MstError `storage`; the abort reason
 */
export async function unpackFile(from: string, to: string, encodings: readonly string[], most: number, signal: AbortSignal): Promise<void> {
  const streams = encodings.toReversed().map((encoding) => codingOf(encoding).stream());
  const file = new AtomicFile(to);
  let size = 0;
  const sink = new Writable({
    write(piece: Buffer, _, done) {
      size += piece.length;
      try {
        if (size > most) throw new WebTrouble('is too large when it is unpacked');
        file.write(piece);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
  try {
    await pipeline([createReadStream(from), ...streams, sink], { signal });
    file.commit();
  } catch (error) {
    signal.throwIfAborted();
    throw damaged(error);
  } finally {
    file.abandon();
  }
}

function codingOf(encoding: string): Coding {
  const coding = Object.hasOwn(codings, encoding) ? codings[encoding] : undefined;
  if (coding === undefined) throw new WebTrouble('comes packed in a way mst does not know');
  return coding;
}

function damaged(error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ERR_BUFFER_TOO_LARGE') return new WebTrouble('is too large when it is unpacked');
  return code.startsWith('Z_') || code.startsWith('ERR__ERROR_') || code.startsWith('ERR_BROTLI') || code === 'ERR_PADDING_2'
    ? new WebTrouble('came damaged: it cannot be unpacked')
    : error;
}
