// Damaged models: bundles, checkpoints and archives, 500 of them from a seed, are read or refused, and nothing but the model's own folder
// is ever written. (`npm run bench -- mutate Bundle` damages as many as one likes.)

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MstError } from '../../../src/core/errors.js';
import { Random } from '../../../src/core/random.js';
import { openModel } from '../../../src/model/model.js';
import { encodeModel } from '../../../src/model/model-format.js';
import { filesInMemory } from '../../../src/pipeline/models/files.js';
import { findModelIn, readAlone } from '../../../src/pipeline/models/formats.js';
import { importModel } from '../../../src/pipeline/models/import.js';
import { silent } from '../../../src/pipeline/progress.js';
import { encodeCheckpointV2 } from '../../../src/records/checkpoint-v2.js';
import { readTable, writeTable } from '../../../src/records/table.js';
import { withChecksums } from '../../../src/registry/checksums.js';
import { resolveHome } from '../../../src/registry/home.js';
import { tar, zip } from '../../support/archives.js';
import { addFiles, filesIn, temporaryFolder } from '../../support/folder.js';
import { attentionGraph, bundle, checkpointV1, oldSpelling } from '../../support/magenta-files.js';
import { randomModel } from '../../support/models.js';
import { mutate } from '../../support/mutations.js';

const old = randomModel('attention_rnn', [2, 2], { attnLength: 3, attnLayers: 'all' });
const plain = randomModel('basic_rnn', [2]);
const v1 = checkpointV1(new Map([...old.weights].map(([name, tensor]) => [oldSpelling(name), tensor])));
const mag = bundle('attention_rnn', v1, attentionGraph(3, 2));
const v2 = encodeCheckpointV2(new Map([...plain.weights].map(([name, { shape, data }]) => [name, { shape, floats: data }])));
const index = v2.get('.index') as Uint8Array;
const data = v2.get('.data-00000-of-00001') as Uint8Array;
const options = { name: 'x', attnLength: undefined };
const source = { code: 'bad-model', what: 'x', hint: 'None.' } as const;

/** A table with one of its values damaged and all checksums right, so that what is behind them is reached. */
function tableWithin(table: Uint8Array, random: Random): Uint8Array {
  const entries = readTable(table, source);
  const which = random.integer(entries.length);
  return writeTable(entries.map(({ key, value }, k) => ({ key, value: k === which ? mutate(value, random) : value })));
}

/** Reads a model as import does: true when it plays, false when it is refused; anything else is thrown. */
function plays(files: Readonly<Record<string, Uint8Array>>, alone?: string): boolean {
  const set = filesInMemory('x', new Map(Object.entries(files)));
  try {
    openModel((alone === undefined ? findModelIn(set, options) : readAlone(set, alone, options)).model);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(MstError);
    expect((error as MstError).message).toMatch(/x/);
    return false;
  }
}

describe('damaged models are read or refused', () => {
  const kinds: readonly [string, (random: Random) => boolean][] = [
    ['bundles', (random) => plays({ 'x.mag': mutate(mag, random, [v1]) }, 'x.mag')],
    [
      'bundles with right checksums',
      (random) => plays({ 'x.mag': bundle('attention_rnn', tableWithin(v1, random), mutate(attentionGraph(3, 2), random)) }, 'x.mag'),
    ],
    ['V2 checkpoints', (random) => plays({ 'x.index': mutate(index, random), 'x.data-00000-of-00001': mutate(data, random) }, 'x.index')],
    [
      'V2 checkpoints with right checksums',
      (random) => plays({ 'x.index': tableWithin(index, random), 'x.data-00000-of-00001': data }, 'x.index'),
    ],
    [
      'folders',
      (random) => {
        const files = Object.fromEntries(encodeModel(plain));
        const name = Object.keys(files)[random.integer(Object.keys(files).length)] as string;
        return plays({ ...files, [name]: mutate(files[name] as Uint8Array, random, Object.values(files)) });
      },
    ],
  ];

  it.each(kinds)('%s: 90 mutants', (_, read) => {
    let refused = 0;
    for (let seed = 0; seed < 90; seed++) if (!read(new Random(seed))) refused++;
    expect(refused).toBeGreaterThan(30);
  });

  it('archives: 60 mutants, and nothing is written but the model', async () => {
    const entries = [...withChecksums(encodeModel(plain))].map(([name, bytes]) => ({ name: `mine/${name}`, bytes }));
    const [whole, packed, zipped] = [tar(entries), gzipSync(tar(entries)), zip(entries)];
    const folder = temporaryFolder({ 'home/keep': '' });
    const home = resolveHome({ asked: join(folder, 'home'), current: folder, shipped: join(folder, 'package') });
    let read = 0;
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(seed);
      const [name, bytes] = (
        [
          ['m.tar', whole],
          ['m.tar.gz', packed],
          ['m.zip', zipped],
        ] as const
      )[seed % 3] as readonly [string, Buffer];
      addFiles(folder, { [name]: mutate(bytes, random, [whole]) });
      const request = { source: name, home, current: folder, as: 'mine', attnLength: undefined, web: { now: () => 0, seed: 1 } };
      try {
        await importModel(request, { progress: silent, signal: new AbortController().signal, force: true });
        read++;
      } catch (error) {
        expect(error, `seed ${seed}`).toBeInstanceOf(MstError);
      }
      const written = Object.keys(filesIn(folder)).filter((file) => !/^m\.(tar|tar\.gz|zip)$/.test(file));
      expect(
        written.every((file) => file === 'home/keep' || file.startsWith('home/checkpoints/mine/model/')),
        `seed ${seed}`,
      ).toBe(true);
    }
    expect(read).toBeLessThan(40);
    expect(readdirSync(folder).sort()).toEqual(['home', 'm.tar', 'm.tar.gz', 'm.zip']);
  });
});
