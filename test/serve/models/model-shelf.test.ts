// Which models are listed, which is chosen, and what is said of those that cannot be played.
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeDefault } from '../../../src/registry/default-model.js';
import { resolveHome } from '../../../src/registry/home.js';
import type { Listing } from '../../../src/serve/listing.js';
import { choose } from '../../../src/serve/models/choice.js';
import { addFiles } from '../../support/folder.js';
import { ask, modelFiles, SHIPPED, served } from '../support/served.js';

const listingOf = async (port: number): Promise<Listing> => JSON.parse((await ask(port, '/models.json')).body.toString('utf8'));
const names = ({ models }: Listing): string[] => models.map(({ name }) => name);
const THERE = {
  ...SHIPPED,
  ...modelFiles('home/checkpoints/ella/model', 2, 'ella'),
  ...modelFiles('home/checkpoints/ella/tags/monday', 3, 'ella'),
  ...modelFiles('one/flat', 4, 'flat'),
  ...modelFiles('two/checkpoints/homely/model', 5, 'homely'),
};

describe('models.json', () => {
  it('lists the home, every folder of MST_MODELS, and what is shipped', async () => {
    const { port } = await served({ files: THERE, shelves: ['one', 'two'] });
    const listing = await listingOf(port);
    expect(names(listing)).toEqual(['ella', 'ella:monday', 'flat', 'folk', 'homely']);
    expect(new Set(listing.models.map(({ path }) => path)).size).toBe(5);
    for (const { path } of listing.models) expect(path).toMatch(/^models\/[0-9a-f]{32}$/);
  });

  it('a model that comes or goes while it runs is there, or gone, without a restart', async () => {
    const { port, folder } = await served();
    expect(names(await listingOf(port))).toEqual(['folk']);
    addFiles(folder, modelFiles('home/checkpoints/late/model', 6, 'late'));
    await expect.poll(async () => names(await listingOf(port))).toEqual(['folk', 'late']);
    rmSync(join(folder, 'home/checkpoints/late'), { recursive: true });
    await expect.poll(async () => names(await listingOf(port))).toEqual(['folk']);
  });

  it('broken ones are listed with what is wrong, told of once in the log, and the others can be played', async () => {
    const broken = {
      ...modelFiles('home/checkpoints/cut/model', 7),
      'home/checkpoints/cut/model/group1-shard1of1': new Uint8Array(10),
      ...modelFiles('home/checkpoints/strange/model', 8),
      'home/checkpoints/strange/model/config.json': '{"type":"Drums"}',
      'home/checkpoints/unread/model/config.json': 'not JSON',
      'home/checkpoints/unread/model/weights_manifest.json': '[]',
    };
    const { server, port, warnings, folder } = await served({ files: { ...THERE, ...broken } });
    await server.listing;
    const listing = await listingOf(port);
    const bad = listing.models.filter(({ problem }) => problem !== undefined);
    expect(bad.map(({ name }) => name)).toEqual(['cut', 'strange', 'unread']);
    for (const { problem, files, hash } of bad) {
      expect(problem?.message.length).toBeGreaterThan(10);
      expect(problem?.message).not.toContain(folder);
      expect({ files, hash }).toEqual({ files: [], hash: undefined });
    }
    expect(listing.chosen).toMatch(/^ella/);
    expect(warnings.map((text) => /^The model (\S+) cannot be played: /.exec(text)?.[1])).toEqual(['cut', 'strange', 'unread']);
    const good = listing.models.find(({ name }) => name === 'ella');
    expect((await ask(port, `/${good?.path}/config.json`)).status).toBe(200);
    // Mended, it is there.
    addFiles(folder, modelFiles('home/checkpoints/cut/model', 7));
    await expect.poll(async () => (await listingOf(port)).models.find(({ name }) => name === 'cut')?.problem).toBeUndefined();
  });

  it.skipIf(process.platform === 'win32')('a link that leads nowhere does not hide that a model changes', async () => {
    const { port, folder } = await served();
    const directory = join(folder, 'shipped/checkpoints/folk/model');
    symlinkSync('nowhere', join(directory, 'lost'));
    addFiles(folder, modelFiles('home/checkpoints/late/model', 6, 'late'));
    await expect.poll(async () => names(await listingOf(port))).toEqual(['folk', 'late']);
    const before = (await listingOf(port)).models[0]?.path;
    addFiles(folder, modelFiles('shipped/checkpoints/folk/model', 10, 'folk'));
    await expect.poll(async () => (await listingOf(port)).models[0]?.path).not.toBe(before);
  });

  it('a folder named in MST_MODELS that is not there is passed over', async () => {
    const { port } = await served({ shelves: ['nowhere'] });
    expect(names(await listingOf(port))).toEqual(['folk']);
  });
});

