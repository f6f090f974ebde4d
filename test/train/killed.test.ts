// A process that is killed (SIGKILL) again and again while it trains and saves, and each time resumed, ends with the files of one that
// was left alone, byte for byte. Needs the built program: `npm test` builds it first.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Dataset } from '../../src/train/dataset.js';
import { contentsOf, smallPlan, smallRun, temporaryFolder } from './run-fixture.js';

const script = fileURLToPath(new URL('killed-run.mjs', import.meta.url));
const root = temporaryFolder();

/** Runs the child; kills it `delay` milliseconds after it has made `steps` steps. Returns the last line it printed. */
async function run(folder: string, data: string, resume: boolean, kill?: { steps: number; delay: number }): Promise<string> {
  const child = spawn(process.execPath, [script, folder, data, resume ? 'resume' : 'begin'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let last = '';
  let made = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = line;
    if (++made === kill?.steps) {
      await sleep(kill.delay);
      child.kill('SIGKILL');
    }
  }
  await closed;
  return last;
}

/** A data set whose examples are plain values, as JSON can hold them. */
function plainly<T extends Dataset | null>(dataset: T): T {
  if (dataset === null) return dataset;
  return { ...dataset, examples: dataset.examples.map(({ steps, inputSize, inputs, labels }) => ({ steps, inputSize, inputs, labels })) };
}

it('ends with the same bytes after any number of kills', async () => {
  const data = join(root, 'data.json');
  const { source, training, heldOut } = smallRun('');
  // A checkpoint at every step, so that most kills strike while one is written.
  const plan = smallPlan('basic_rnn', { steps: 24, checkpointEvery: 1, evaluateEvery: 4 });
  writeFileSync(
    data,
    JSON.stringify({ plan, source, training: plainly(training), heldOut: plainly(heldOut) }, (_, value) =>
      ArrayBuffer.isView(value) ? { typedArray: value.constructor.name, values: [...(value as Int32Array)] } : value,
    ),
  );
  const [whole, killed] = [join(root, 'whole'), join(root, 'killed')];
  expect(await run(whole, data, false)).toBe('done');
  const kills = [
    { steps: 1, delay: 0 },
    { steps: 4, delay: 2 },
    { steps: 3, delay: 7 },
    { steps: 5, delay: 12 },
  ];
  for (const [i, kill] of kills.entries()) expect(await run(killed, data, i > 0, kill)).not.toBe('done');
  expect(existsSync(join(killed, 'step-000024'))).toBe(false);
  expect(await run(killed, data, true)).toBe('done');
  expect(contentsOf(killed)).toEqual(contentsOf(whole));
});
