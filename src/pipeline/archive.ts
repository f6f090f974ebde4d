// Reading .zip, .tar and .tar.gz archives that nobody vouches for: what is in them, and the bytes of the entries asked for, within
// bounds that hold before and while unpacking. Writes nothing; the names it gives are the archive's own and not to be trusted as paths.

import { createReadStream, statSync } from 'node:fs';
import { crc32, createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import * as yauzl from 'yauzl';
import { MstError } from '../core/errors.js';
import { megabytes, type ReadLimits } from './limits.js';

/** One thing in an archive. */
export interface ArchiveEntry {
  /** Its place in the archive, from 0. */
  readonly index: number;
  /** Its name as the archive has it, with forward slashes. */
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Bytes, unpacked. */
  readonly size: number;
}

/** What someone who goes through an archive wants of it. */
export interface ArchiveVisitor {
  /** Called for every entry in order; true for those that matter. Only files within the limits are read. */
  wants(entry: ArchiveEntry): boolean;
  /** Receives the bytes of an entry that matters; without it nothing is unpacked, but all bounds are checked as if it were. */
  take?(entry: ArchiveEntry, bytes: Uint8Array): void;
  /** Told of an entry that matters and cannot be unpacked, though its archive can, and why. */
  refuse?(entry: ArchiveEntry, reason: string): void;
}

type Format = 'zip' | 'tar';
const formats: Readonly<Record<string, Format>> = { '.zip': 'zip', '.tar': 'tar', '.tar.gz': 'tar', '.tgz': 'tar' };

/** File name endings of the archives that can be opened. */
export const archiveEndings: readonly string[] = Object.keys(formats);

/** The ending, one of archiveEndings, by which a file is an archive; undefined for other files. */
export function archiveEnding(name: string): string | undefined {
  return archiveEndings.filter((ending) => name.toLowerCase().endsWith(ending)).sort((a, b) => b.length - a.length)[0];
}

/**
 * Goes through an archive once.
 * @param ending what kind of archive it is, if not what its name says; .mxl is a zip too
 * @throws MstError `bad-archive` when it is damaged, locked with a password, or beyond the limits; the abort reason
 */
export async function readArchive(
  path: string,
  visitor: ArchiveVisitor,
  limits: ReadLimits,
  signal: AbortSignal,
  ending = archiveEnding(path),
): Promise<void> {
  const read = ending === '.mxl' || (ending !== undefined && formats[ending] === 'zip') ? readZip : readTar;
  try {
    await read(path, visitor, limits, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof MstError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM' || code === 'ENOENT') {
      throw new MstError('not-found', `Cannot read ${path}: ${message}`, {
        hint: 'Check the name and the permissions of the file.',
        cause: error,
      });
    }
    throw new MstError('bad-archive', `${path} is damaged or not a ${ending} archive: ${message}`, {
      hint: 'Download or pack it again, or unpack what can be saved and give mst the folder.',
      cause: error,
    });
  }
}

async function readTar(path: string, visitor: ArchiveVisitor, limits: ReadLimits, signal: AbortSignal): Promise<void> {
  const bounds = new Bounds(path, limits);
  const parser = new Parser({ strict: true, brotli: false, zstd: false });
  let failure: Error | undefined;
  let sealed = false;
  let closed = false;
  let finished = false;
  let count = 0;
  const meet = (found: ReadEntry): void => {
    if (found.meta) throw new Error('it has a name longer than a megabyte');
    bounds.countEntry(Buffer.byteLength(found.path));
    sealed = false;
    const entry: ArchiveEntry = { index: count++, name: found.path, kind: tarKind(found.type), size: found.size };
    if (!visitor.wants(entry) || entry.kind !== 'file' || entry.size > limits.fileBytes || visitor.take === undefined) return;
    const pieces: Buffer[] = [];
    found.on('data', (piece: Buffer) => pieces.push(piece));
    found.on('end', () => {
      const bytes = Buffer.concat(pieces);
      if (bytes.length === entry.size) guarded(() => visitor.take?.(entry, bytes));
    });
  };
  const guarded = (action: () => void): void => {
    if (failure !== undefined) return;
    try {
      action();
    } catch (error) {
      failure = error as Error;
    }
  };
  parser.on('error', (error: Error) => {
    failure ??= error;
  });
  parser.on('entry', (found: ReadEntry) => {
    guarded(() => meet(found));
    found.resume();
  });
  parser.on('ignoredEntry', (found: ReadEntry) => guarded(() => meet(found)));
  // A block of zeros is the closing mark; a second one says that nothing follows.
  parser.on('nullBlock', () => {
    sealed = true;
  });
  parser.on('eof', () => {
    sealed = true;
    closed = true;
  });
  parser.on('end', () => {
    finished = true;
  });
  let first = true;
  for await (const bytes of unpacked(path, bounds, signal)) {
    if (first && isCompressed(bytes)) throw new Error('it is compressed twice');
    first = false;
    // Past the end only gunzip goes on, for its checksum.
    if (!closed) parser.write(bytes);
    if (failure !== undefined) throw failure;
  }
  parser.end();
  await new Promise<void>((resolve) => setImmediate(resolve));
  if (failure !== undefined) throw failure;
  if (!finished || !sealed) throw new Error('it ends without its closing mark, so it was probably cut off');
}

/** The bytes of a tar archive, gunzipped if need be, in pieces, never more than the bounds allow. */
async function* unpacked(path: string, bounds: Bounds, signal: AbortSignal): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { signal });
  let source: AsyncIterable<Buffer> = file;
  if (/gz$/i.test(path)) {
    const gunzip = createGunzip();
    file.on('error', (error) => gunzip.destroy(error));
    source = file.pipe(gunzip);
  }
  try {
    for await (const bytes of source) {
      bounds.countBytes(bytes.length);
      yield bytes;
    }
  } finally {
    file.destroy();
  }
}

