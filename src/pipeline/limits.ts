// How much of a stranger's files is read, whether they come from a disk, an archive or the web; and reading one within that.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Bounds on what is read, so that no input can fill memory, disk or the day. */
export interface ReadLimits {
  /** Entries of one archive, or files of one run, of any kind. */
  readonly entries: number;
  /** Bytes of the names of all of them. */
  readonly nameBytes: number;
  /** Bytes of one file, unpacked. */
  readonly fileBytes: number;
  /** Bytes of one archive, unpacked. */
  readonly archiveBytes: number;
  /** Unpacked bytes for each packed byte, once more than `ratioFrom` bytes are unpacked. */
  readonly ratio: number;
  readonly ratioFrom: number;
}

export const defaultLimits: ReadLimits = {
  entries: 500_000,
  nameBytes: 64 * 2 ** 20,
  fileBytes: 64 * 2 ** 20,
  archiveBytes: 16 * 2 ** 30,
  ratio: 200,
  ratioFrom: 64 * 2 ** 20,
};

/** The reason for refusing a file of `size` bytes. */
export function tooLarge(size: number, { fileBytes }: ReadLimits): string {
  return `is too large (${megabytes(size)}; at most ${megabytes(fileBytes)})`;
}

export function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MB`;
}

/** The bytes of a file on disk, or why it cannot be taken. Never opens anything but a regular file, nor reads past the limit. */
export function readWithin(path: string, limits: ReadLimits): Uint8Array | { refused: string } {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return { refused: whyUnreadable(error) };
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return { refused: 'is not a regular file' };
    if (stat.size > limits.fileBytes) return { refused: tooLarge(stat.size, limits) };
    const bytes = new Uint8Array(stat.size);
    let length = 0;
    for (let n = 1; n > 0 && length < bytes.length; length += n) n = readSync(descriptor, bytes, length, bytes.length - length, null);
    return bytes.subarray(0, length);
  } catch (error) {
    return { refused: whyUnreadable(error) };
  } finally {
    closeSync(descriptor);
  }
}

/** Why the system does not let a file or folder be read, in words that follow its name. */
export function whyUnreadable(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM' ? 'may not be read: its permissions do not allow it' : `cannot be read (${code})`;
}
