// A model packed as one .tar.gz, in a folder of its name; equal files give equal archives.

import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { create } from 'tar';
import { storing, temporaryName, writeFileAtomic } from '../../registry/files.js';

/** @param files the files of the model with their checksums; @throws MstError `storage` */
export async function packModel(name: string, files: ReadonlyMap<string, Uint8Array>, path: string): Promise<void> {
  const work = temporaryName(path);
  try {
    for (const [file, bytes] of files) writeFileAtomic(join(work, name, file), bytes);
    const entries = [...files.keys()].map((file) => `${name}/${file}`);
    await create({ cwd: work, file: join(work, 'archive.tar.gz'), gzip: { level: 9 }, portable: true, mtime: new Date(0) }, entries);
    storing(path, () => renameSync(join(work, 'archive.tar.gz'), path));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
