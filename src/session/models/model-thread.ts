// The model thread: reads the models of a session, warms them up, and thinks up answers. Between slices of work it looks for news, so that
// a newer job is begun with at once. Started by model-host.ts.

import { getPriority, setPriority } from 'node:os';
import { platform } from 'node:process';
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Answer, Job, Mix } from '../../jam/answers/job.js';
import { Planner } from '../../jam/answers/planner.js';
import type { LoggedModel } from '../../jam/log/log-entry.js';
import { type ModelPlace, openModels } from './opened-models.js';

/** What the thread is told first; jobs follow. */
export interface Opening {
  readonly models: readonly ModelPlace[];
  /** Every mix that may be asked to answer. */
  readonly mixes: readonly Mix[];
}

export type ModelMessage =
  | { readonly type: 'ready'; readonly models: readonly LoggedModel[] }
  | { readonly type: 'answer'; readonly answer: Answer }
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly hint?: string };

/** Steps between two looks for news: a fraction of a millisecond each. */
const SLICE = 4;
/** A little behind those who send notes and read keys. */
const NICENESS = 5;
const LEAST_URGENT = 19;
/** What the warming up continues: with it the code in use is compiled before the first call. */
const WARM_PRIMER: readonly number[] = [60, -2, 62, -2, 64, -2, 65, -2];
const WARM_STEPS = 16;

const { port } = workerData as { readonly port: MessagePort };

function say(message: ModelMessage): void {
  port.postMessage(message);
}

function fail(error: unknown): void {
  const { code = 'engine', message = String(error), hint } = error as { code?: string; message?: string; hint?: string };
  say({ type: 'failed', code, message, ...(hint !== undefined && { hint }) });
}

function warmUp(planner: Planner, mixes: readonly Mix[]): void {
  for (const mix of mixes) {
    const job = { id: 0, turn: 0, mix, primer: WARM_PRIMER, steps: WARM_STEPS, done: 0, takes: [0], temperature: 1, seed: 0 };
    planner.give(job);
    while (!planner.idle) planner.work(WARM_STEPS);
  }
}

/** Takes a job and works until there is nothing to do, newer jobs included. */
function think(planner: Planner, first: Job): void {
  let job: Job | undefined = first;
  do {
    if (job !== undefined) planner.give(job);
    const answer = planner.work(SLICE);
    if (answer !== undefined) say({ type: 'answer', answer });
    job = receiveMessageOnPort(port)?.message as Job | undefined;
  } while (job !== undefined || !planner.idle);
}

// On Linux this concerns the calling thread alone, elsewhere it would the whole process.
if (platform === 'linux') setPriority(Math.min(LEAST_URGENT, getPriority() + NICENESS));
port.once('message', ({ models: places, mixes }: Opening) => {
  try {
    const { models, logged } = openModels(places);
    const planner = new Planner(models);
    warmUp(planner, mixes);
    say({ type: 'ready', models: logged });
    port.on('message', (job: Job) => {
      try {
        think(planner, job);
      } catch (error) {
        fail(error);
      }
    });
  } catch (error) {
    fail(error);
    port.close();
  }
});
