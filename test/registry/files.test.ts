import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { AtomicFile, makeFolder, replaceDirectory, storageError, writeFileAtomic } from '../../src/registry/files.js';

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

describe('replaceDirectory', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

  it('leaves exactly the new files, and nothing beside the folder', () => {
    const target = join(directory, 'model');
    replaceDirectory(target, new Map([['a', bytes('1')], ['b', bytes('2')]])); // biome-ignore format: a table
    replaceDirectory(target, new Map([['b', bytes('3')]]));
    expect(readdirSync(target)).toEqual(['b']);
    expect(readFileSync(join(target, 'b'), 'utf8')).toBe('3');
    expect(readdirSync(directory)).toEqual(['model']);
  });

  it('keeps the old folder when the new one cannot be written', () => {
    const target = join(directory, 'model');
    replaceDirectory(target, new Map([['a', bytes('1')]]));
    expect(() => replaceDirectory(target, new Map([['x'.repeat(300), bytes('2')]]))).toThrow(MstError);
    expect(readdirSync(directory)).toEqual(['model']);
    expect(readdirSync(target)).toEqual(['a']);
  });
});

describe('makeFolder', () => {
  it('makes the folders above too, and leaves those that are there', () => {
    makeFolder(join(directory, 'a/b/c'));
    makeFolder(join(directory, 'a/b'));
    expect(readdirSync(join(directory, 'a/b'))).toEqual(['c']);
  });

  it('fails, and does not hang, where no folder can be', () => {
    writeFileSync(join(directory, 'file'), '');
    for (const path of [join(directory, 'file'), join(directory, 'file/a/b'), '/proc/mst/a/b'])
      expect(() => makeFolder(path)).toThrow(/E[A-Z]+/);
  });
});
