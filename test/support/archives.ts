// Archives written byte by byte, honest and hostile, by the formats' published layouts: PKWARE's APPNOTE for zip, POSIX ustar for tar.

import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly bytes?: Uint8Array;
  /** Store instead of deflate. */
  readonly stored?: boolean;
  readonly encrypted?: boolean;
  /** Unix mode with file type, such as 0o120777 for a link. */
  readonly mode?: number;
  /** A size to claim instead of the true one. */
  readonly claimedSize?: number;
  readonly claimedCrc?: number;
  /** A method to claim, such as 9 for Deflate64. */
  readonly claimedMethod?: number;
}

export function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes = new Uint8Array(), stored = false, encrypted = false, mode = 0o100644, ...claimed } of entries) {
    const packed = stored ? Buffer.from(bytes) : deflateRawSync(bytes);
    const path = Buffer.from(name, 'utf8');
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800 | (encrypted ? 1 : 0), 2);
    common.writeUInt16LE(claimed.claimedMethod ?? (stored ? 0 : 8), 4);
    common.writeUInt32LE(claimed.claimedCrc ?? crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claimed.claimedSize ?? bytes.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), common, path, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode * 0x10000) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 3]), common, rest, path]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

export interface TarEntry {
  readonly name: string;
  readonly bytes?: Uint8Array;
  /** POSIX type: 0 file, 1 hard link, 2 symbolic link, 3 device, 5 folder. */
  readonly type?: string;
  readonly link?: string;
}

export function tar(entries: readonly TarEntry[], { closed = true }: { closed?: boolean } = {}): Buffer {
  const blocks: Buffer[] = [];
  for (const { name, bytes = new Uint8Array(), type = '0', link = '' } of entries) {
    const header = Buffer.alloc(512);
    header.write(name, 0, 100, 'utf8');
    header.write('0000644\0', 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0', 136);
    header.write('        ', 148);
    header.write(type, 156);
    header.write(link, 157, 100, 'utf8');
    header.write('ustar\u000000', 257, 'latin1');
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    blocks.push(header, Buffer.from(bytes), Buffer.alloc((512 - (bytes.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(closed ? 1024 : 0)]);
}
