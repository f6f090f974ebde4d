// Step 1 and archives nobody vouches for. The archives are written byte by byte in test/support/archives.ts; one is made by the `tar`
// package as an independent writer.

import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { create } from 'tar';
import { describe, expect, it } from 'vitest';
import { readArchive } from '../../../src/pipeline/archive.js';
import { fetchMusic } from '../../../src/pipeline/fetch/fetch.js';
import type { ManifestLine } from '../../../src/pipeline/fetch/manifest.js';
import { defaultLimits, type ReadLimits } from '../../../src/pipeline/limits.js';
import { silent } from '../../../src/pipeline/progress.js';
import { resolveHome } from '../../../src/registry/home.js';
import { tar, zip } from '../../support/archives.js';
import { filesIn, temporaryFolder } from '../../support/folder.js';

const quiet = new AbortController().signal;

async function fetching(home: string, paths: string[], limits: ReadLimits = defaultLimits) {
  const { summary } = await fetchMusic(
    { home: resolveHome({ current: home }), artist: 'ella', paths, current: home, limits, now: () => 0 },
    { progress: silent, signal: quiet, force: false },
  );
  return { summary, midi: filesIn(join(home, 'datasets/ella/midi')) };
}

function manifest(home: string): ManifestLine[] {
  return readFileSync(join(home, 'datasets/ella/manifest.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ManifestLine);
}

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const song = (name: string, content = name) => ({ name, bytes: text(content) });
/** Every kind of archive, packed by the same entries. */
const packers: [string, (entries: { name: string; bytes: Uint8Array }[]) => Buffer][] = [
  ['songs.zip', zip],
  ['songs.ZIP', (entries) => zip(entries.map((entry) => ({ ...entry, stored: true })))],
  ['songs.tar', tar],
  ['songs.tar.gz', (entries) => gzipSync(tar(entries))],
  ['songs.tgz', (entries) => gzipSync(tar(entries))],
];

describe.each(packers)('%s', (name, pack) => {
  it('is read like a folder', async () => {
    const home = temporaryFolder({
      [name]: pack([song('b/two.mid'), song('a.MID'), song('b/twin.mid', 'b/two.mid'), song('read.me'), song('é/ü.kar')]),
    });
    const { summary, midi } = await fetching(home, [name]);
    expect(midi).toEqual({ 'a.MID': 'a.MID', 'b/twin.mid': 'b/two.mid', 'é/ü.kar': Buffer.from('é/ü.kar').toString('latin1') });
    expect(summary).toMatchObject({ files: 4, kept: 3, duplicate: 1, ignored: { '.me': 1 } });
    expect(manifest(home)[0]).toMatchObject({ file: 'a.MID', source: `${join(home, name)}#a.MID`, size: 5 });
  });

  it('is read inside a folder, under its own name', async () => {
    const home = temporaryFolder({ [`in/deep/${name}`]: pack([song('x/a.mid')]) });
    expect(Object.keys((await fetching(home, ['in'])).midi)).toEqual(['deep/songs/x/a.mid']);
  });

  it('lets no name leave the target', async () => {
    const evil = [
      '../evil.mid',
      '../../../../../../tmp/evil.mid',
      '/abs/evil.mid',
      'a/../../evil2.mid',
      'C:\\evil.mid',
      '..\\evil3.mid',
      'a\u0001b.mid',
      'nul.mid',
      'x/..',
    ];
    const home = temporaryFolder({ [name]: pack(evil.map((path) => song(path))) });
    const before = readdirSync(dirname(home)).filter((file) => file.includes('evil'));
    const { midi } = await fetching(home, [name]);
    const outside = Object.keys(filesIn(home)).filter((path) => !path.startsWith('datasets/ella/midi/'));
    expect(outside.sort()).toEqual(['datasets/ella/manifest.jsonl', name].sort());
    expect(readdirSync(dirname(home)).filter((file) => file.includes('evil'))).toEqual(before);
    expect(existsSync('/abs/evil.mid')).toBe(false);
    // A tar may have backslashes in names, so that `..\\evil3.mid` is one hidden file there.
    expect(Object.keys(midi)).toHaveLength(name.toLowerCase().endsWith('zip') ? 8 : 7);
    for (const path of Object.keys(midi)) {
      expect(path).not.toMatch(/(^|\/)\.\.?(\/|$)|^\/|[\\:]|(^|\/)nul\./i);
      expect(path).not.toContain('\u0001');
    }
  });

  it('keeps two names apart that some disks take for one, and a file apart from a folder', async () => {
    const home = temporaryFolder({
      [name]: pack([song('A.mid'), song('a.mid'), song('x.mid'), song('x.mid/y.mid'), song('k?.mid'), song('k*.mid')]),
    });
    const { midi } = await fetching(home, [name]);
    expect(Object.keys(midi).sort()).toEqual(['A.mid', 'a-2.mid', 'k_-2.mid', 'k_.mid', 'x.mid', 'x.mid_y.mid']);
  });

  it('takes the last of entries with one name, as unpacking does', async () => {
    const home = temporaryFolder({ [name]: pack([song('a.mid', 'old'), song('a.mid', 'new')]) });
    expect((await fetching(home, [name])).midi).toEqual({ 'a.mid': 'new' });
  });

  it('does not open archives inside, hidden files, or what is too large', async () => {
    const inner = zip([song('inner.mid')]);
    const home = temporaryFolder({
      [name]: pack([
        song('a.mid'),
        { name: 'in.zip', bytes: inner },
        song('.h/x.mid'),
        song('__MACOSX/._a.mid'),
        song('big.mid', 'x'.repeat(600)),
      ]),
    });
    const { summary, midi } = await fetching(home, [name], { ...defaultLimits, fileBytes: 500 });
    expect(Object.keys(midi)).toEqual(['a.mid']);
    expect(summary.ignored).toEqual({ 'archives inside archives': 1, 'hidden files': 2 });
    expect(manifest(home).find(({ file }) => file === 'big.mid')).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining('too large'),
    });
  });

  it('is refused before anything is written when it has too many entries or unpacks to too much', async () => {
    const entries = Array.from({ length: 20 }, (_, i) => song(`${i}.mid`, `${i}`.repeat(3000)));
    const home = temporaryFolder({ [name]: pack(entries), 'good.mid': 'good' });
    const before = filesIn(home);
    for (const limits of [
      { ...defaultLimits, entries: 19 },
      { ...defaultLimits, archiveBytes: 50_000 },
      // Names of 5 and 6 letters.
      { ...defaultLimits, nameBytes: 10 * 5 + 10 * 6 - 1 },
    ]) {
      await expect(fetching(home, ['good.mid', name], limits)).rejects.toMatchObject({
        code: 'bad-archive',
        message: expect.stringContaining(name),
      });
      expect(filesIn(home)).toEqual(before);
    }
  });

  it('is one clear error naming it when it is cut off anywhere, and never hangs', async () => {
    const whole = pack([song('a.mid', 'a'.repeat(700)), song('b.mid', 'b'.repeat(1300))]);
    // The last 1024 bytes of a tar are its closing mark, of which half is enough.
    const shortest = name.endsWith('.tar') ? whole.length - 1024 : whole.length - 1;
    for (let length = 0; length <= shortest; length += Math.ceil(shortest / 40)) {
      const home = temporaryFolder({ [name]: whole.subarray(0, length), 'good.mid': 'good' });
      await expect(fetching(home, ['good.mid', name])).rejects.toMatchObject({
        code: 'bad-archive',
        message: expect.stringContaining(join(home, name)),
      });
      expect(existsSync(join(home, 'datasets'))).toBe(false);
    }
  });

  it('is only refused when it is damaged inside a folder that has good music', async () => {
    const home = temporaryFolder({ [`in/${name}`]: 'this is no archive', 'in/good.mid': 'good' });
    const { midi, summary } = await fetching(home, ['in']);
    expect(midi).toEqual({ 'good.mid': 'good' });
    expect(summary.refused).toBe(1);
    expect(manifest(home).find(({ status }) => status === 'refused')).toMatchObject({
      source: join(home, 'in', name),
      reason: expect.stringMatching(/^is damaged/),
    });
  });

  it('never crashes or hangs on flipped bytes', async () => {
    const whole = pack([song('a.mid', 'abcdefgh'.repeat(90)), song('sub/b.mid', 'xyz'.repeat(50))]);
    for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 120)) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ 0xff;
      const home = temporaryFolder({ [name]: damaged });
      try {
        await readArchive(join(home, name), { wants: () => true, take: () => {} }, defaultLimits, quiet);
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad-archive' });
      }
    }
  });
});

