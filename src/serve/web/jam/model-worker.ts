// The worker in which the models think: fetches their files, warms them up, and makes answers. Between slices of work it looks for news,
// so that a newer job is begun with at once. Started by model-host.ts; bundled by itself, scripts/build-web.mjs.

import { MstError } from '../../../core/errors.js';
import { Planner } from '../../../jam/answers/planner.js';
import { type MelodyModel, openModel } from '../../../model/model.js';
import { decodeModel } from '../../../model/model-format.js';
import { fetchBounded } from './fetch-bounded.js';
import type { ModelAddress, ModelOrder, ModelReport } from './model-orders.js';

/** Steps between two looks for news: a fraction of a millisecond each. */
const SLICE = 4;
/** A model's files are read up to this size, bytes. */
const MOST_BYTES = 2 ** 30;
/** So much more of the files is worth telling, as a part of 1. */
const NEWS = 0.02;
/** What the warming up continues: with it the code in use is compiled before the first call. */
const WARM_PRIMER: readonly number[] = [60, -2, 62, -2, 64, -2, 65, -2];
const WARM_STEPS = 16;

const scope = globalThis as unknown as { postMessage(report: ModelReport): void; onmessage: (event: MessageEvent<ModelOrder>) => void };
const models = new Map<string, MelodyModel>();
let planner = new Planner(models);
/** The files a model of a name is to have: those that were ordered last. */
const ordered = new Map<string, ModelAddress['files']>();
/** Whether the planner may remember a model that has been replaced. */
let outdated = false;
/** A turn of the event loop, in which news arrive; timers would be slowed down. */
const { port1, port2 } = new MessageChannel();
let working = false;

function wordsOf(error: unknown): { message: string; hint?: string } {
  const { message = String(error), hint } = error as { message?: string; hint?: string };
  return { message, ...(hint !== undefined && { hint }) };
}

async function open({ name, files, size }: ModelAddress): Promise<void> {
  ordered.set(name, files);
  const isWanted = (): boolean => ordered.get(name) === files;
  try {
    if (size > MOST_BYTES) throw new MstError('bad-model', `The model has ${size} bytes, more than a page can hold.`);
    let [come, told] = [0, 0];
    const tell = (count: number): void => {
      come += count;
      const done = size > 0 ? Math.min(1, come / size) : 1;
      if (done - told < NEWS || !isWanted()) return;
      told = done;
      scope.postMessage({ type: 'progress', name, done });
    };
    const read = await Promise.all(
      Object.entries(files).map(async ([file, address]) => [file, await fetchBounded(address, size, tell)] as const),
    );
    if (!isWanted()) return;
    outdated ||= models.has(name);
    models.set(name, openModel(decodeModel(new Map(read), { name })));
    warmUp(name);
    scope.postMessage({ type: 'ready', name });
  } catch (error) {
    if (isWanted()) scope.postMessage({ type: 'broken', name, ...wordsOf(error) });
  }
}

function warmUp(model: string): void {
  const warm = new Planner(models);
  warm.give({
    id: 0,
    turn: 0,
    mix: [{ model, weight: 1 }],
    primer: WARM_PRIMER,
    steps: WARM_STEPS,
    done: 0,
    takes: [0],
    temperature: 1,
    seed: 0,
  });
  while (!warm.idle) warm.work(WARM_STEPS);
}

/** Works for a slice, and goes on after a look for news. */
function work(): void {
  working = false;
  try {
    const answer = planner.work(SLICE);
    if (answer !== undefined) scope.postMessage({ type: 'answer', answer });
  } catch (error) {
    scope.postMessage({ type: 'failed', ...wordsOf(error) });
    planner = new Planner(models);
  }
  goOn();
}

function goOn(): void {
  if (working || planner.idle) return;
  working = true;
  port2.postMessage(null);
}

port1.onmessage = work;
scope.onmessage = ({ data }) => {
  if (data.type === 'open') {
    void open(data.model);
    return;
  }
  try {
    // An answer in the making is finished by those who began it.
    if (outdated && (planner.idle || data.job.steps > 0)) {
      planner = new Planner(models);
      outdated = false;
    }
    planner.give(data.job);
    goOn();
  } catch (error) {
    scope.postMessage({ type: 'failed', ...wordsOf(error) });
  }
};
