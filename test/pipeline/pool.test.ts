// Tasks in worker threads, some of which end before their time.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { mapInWorkers } from '../../src/pipeline/pool.js';
import { temporaryFolder } from '../support/folder.js';

/** Answers a task with its double; ends at a negative one. */
const program = `
  import { parentPort } from 'node:worker_threads';
  parentPort.on('message', ({ id, task }) => (task < 0 ? process.exit() : parentPort.postMessage({ id, result: 2 * task })));`;

async function doubled(tasks: readonly number[], module: string): Promise<number[]> {
  const results: number[] = [];
  for await (const result of mapInWorkers<number, number>(tasks, module, { jobs: 2 })) results.push(result);
  return results;
}

it('gives results in the order of the tasks, and works on after a thread has ended', async () => {
  const above = fileURLToPath(new URL('../..', import.meta.url))
    .split('/')
    .map(() => '..');
  const module = join(...above, temporaryFolder({ 'package.json': '{"type":"module"}', 'double.js': program }), 'double');
  const tasks = Array.from({ length: 20 }, (_, i) => i);
  const doubles = tasks.map((task) => 2 * task);
  expect(await doubled(tasks, module)).toEqual(doubles);
  await expect(doubled([1, -1, 2, -1], module)).rejects.toThrow('ended early');
  expect(await doubled(tasks, module)).toEqual(doubles);
});
