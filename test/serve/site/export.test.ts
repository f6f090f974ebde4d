// The site as a folder: the same as what is served, to the byte, whole or not at all, and nobody's files lost.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveHome } from '../../../src/registry/home.js';
import { openSite } from '../../../src/serve/serve.js';
import { exportSite } from '../../../src/serve/site/export.js';
import { readPage } from '../../../src/serve/site/page-files.js';
import { withPolicy } from '../../../src/serve/site/policy.js';
import { addFiles, filesIn, temporaryFolder } from '../../support/folder.js';
import { ask, modelFiles, PAGE, SHIPPED, SOUNDS, served } from '../support/served.js';

const MODELS = { ...SHIPPED, ...modelFiles('home/checkpoints/ella/model', 2, 'ella'), 'home/checkpoints/bad/model/config.json': '{', 'home/checkpoints/bad/model/weights_manifest.json': '[]' }; // biome-ignore format: short

function siteIn(folder: string) {
  return openSite({
    home: resolveHome({ current: folder, asked: 'home', shipped: join(folder, 'shipped') }),
    current: folder,
    log: { note: () => {}, warn: () => {} },
    clock: Date.now,
    source: { page: join(folder, 'page'), sounds: join(folder, 'sounds.sf2') },
  });
}

function setUp() {
  const folder = temporaryFolder({ 'home/.keep': '', 'sounds.sf2': SOUNDS, ...MODELS });
  addFiles(join(folder, 'page'), PAGE);
  return { folder, site: siteIn(folder), target: join(folder, 'out', 'site') };
}

describe('exportSite', () => {
  it('writes exactly what is served', async () => {
    const { port, folder } = await served({ files: MODELS });
    const target = join(folder, 'site');
    const { files, size } = await exportSite(siteIn(folder), target, { force: false });
    const written = filesIn(target);
    expect(Object.keys(written)).toHaveLength(files);
    // The page's three, sounds, list, and two models of four files.
    expect(files).toBe(3 + 1 + 1 + 8);
    let bytes = 0;
    for (const [name, content] of Object.entries(written)) {
      expect(name).toMatch(/^[A-Za-z0-9._/-]+$/);
      const { status, body } = await ask(port, `/${name}`);
      expect({ name, status, same: body.toString('latin1') === content }).toEqual({ name, status: 200, same: true });
      bytes += body.length;
    }
    expect(size).toBe(bytes);
    expect((await ask(port, '/')).body.toString('latin1')).toBe(written['index.html']);
  });

  it('replaces an earlier export whole', async () => {
    const { folder, site, target } = setUp();
    await exportSite(site, target, { force: false });
    writeFileSync(join(target, 'main-aaaaaaaaaaaa.js'), 'old');
    addFiles(folder, modelFiles('home/checkpoints/late/model', 3, 'late'));
    await exportSite(siteIn(folder), target, { force: false });
    const written = filesIn(target);
    expect(written).not.toHaveProperty('main-aaaaaaaaaaaa.js');
    expect(JSON.parse(written['models.json'] ?? '').models.map(({ name }: { name: string }) => name)).toContain('late');
    expect(readdirSync(join(folder, 'out'))).toEqual(['site']);
  });

  it('refuses a folder with anything else in it, and with force loses nothing of it', async () => {
    const { site, target } = setUp();
    addFiles(target, { CNAME: 'jam.example', '.git/HEAD': 'ref', 'index.html': 'mine' });
    await expect(exportSite(site, target, { force: false })).rejects.toMatchObject({
      code: 'exists',
      message: expect.stringMatching(/is no earlier export: it has \.git, CNAME in it\.$/),
      hint: expect.stringContaining('--force'),
    });
    expect(filesIn(target)).toEqual({ CNAME: 'jam.example', '.git/HEAD': 'ref', 'index.html': 'mine' });
    await exportSite(site, target, { force: true });
    expect(filesIn(target)).toMatchObject({ CNAME: 'jam.example', '.git/HEAD': 'ref', 'sounds.sf2': SOUNDS });
    // What the user put into an export is not lost in the next one either.
    await expect(exportSite(site, target, { force: false })).rejects.toMatchObject({ code: 'exists' });
  });

  it("refuses a page of one's own and a file, and takes an empty folder", async () => {
    const { site, target, folder } = setUp();
    addFiles(target, { 'index.html': 'mine' });
    await expect(exportSite(site, target, { force: false })).rejects.toMatchObject({ code: 'exists' });
    await expect(exportSite(site, join(folder, 'sounds.sf2'), { force: true })).rejects.toThrow('is a file');
    const empty = temporaryFolder();
    await exportSite(site, empty, { force: false });
    expect(existsSync(join(empty, 'index.html'))).toBe(true);
  });

  it('a model that changes on the way leaves what was there before', async () => {
    const { folder, site, target } = setUp();
    await exportSite(site, target, { force: false });
    const before = filesIn(target);
    await site.shelf.look();
    const shard = join(folder, 'home/checkpoints/ella/model/group1-shard1of1');
    const all = site.all.bind(site);
    site.all = async () => {
      const found = await all();
      writeFileSync(shard, new Uint8Array(readFileSync(shard).length));
      return found;
    };
    await expect(exportSite(site, target, { force: false })).rejects.toMatchObject({
      code: 'storage',
      hint: 'Run the same command again.',
    });
    expect(filesIn(target)).toEqual(before);
    expect(readdirSync(join(folder, 'out'))).toEqual(['site']);
  });
});

describe('readPage', () => {
  it('says how to build what is not there', () => {
    const folder = temporaryFolder({ 'sounds.sf2': SOUNDS });
    for (const page of [join(folder, 'nothing'), folder]) {
      expect(() => readPage({ page, sounds: join(folder, 'sounds.sf2') })).toThrow(
        expect.objectContaining({ hint: 'Build it: npm run build' }),
      );
    }
  });

  it('takes folders within it, and nothing hidden', () => {
    const folder = temporaryFolder({ ...PAGE, 'fonts/a.woff2': 'f', '.git/config': 'secret', 'a b.txt': 'odd' });
    const page = readPage({ page: folder, sounds: join(folder, 'icon.svg') });
    expect([...page.keys()].sort()).toEqual([...Object.keys(PAGE).filter((name) => !name.startsWith('.')), 'fonts/a.woff2', 'sounds.sf2'].sort()); // biome-ignore format: short
  });
});

it('withPolicy goes in before everything that could load something', () => {
  const at = (html: string): [number, number] => {
    const made = withPolicy(html);
    return [made.indexOf('http-equiv'), made.indexOf('<script')];
  };
  for (const html of [
    '<head><script></script></head>',
    '<HEAD lang="en">\n <meta charset="utf-8">\n<script></script>',
    '<head><meta name="x"><script>',
  ]) {
    const [policy, script] = at(html);
    expect(policy).toBeGreaterThan(0);
    expect(policy).toBeLessThan(script);
  }
});