describe('tar', () => {
  it('gives no links or devices, and says so', async () => {
    const home = temporaryFolder({
      'x.tar': tar([
        song('a.mid'),
        { name: 'l.mid', type: '2', link: '/etc/passwd' },
        { name: 'h.mid', type: '1', link: 'a.mid' },
        { name: 'd.mid', type: '3' },
        { name: 'sub/', type: '5' },
      ]),
    });
    const { midi, summary } = await fetching(home, ['x.tar']);
    expect(midi).toEqual({ 'a.mid': 'a.mid' });
    expect(summary.ignored).toEqual({ 'links in archives': 2, 'special files': 1 });
  });

  it('does not follow a link that a later entry goes through', async () => {
    const target = temporaryFolder();
    const home = temporaryFolder({ 'x.tar': tar([{ name: 'out', type: '2', link: target }, song('out/evil.mid')]) });
    await fetching(home, ['x.tar']);
    expect(readdirSync(target)).toEqual([]);
  });

  it('made by the tar package is read, long and foreign names too', async () => {
    const long = `${'long folder/'.repeat(12)}über.mid`;
    const from = temporaryFolder({ [long]: 'deep', 'short.mid': 'short' });
    symlinkSync('short.mid', join(from, 'link.mid'));
    const home = temporaryFolder();
    await create({ file: join(home, 'x.tgz'), gzip: true, cwd: from }, readdirSync(from));
    const { midi } = await fetching(home, ['x.tgz']);
    expect(Object.values(midi).sort()).toEqual(['deep', 'short']);
    expect(
      Object.keys(midi)
        .find((path) => path.endsWith('/über.mid'))
        ?.split('/'),
    ).toHaveLength(8);
  });

  it('that unpacks to hundreds of times its size is refused while it is read', async () => {
    // 80 MB of zeros in about 80 kB: past 64 MB the ratio is too high.
    const bomb = gzipSync(Buffer.concat([tar([song('a.mid')], { closed: false }), Buffer.alloc(80e6)]));
    const home = temporaryFolder({ 'bomb.tar.gz': bomb });
    await expect(fetching(home, ['bomb.tar.gz'])).rejects.toMatchObject({
      code: 'bad-archive',
      message: expect.stringContaining('200 bytes for every byte'),
    });
  });

  it('compressed twice is refused', async () => {
    const home = temporaryFolder({ 'x.tar.gz': gzipSync(gzipSync(tar([song('a.mid')]))) });
    await expect(fetching(home, ['x.tar.gz'])).rejects.toMatchObject({ code: 'bad-archive', message: expect.stringContaining('twice') });
  });

  it('damaged in its gzip checksum is refused', async () => {
    const bytes = gzipSync(tar([song('a.mid')]));
    bytes[bytes.length - 8] = (bytes[bytes.length - 8] as number) ^ 1;
    const home = temporaryFolder({ 'x.tar.gz': bytes });
    await expect(fetching(home, ['x.tar.gz'])).rejects.toMatchObject({ code: 'bad-archive' });
  });
});

