// An independent reader of PNG files for tests, written from the format's description: 8-bit RGB, all five filters, no interlacing.
// It throws on anything else and on any damage.

import { inflateSync } from 'node:zlib';

export interface Picture {
  width: number;
  height: number;
  /** Red, green and blue at a pixel. */
  at(x: number, y: number): [number, number, number];
}

/** What is nearest to left + up - corner: the first of equals. */
function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** CRC-32 (of zip and PNG) one bit at a time. */
function bitwiseCrc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const out = (crc ^ (byte >> bit)) & 1;
      crc >>>= 1;
      if (out === 1) crc = (crc ^ 0xedb88320) >>> 0;
    }
  }
  return (crc ^ 0xffffffff) >>> 0;
}

export function readPng(file: Uint8Array): Picture {
  if (Buffer.from(file.subarray(0, 8)).toString('hex') !== '89504e470d0a1a0a') throw new Error('not a PNG');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const chunks: { type: string; data: Uint8Array }[] = [];
  for (let at = 8; at < file.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    if (view.getUint32(at + 8 + length) !== bitwiseCrc32(file.subarray(at + 4, at + 8 + length))) throw new Error(`checksum of ${type}`);
    chunks.push({ type, data: file.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  const types = chunks.map(({ type }) => type).join();
  if (!/^IHDR(,IDAT)+,IEND$/.test(types)) throw new Error(`chunks ${types}`);
  const header = Buffer.from(chunks[0]?.data ?? []);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  if (header.length !== 13 || header.subarray(8).toString('hex') !== '0802000000') throw new Error('not plain 8-bit RGB');
  const packed = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)));
  const row = 3 * width;
  if (packed.length !== height * (row + 1)) throw new Error('rows of another length');
  const pixels = new Uint8Array(height * row);
  for (let y = 0; y < height; y++) {
    const filter = packed[y * (row + 1)] ?? 5;
    if (filter > 4) throw new Error(`filter ${filter}`);
    for (let i = 0; i < row; i++) {
      const left = i < 3 ? 0 : (pixels[y * row + i - 3] ?? 0);
      const up = y === 0 ? 0 : (pixels[(y - 1) * row + i] ?? 0);
      const corner = y === 0 || i < 3 ? 0 : (pixels[(y - 1) * row + i - 3] ?? 0);
      const predicted =
        filter === 4 ? paeth(left, up, corner) : filter === 3 ? (left + up) >> 1 : filter === 2 ? up : filter === 1 ? left : 0;
      pixels[y * row + i] = (packed[y * (row + 1) + 1 + i] ?? 0) + predicted;
    }
  }
  return {
    width,
    height,
    at(x, y) {
      if (x < 0 || y < 0 || x >= width || y >= height) throw new Error(`no pixel (${x}, ${y})`);
      const from = y * row + 3 * x;
      return [pixels[from] as number, pixels[from + 1] as number, pixels[from + 2] as number];
    },
  };
}
