// How much of a stranger's files is read, whether they come from a disk, an archive or the web.

/** Bounds on what is read, so that no input can fill memory, disk or the day. */
export interface ReadLimits {
  /** Entries of one archive, or files of one run, of any kind. */
  readonly entries: number;
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
