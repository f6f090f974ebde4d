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
 * @param module the worker module: its path from this folder, without extension
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
      if (workers.length < jobs) workers.push(takeWorker(module));
      const worker = workers.reduce((idlest, other) => (other.waiting < idlest.waiting ? other : idlest));
      const result = worker.run(task) as Promise<Result>;
      result.catch(() => {});
      pending.push(result);
      if (pending.length >= jobs * 3) yield (await pending.shift()) as Result;
    }
    while (pending.length > 0) {
      signal?.throwIfAborted();
      yield (await pending.shift()) as Result;
    }
  } finally {
    await Promise.all(workers.map((worker) => (worker.waiting === 0 && !worker.ended ? keepWorker(worker) : worker.stop())));
  }
}

/** Milliseconds that a worker without work is kept: the next pass over the same files finds it warm. */
const KEPT_FOR = 1000;
const kept: PooledWorker[] = [];

function takeWorker(module: string): PooledWorker {
  const index = kept.findIndex((worker) => worker.module === module);
  const worker = index < 0 ? undefined : kept.splice(index, 1)[0];
  return worker?.resume() ?? new PooledWorker(module);
}

function keepWorker(worker: PooledWorker): void {
  kept.push(worker);
  worker.rest(KEPT_FOR, () => {
    const index = kept.indexOf(worker);
    if (index >= 0) kept.splice(index, 1);
  });
}

class PooledWorker {
  readonly module: string;
  readonly #worker: Worker;
  #forget: () => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #count = 0;
  #ended = false;

  constructor(module: string) {
    this.module = module;
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
    this.#worker.on('exit', () => {
      this.#ended = true;
      this.#forget();
      fail(endedEarly());
    });
  }

  /** Waits for more work without keeping the process alive, and ends after so many milliseconds; `forget` is told when it has ended. */
  rest(milliseconds: number, forget: () => void): void {
    this.#forget = forget;
    this.#worker.unref();
    this.#timer = setTimeout(() => {
      forget();
      void this.stop();
    }, milliseconds).unref();
  }

  /** Ready for work again. */
  resume(): this {
    clearTimeout(this.#timer);
    this.#forget = () => {};
    this.#worker.ref();
    return this;
  }

  /** Tasks it has not answered yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Whether its thread is no more. */
  get ended(): boolean {
    return this.#ended;
  }

  run(task: unknown): Promise<unknown> {
    if (this.#ended) return Promise.reject(endedEarly());
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

const endedEarly = (): Error => new Error('A worker thread ended early.');

/** Worker threads run compiled code, also when this file itself runs from its source under a test runner. */
function workerUrl(module: string): URL {
  return new URL(import.meta.url.endsWith('.ts') ? `../../dist/pipeline/${module}.js` : `./${module}.js`, import.meta.url);
}

function revive(error: { code?: string; message: string; hint?: string }): Error {
  if (error.code === undefined) return new Error(error.message);
  return new MstError(error.code as MstError['code'], error.message, { hint: error.hint });
}