function isCompressed(bytes: Buffer): boolean {
  return (bytes[0] === 0x1f && bytes[1] === 0x8b) || bytes.toString('latin1', 0, 3) === 'BZh';
}

function tarKind(type: string): ArchiveEntry['kind'] {
  if (type === 'File' || type === 'OldFile' || type === 'ContiguousFile') return 'file';
  if (type === 'Directory' || type === 'GNUDumpDir') return 'folder';
  return type === 'Link' || type === 'SymbolicLink' ? 'link' : 'other';
}

/** The two of zip's methods that everyone knows. */
const [STORED, DEFLATED] = [0, 8];

async function readZip(path: string, visitor: ArchiveVisitor, limits: ReadLimits, signal: AbortSignal): Promise<void> {
  const bounds = new Bounds(path, limits);
  const zip = await yauzl.openPromise(path, { autoClose: false, decodeStrings: false });
  zip.on('error', () => {});
  try {
    const wanted: { entry: ArchiveEntry; found: yauzl.Entry }[] = [];
    let count = 0;
    for await (const found of zip.eachEntry()) {
      signal.throwIfAborted();
      bounds.countEntry(found.fileNameLength + found.extraFieldLength + found.fileCommentLength);
      const name = yauzl.getFileNameLowLevel(found.generalPurposeBitFlag, found.fileNameRaw, found.extraFields, false);
      // Of no more use, and one of them takes many times the bytes it has in the archive.
      found.extraFields = [];
      const entry: ArchiveEntry = { index: count++, name, kind: zipKind(name, found), size: found.uncompressedSize };
      if (!visitor.wants(entry) || entry.kind !== 'file' || entry.size > limits.fileBytes) continue;
      if (found.isEncrypted()) throw locked(path);
      bounds.countBytes(entry.size);
      wanted.push({ entry, found });
    }
    if (visitor.take === undefined) return;
    for (const { entry, found } of wanted) {
      signal.throwIfAborted();
      if (found.compressionMethod !== STORED && found.compressionMethod !== DEFLATED) {
        visitor.refuse?.(entry, `is packed in a way mst does not know (zip method ${found.compressionMethod})`);
        continue;
      }
      let bytes: Buffer;
      try {
        bytes = await unzip(zip, found);
      } catch (error) {
        visitor.refuse?.(entry, `is damaged inside its archive (${(error as Error).message})`);
        continue;
      }
      visitor.take(entry, bytes);
    }
  } catch (error) {
    if ((error as Error).message === 'strong encryption is not supported') throw locked(path);
    throw error;
  } finally {
    zip.close();
  }
}

/** The bytes of one zip entry, of exactly the size and checksum it is listed with. */
async function unzip(zip: yauzl.ZipFile, found: yauzl.Entry): Promise<Buffer> {
  const stream = await zip.openReadStreamPromise(found);
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > found.uncompressedSize) throw new Error('more bytes than listed');
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces);
  if (crc32(bytes) !== found.crc32) throw new Error('wrong checksum');
  return bytes;
}

function zipKind(name: string, { versionMadeBy, externalFileAttributes }: yauzl.Entry): ArchiveEntry['kind'] {
  if (name.endsWith('/')) return 'folder';
  const madeByUnix = versionMadeBy >>> 8 === 3;
  const type = madeByUnix ? (externalFileAttributes >>> 28) & 0xf : 0;
  if (type === 0xa) return 'link';
  return type === 0 || type === 0x8 ? 'file' : type === 0x4 ? 'folder' : 'other';
}

function locked(path: string): MstError {
  return new MstError('bad-archive', `${path} is locked with a password.`, { hint: 'Unpack it yourself and give mst the folder.' });
}

/** Keeps count of what one archive has brought, and refuses more than is allowed. */
class Bounds {
  readonly #path: string;
  readonly #limits: ReadLimits;
  readonly #packed: number;
  #entries = 0;
  #nameBytes = 0;
  #bytes = 0;

  constructor(path: string, limits: ReadLimits) {
    this.#path = path;
    this.#limits = limits;
    this.#packed = statSync(path).size;
  }

  /** Counts one more entry, with the bytes of its name and what is said beside it. */
  countEntry(nameBytes: number): void {
    this.#nameBytes += nameBytes;
    if (++this.#entries > this.#limits.entries) this.#refuse(`more than ${this.#limits.entries} entries`);
    if (this.#nameBytes > this.#limits.nameBytes) this.#refuse(`more than ${megabytes(this.#limits.nameBytes)} of names`);
  }

  countBytes(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#limits.archiveBytes) this.#refuse(`more than ${megabytes(this.#limits.archiveBytes)}`);
    if (this.#bytes > this.#limits.ratioFrom && this.#bytes > this.#limits.ratio * this.#packed) {
      this.#refuse(`more than ${this.#limits.ratio} bytes for every byte of the file`);
    }
  }

  #refuse(what: string): never {
    throw new MstError('bad-archive', `${this.#path} would unpack to ${what}; mst does not open it.`, {
      hint: 'If you trust it, unpack it yourself and give mst the folder.',
    });
  }
}