describe('the choice', () => {
  const chosenOf = async (options: Parameters<typeof served>[0]) => {
    const { port, warnings, server } = await served({ files: THERE, ...options });
    await server.listing;
    const { chosen, problem } = await listingOf(port);
    return { chosen, problem, warnings };
  };

  it('is what an option or a variable names, versions too', async () => {
    expect(await chosenOf({ asked: { name: 'folk', by: '--model' } })).toEqual({ chosen: 'folk', problem: undefined, warnings: [] });
    expect(await chosenOf({ asked: { name: 'ella:monday', by: 'MAGENTA_MODEL' } })).toMatchObject({ chosen: 'ella:monday' });
    expect(await chosenOf({ asked: { name: 'ella:latest', by: 'MAGENTA_MODEL' } })).toMatchObject({ chosen: 'ella' });
  });

  it('an unknown one is told of in the page and in the log, and another is there instead', async () => {
    const { chosen, problem, warnings } = await chosenOf({ asked: { name: 'coldpaly', by: 'MAGENTA_MODEL' } });
    expect(chosen).toMatch(/^ella/);
    expect(problem?.message).toBe('There is no model "coldpaly", which MAGENTA_MODEL names.');
    expect(problem?.hint).toBe(`${chosen} is there instead. There are: ella, ella:monday, folk.`);
    expect(warnings).toEqual([`${problem?.message} ${problem?.hint}`]);
  });

  it('a broken one as well', async () => {
    const files = { ...THERE, 'home/checkpoints/ella/model/config.json': '{' };
    const { problem } = await chosenOf({ files, asked: { name: 'ella', by: '--model' } });
    expect(problem?.message).toMatch(/^The model "ella", which --model names, cannot be played: config\.json: The file is not JSON/);
  });

  it('a model by its path is listed by its name, and its path stays here', async () => {
    const outside = modelFiles('outside/jam/model', 9, 'jam');
    const { port, folder } = await served({ files: { ...THERE, ...outside }, asked: { name: './outside/jam', by: '--model' } });
    const listing = await listingOf(port);
    expect([listing.chosen, names(listing)]).toEqual(['jam', ['jam', 'ella', 'ella:monday', 'folk']]);
    expect(JSON.stringify(listing)).not.toContain(folder);
    const lost = await chosenOf({ asked: { name: '/secret/place/jam', by: '--model' } });
    expect(lost.problem?.message).toBe('There is no model "jam", which --model names.');
  });

  it('else the one that was chosen for good, as it is at the time', async () => {
    const { port, folder } = await served({ files: THERE });
    const home = resolveHome({ current: folder, asked: 'home' });
    writeDefault(home, 'folk');
    await expect.poll(async () => (await listingOf(port)).chosen).toBe('folk');
    writeFileSync(join(home.root, 'checkpoints/.default'), 'gone\n');
    await expect
      .poll(async () => (await listingOf(port)).problem?.message)
      .toBe('There is no model "gone", which was chosen with mst models default.');
  });

  it('else the one of yours that was written last, else the shipped one, else none', () => {
    const model = (name: string, written: string, rest = {}) => ({ name, written, shipped: false, problem: undefined, ...rest });
    const folk = model('folk', '2030', { shipped: true });
    expect(choose([model('a', '2020'), model('b', '2021'), folk], undefined)).toEqual({ chosen: 'b' });
    expect(choose([model('a', '2020'), model('b', '2021', { problem: 'broken' }), folk], undefined)).toEqual({ chosen: 'a' });
    expect(choose([folk], undefined)).toEqual({ chosen: 'folk' });
    expect(choose([], undefined)).toEqual({});
    expect(choose([], { name: 'x', by: '--model' })).toMatchObject({ problem: { hint: expect.stringContaining('mst train') } });
  });
});
