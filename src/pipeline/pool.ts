// Work spread over all cores: tasks go to worker threads, results come back in the order of the tasks, and no more than a few
// tasks are under way at once, so memory does not grow with their number.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { MstError } from '../core/errors.js';

/** Messages between the pool and a worker made with `serveTasks` (pipeline/worker.ts). */
export interface TaskMessage {
  readonly id: number;
  readonly task: unknown;
}
export type ResultMessage =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: { readonly code?: string; readonly message: string; readonly hint?: string } };

/** Number of worker threads used unless told otherwise. */
const defaultJobs = availableParallelism();

/**
 * Maps tasks through worker threads, yielding results in task order.
 * @param module file name of the worker module beside this file, without extension
 * @param jobs number of threads, at least 1
 * @throws the first error a task raised; the abort reason when `signal` aborts
 */
export async function* mapInWorkers<Task, Result>(
  tasks: Iterable<Task> | AsyncIterable<Task>,
  module: string,
  { jobs = defaultJobs, signal }: { jobs?: number; signal?: AbortSignal } = {},
): AsyncGenerator<Result> {
  const workers: PooledWorker[] = [];
  const pending: Promise<Result>[] = [];
  try {
    for await (const task of tasks) {
      signal?.throwIfAborted();
      if (workers.length < jobs) workers.push(new PooledWorker(module));
      const worker = workers.reduce((idlest, other) => (other.waiting < idlest.waiting ? other : idlest));
      const result = worker.run(task) as Promise<Result>;
      result.catch(() => {});
      pending.push(result);
      if (pending.length >= jobs * 3) yield (await pending.shift()) as Result;
    }
    for (const result of pending) {
      signal?.throwIfAborted();
      yield await result;
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

class PooledWorker {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #count = 0;

  constructor(module: string) {
    this.#worker = new Worker(workerUrl(module));
    this.#worker.on('message', (message: ResultMessage) => {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if ('error' in message) waiting?.reject(revive(message.error));
      else waiting?.resolve(message.result);
    });
    const fail = (error: Error): void => {
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
    this.#worker.on('error', fail);
    this.#worker.on('exit', () => fail(new Error('A worker thread ended early.')));
  }

  /** Tasks it has not answered yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  run(task: unknown): Promise<unknown> {
    const id = this.#count++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, task } satisfies TaskMessage);
    });
  }

  async stop(): Promise<void> {
    this.#waiting.clear();
    await this.#worker.terminate();
  }
}

/** Worker threads run compiled code, also when this file itself runs from its source under a test runner. */
function workerUrl(module: string): URL {
  return new URL(import.meta.url.endsWith('.ts') ? `../../dist/pipeline/${module}.js` : `./${module}.js`, import.meta.url);
}

function revive(error: { code?: string; message: string; hint?: string }): Error {
  if (error.code === undefined) return new Error(error.message);
  return new MstError(error.code as MstError['code'], error.message, error.hint === undefined ? {} : { hint: error.hint });
}
