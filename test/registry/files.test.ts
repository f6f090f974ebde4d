import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { AtomicFile, storageError, writeFileAtomic } from '../../src/registry/files.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mst-files-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('AtomicFile', () => {
  it('appears under its name only on commit', () => {
    const path = join(directory, 'a', 'x.bin');
    const file = new AtomicFile(path);
    file.write(new Uint8Array([1, 2]));
    expect(readdirSync(join(directory, 'a'))).not.toContain('x.bin');
    file.write(new Uint8Array([3]));
    file.commit();
    expect([...readFileSync(path)]).toEqual([1, 2, 3]);
    expect(readdirSync(join(directory, 'a'))).toEqual(['x.bin']);
  });

  it('leaves the old file when abandoned', () => {
    const path = join(directory, 'x');
    writeFileAtomic(path, 'old');
    const file = new AtomicFile(path);
    file.write(new Uint8Array([0]));
    file.abandon();
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(directory)).toEqual(['x']);
  });

  it('says which path cannot be written and what to do', () => {
    writeFileSync(join(directory, 'file'), '');
    const attempt = (): void => writeFileAtomic(join(directory, 'file', 'x'), '');
    expect(attempt).toThrow(MstError);
    expect(attempt).toThrow(join(directory, 'file', 'x'));
  });

  it('names a full disk as such', () => {
    const error = storageError('/x', Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
    expect(error.code).toBe('storage');
    expect(error.hint).toContain('full');
  });
});
