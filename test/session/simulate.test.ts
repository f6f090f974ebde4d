// What becomes of the recording of a simulated session that cannot go on to its end. (Whole ones are tested by the bin.)

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/jam/settings.js';
import type { SessionPlan } from '../../src/session/session-plan.js';
import { simulateSession } from '../../src/session/simulate.js';
import { temporaryFolder } from '../support/folder.js';

const folk = { name: 'folk', directory: fileURLToPath(new URL('../../checkpoints/folk/model', import.meta.url)) };
const messages = [
  { time: 0, bytes: [0x90, 60, 80] },
  { time: 1, bytes: [0x80, 60, 0] },
];
const plan: SessionPlan = {
  settings: { ...DEFAULT_SETTINGS, models: [[{ model: 'folk', weight: 1 }]] },
  models: [folk],
  partners: [],
  inputs: [{ kind: 'file', path: 'calls.mid', messages }],
  outputs: [],
  clickOutput: undefined,
  speaker: undefined,
  learn: null,
  noteEnds: 'hold',
  fileWaits: false,
};

it.each([
  ['the old one stays', { 's.jsonl': 'old' }, true],
  ['nothing is left of it', {}, false],
])('where it is broken off %s', async (_, files, replace) => {
  const folder = temporaryFolder(files);
  const path = join(folder, 's.jsonl');
  const simulated = simulateSession(plan, {
    place: { path, replace },
    origin: { created: '2026-01-01T00:00:00.000Z', version: '0' },
    signal: new AbortController().signal,
    tell: () => {
      throw new Error('broken off');
    },
  });
  await expect(simulated).rejects.toThrow('broken off');
  expect(readdirSync(folder)).toEqual(Object.keys(files));
  if (existsSync(path)) expect(readFileSync(path, 'utf8')).toBe('old');
});
