// Where recordings go and are found. Names are those that the time says, in UTC.
import { closeSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createRecording, lastRecording } from '../../../src/session/recording/recordings.js';

const folder = mkdtempSync(join(tmpdir(), 'mst-recordings-'));
afterAll(() => rmSync(folder, { recursive: true }));
const create = (place: Parameters<typeof createRecording>[0]): string => {
  const { path, descriptor } = createRecording(place);
  closeSync(descriptor);
  return path;
};

test('sessions of the same second have names of their own', () => {
  const place = { folder: join(folder, 'sessions'), time: Date.UTC(2026, 0, 31, 20, 15, 0, 400) };
  const names = ['2026-01-31-201500.jsonl', '2026-01-31-201500-2.jsonl', '2026-01-31-201500-3.jsonl'];
  expect(names.map(() => create(place))).toEqual(names.map((name) => join(folder, 'sessions', name)));
  expect(readdirSync(join(folder, 'sessions')).sort()).toEqual(names.toSorted());
});

test('a file that was named is replaced only where that was said', () => {
  const path = join(folder, 'mine.jsonl');
  writeFileSync(path, 'mine');
  expect(() => create({ path, replace: false })).toThrow(/there already/);
  expect(readFileSync(path, 'utf8')).toBe('mine');
  expect(create({ path, replace: true })).toBe(path);
  expect(readFileSync(path, 'utf8')).toBe('');
});

test('the last recording is the one that was written to last, and holds something', () => {
  const of = join(folder, 'last');
  expect(() => lastRecording(of)).toThrow(/no recorded session/);
  const [a, b, c] = [1, 2, 3].map((second) => create({ folder: of, time: second * 1000 }));
  [a, b].forEach((path = '', k) => {
    writeFileSync(path, 'x');
    utimesSync(path, 100 - k, 100 - k);
  });
  expect(c).toBeDefined();
  expect(lastRecording(of)).toBe(a);
});