describe('zip', () => {
  it('locked with a password is refused kindly', async () => {
    const home = temporaryFolder({ 'x.zip': zip([{ ...song('a.mid'), encrypted: true }]) });
    await expect(fetching(home, ['x.zip'])).rejects.toMatchObject({
      code: 'bad-archive',
      message: expect.stringContaining('password'),
      hint: expect.stringContaining('Unpack it yourself'),
    });
  });

  it('gives no links', async () => {
    const home = temporaryFolder({
      'x.zip': zip([song('a.mid'), { name: 'l.mid', bytes: text('/etc/passwd'), mode: 0o120777 }, { name: 'd.mid', mode: 0o020666 }]),
    });
    const { midi, summary } = await fetching(home, ['x.zip']);
    expect(midi).toEqual({ 'a.mid': 'a.mid' });
    expect(summary.ignored).toEqual({ 'links in archives': 1, 'special files': 1 });
  });

  it('packed by a method few know is told of as that, not as damage', async () => {
    const home = temporaryFolder({ 'x.zip': zip([song('good.mid'), { ...song('odd.mid'), claimedMethod: 9 }]) });
    const { midi } = await fetching(home, ['x.zip']);
    expect(midi).toEqual({ 'good.mid': 'good.mid' });
    expect(manifest(home).find(({ status }) => status === 'refused')?.reason).toBe('is packed in a way mst does not know (zip method 9)');
  });

  it('with a song that is not what the list says loses only that song', async () => {
    const zeros = new Uint8Array(5000);
    const home = temporaryFolder({
      'x.zip': zip([
        song('good.mid'),
        { ...song('crc.mid'), claimedCrc: 1 },
        { name: 'more.mid', bytes: zeros, claimedSize: 10 },
        { name: 'less.mid', bytes: zeros, claimedSize: 9000 },
      ]),
    });
    const { midi } = await fetching(home, ['x.zip']);
    expect(midi).toEqual({ 'good.mid': 'good.mid' });
    const refused = manifest(home)
      .filter(({ status }) => status === 'refused')
      .map(({ file }) => file);
    expect(refused).toEqual(['crc.mid', 'less.mid', 'more.mid']);
  });

  it('whose list claims far more than the file can hold is refused unopened', async () => {
    const home = temporaryFolder({
      'x.zip': zip(Array.from({ length: 40 }, (_, i) => ({ ...song(`${i}.mid`), claimedSize: 60 * 2 ** 20 }))),
    });
    await expect(fetching(home, ['x.zip'])).rejects.toMatchObject({
      code: 'bad-archive',
      message: expect.stringContaining('200 bytes for every byte'),
    });
  });

  it('with the same bytes listed over and over is refused by what they come to', async () => {
    // Entries that share one block of packed data, the trick of the small bomb: only the list grows.
    const one = zip([{ name: '00.mid', bytes: new Uint8Array(30 * 2 ** 20) }]);
    const end = one.length - 22;
    const start = one.readUInt32LE(end + 16);
    const entry = one.subarray(start, end);
    const entries = Array.from({ length: 50 }, (_, i) => {
      const copy = Buffer.from(entry);
      copy.write(String(i).padStart(2, '0'), 46);
      return copy;
    });
    const tail = Buffer.from(one.subarray(end));
    tail.writeUInt16LE(50, 8);
    tail.writeUInt16LE(50, 10);
    tail.writeUInt32LE(50 * entry.length, 12);
    const home = temporaryFolder({ 'x.zip': Buffer.concat([one.subarray(0, start), ...entries, tail]) });
    await expect(fetching(home, ['x.zip'])).rejects.toMatchObject({
      code: 'bad-archive',
      message: expect.stringContaining('for every byte'),
    });
  });

  it('is not opened when it is a folder or unreadable', async () => {
    const home = temporaryFolder({ 'in/a.mid': 'a' });
    mkdirSync(join(home, 'in/folder.zip'));
    writeFileSync(join(home, 'in/empty.zip'), '');
    truncateSync(join(home, 'in/empty.zip'), 0);
    const { midi, summary } = await fetching(home, ['in']);
    expect(midi).toEqual({ 'a.mid': 'a' });
    expect(summary.refused).toBe(1);
  });
});
