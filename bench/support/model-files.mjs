// Sound model files to damage, and how each kind is read: bundles, checkpoints whose checksums are made right again after the damage, and
// archives on disk.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { CONFIG_NAMES, configuration } from '../../dist/encoding/configuration.js';
import { networkShape, openModel } from '../../dist/model/model.js';
import { encodeModel } from '../../dist/model/model-format.js';
import { variableShapes } from '../../dist/model/weights.js';
import { filesInMemory, filesOfArchive } from '../../dist/pipeline/models/files.js';
import { findModelIn, readAlone } from '../../dist/pipeline/models/formats.js';
import { encodeCheckpointV2 } from '../../dist/records/checkpoint-v2.js';
import { compareBytes, readTable, writeTable } from '../../dist/records/table.js';

const options = { name: 'x', attnLength: undefined };
const source = { code: 'bad-model', what: 'x', hint: '' };
const utf8 = new TextEncoder();

function model(random) {
  const name = CONFIG_NAMES[random.integer(CONFIG_NAMES.length)];
  const { encoding, hparams } = configuration(name);
  const layerSizes = Array.from({ length: 1 + random.integer(2) }, () => 1 + random.integer(3));
  const attnLength = hparams.attnLength > 0 ? 3 : 0;
  const card = {
    name,
    configuration: name,
    encoding,
    layerSizes,
    attnLength,
    ...(attnLength && random.integer(2) ? { attnLayers: 'all' } : {}),
  };
  const values = (size) => Float32Array.from({ length: size }, () => random.uniform() - 0.5);
  const shapes = [...variableShapes(networkShape(card))];
  return { card, weights: new Map(shapes.map(([key, shape]) => [key, { shape, data: values(shape.reduce((a, b) => a * b, 1)) }])) };
}

const varint = (value) => (value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]);
const field = (number, bytes) => Buffer.concat([Buffer.from(varint(number * 8 + 2)), Buffer.from(varint(bytes.length)), bytes]);
const number = (at, value) => Buffer.from([...varint(at * 8), ...varint(value)]);

/** A bundle with a V1 checkpoint (spec H.1, H.2). */
function bundle({ card, weights }) {
  const all = [...weights];
  const whole = (shape) => Buffer.concat(shape.map(() => field(1, Buffer.alloc(0))));
  const dimensions = (shape) => Buffer.concat(shape.map((size) => field(2, number(1, size))));
  const metas = all.map(([name, { shape }]) =>
    field(1, Buffer.concat([field(1, utf8.encode(name)), field(2, dimensions(shape)), number(3, 1), field(4, whole(shape))])),
  );
  const rest = all.map(([name, { shape, data }]) => ({
    key: Buffer.concat([Buffer.from([0]), utf8.encode(name), Buffer.from([0, 1, 1, shape.length])]),
    value: field(2, Buffer.concat([field(1, utf8.encode(name)), field(2, whole(shape)), field(3, field(5, Buffer.from(data.buffer)))])),
  }));
  const first = { key: Buffer.alloc(0), value: field(1, Buffer.concat(metas)) };
  const checkpoint = writeTable([first, ...rest.sort((a, b) => compareBytes(a.key, b.key))]);
  return new Uint8Array(Buffer.concat([field(1, field(1, utf8.encode(card.configuration))), field(2, checkpoint)]));
}

function opened(found) {
  openModel(found.model);
  return [];
}

const inMemory = (files) => filesInMemory('x', new Map(Object.entries(files)));

/** What lies in the index of a V2 checkpoint, without its checksums: each value with its length before it in two bytes. */
function indexValues(index) {
  return new Uint8Array(
    Buffer.concat(readTable(index, source).flatMap(({ value }) => [Buffer.from([value.length >> 8, value.length & 255]), value])),
  );
}

const sound = encodeCheckpointV2(
  new Map([...model({ integer: () => 0, uniform: () => 0.7 }).weights].map(([key, { shape, data }]) => [key, { shape, floats: data }])),
);

/** An index with these values, under the names of the sound one, and right checksums. */
function indexWith(bytes) {
  const entries = readTable(sound.get('.index'), source);
  let at = 0;
  return writeTable(
    entries.map(({ key }) => {
      const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
      const value = bytes.slice(at + 2, at + 2 + length);
      at += 2 + length;
      return { key, value };
    }),
  );
}

function tarball(files) {
  const blocks = [...files].flatMap(([path, bytes]) => {
    const header = Buffer.alloc(512);
    new Header({ path: `mine/${path}`, mode: 0o644, size: bytes.length, type: 'File' }).encode(header, 0);
    return [header, Buffer.from(bytes), Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const work = mkdtempSync(join(tmpdir(), 'mst-bench-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

/** Rows for bench/support/mutants.mjs. */
export const modelFormats = {
  Bundle: {
    ending: '.mag',
    make: (random) => bundle(model(random)),
    read: (bytes) => opened(readAlone(inMemory({ 'x.mag': bytes }), 'x.mag', options)),
  },
  Checkpoint: {
    ending: '.index-values',
    make: () => indexValues(sound.get('.index')),
    read: (bytes) => {
      const data = sound.get('.data-00000-of-00001');
      return opened(readAlone(inMemory({ 'x.index': indexWith(bytes), 'x.data-00000-of-00001': data }), 'x.index', options));
    },
  },
  Archive: {
    ending: '.tar.gz',
    make: (random) => {
      const whole = tarball(encodeModel(model(random)));
      return new Uint8Array(random.integer(2) === 0 ? whole : gzipSync(whole));
    },
    async read(bytes) {
      const path = join(work, bytes[0] === 0x1f ? 'm.tar.gz' : 'm.tar');
      writeFileSync(path, bytes);
      return opened(findModelIn(await filesOfArchive(path, path, new AbortController().signal), options));
    },
  },
};
