import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import {
  AtomicFile,
  makeFolder,
  replaceDirectory,
  restoreDirectory,
  storageError,
  sweepAbandoned,
  writeFileAtomic,
} from '../../src/registry/files.js';

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

  it('leaves nothing behind where it cannot take its name', () => {
    replaceDirectory(join(directory, 'x'), new Map([['a', new Uint8Array()]]));
    expect(() => writeFileAtomic(join(directory, 'x'), 'new')).toThrow(
      expect.objectContaining({ code: 'storage', message: expect.stringContaining('a folder stands where a file is needed') }),
    );
    expect(readdirSync(directory)).toEqual(['x']);
  });

  it('may have the longest name a disk takes, whatever its letters', () => {
    for (const name of ['x'.repeat(255), 'あ'.repeat(85), `x${'あ'.repeat(84)}xx`, '\u{1d11e}'.repeat(63)]) {
      writeFileAtomic(join(directory, name), 'long');
      expect(readdirSync(directory)).toEqual([name]);
      rmSync(join(directory, name));
    }
    expect(() => writeFileAtomic(join(directory, 'x'.repeat(256)), '')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('shorter') }),
    );
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([
    ['ENOSPC', 'the disk is full'],
    ['EACCES', 'its permissions do not allow it'],
    ['EEXIST', 'a file stands where a folder is needed'],
    ['EROFS', 'the disk is read-only'],
  ])('says what %s is, and names every option that chooses a place', (code, words) => {
    const error = storageError('/x', Object.assign(new Error(`${code}: in the words of the system`), { code }));
    expect(error).toMatchObject({ code: 'storage', message: `Cannot write /x: ${words}.` });
    for (const option of ['--out ', '--output-dir ', '--home.']) expect(error.hint).toContain(option);
  });

  it("leaves the system's words where it has none of its own", () => {
    expect(storageError('/x', new Error('it broke')).message).toBe('Cannot write /x: it broke.');
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

describe('replacing a folder, killed after any of its renames', () => {
  const library = new URL('../../dist/registry/files.js', import.meta.url).href;
  const [old, fresh] = [
    { a: 'old', b: 'old' },
    { b: 'new', c: 'new' },
  ];
  const contents = (folder: string) =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

  /** Replaces `model` in a process that is killed right after its rename number `count` of a folder; says whether it was. */
  function killedAfter(count: number): boolean {
    const program = `
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const rename = fs.renameSync;
      let count = 0;
      fs.renameSync = (from, to) => {
        rename(from, to);
        if (fs.statSync(to).isDirectory() && ++count === ${count}) process.kill(process.pid, 'SIGKILL');
      };
      syncBuiltinESMExports();
      const { replaceDirectory } = await import(${JSON.stringify(library)});
      const files = Object.entries(${JSON.stringify(fresh)}).map(([name, text]) => [name, new TextEncoder().encode(text)]);
      replaceDirectory(${JSON.stringify(join(directory, 'model'))}, new Map(files));`;
    return spawnSync(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'ignore', 'inherit'] }).signal !== null;
  }

  it.each([
    ['reader', () => restoreDirectory(join(directory, 'model'))],
    ['run', () => sweepAbandoned(directory)],
  ])('the next %s finds the old one or the new one whole, and then nothing is left over', (_, recover) => {
    const found: unknown[] = [];
    for (let count = 1; ; count++) {
      rmSync(join(directory, 'model'), { recursive: true, force: true });
      for (const [name, text] of Object.entries(old)) writeFileAtomic(join(directory, 'model', name), text);
      const killed = killedAfter(count);
      recover();
      found.push(contents(join(directory, 'model')));
      sweepAbandoned(directory);
      expect(readdirSync(directory)).toEqual(['model']);
      if (!killed) break;
    }
    // After the first rename there is neither; after the second the new one; the third did not come.
    expect(found).toEqual([old, fresh, fresh]);
  });

  it('leaves alone what a living process is replacing, and what is there', () => {
    const name = `.model.replaced.${process.ppid}-0.tmp`;
    writeFileAtomic(join(directory, name, 'a'), 'x');
    restoreDirectory(join(directory, 'model'));
    sweepAbandoned(directory);
    expect(readdirSync(directory)).toEqual([name]);
    writeFileAtomic(join(directory, 'model', 'a'), 'newer');
    renameSync(join(directory, name), join(directory, '.model.replaced.4194305-0.tmp'));
    restoreDirectory(join(directory, 'model'));
    expect(contents(join(directory, 'model'))).toEqual({ a: 'newer' });
    sweepAbandoned(directory);
    expect(readdirSync(directory)).toEqual(['model']);
  });

  it('has nothing to bring back where there is no folder', () => {
    writeFileSync(join(directory, 'file'), '');
    for (const target of [join(directory, 'none', 'model'), join(directory, 'file', 'model')]) restoreDirectory(target);
    expect(readdirSync(directory)).toEqual(['file']);
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
