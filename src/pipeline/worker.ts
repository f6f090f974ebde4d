// The other end of pool.ts: a module that runs in a worker thread and answers tasks one by one.

import { parentPort } from 'node:worker_threads';
import { MstError } from '../core/errors.js';
import type { ResultMessage, TaskMessage } from './pool.js';

/** What came of a task, and which of its memory is handed over instead of copied. */
export interface Answer {
  readonly made: unknown;
  readonly given: ArrayBuffer[];
}

/** Answers every task sent to this thread with what `work` makes of it. */
export function serveTasks<Task>(work: (task: Task) => Answer | Promise<Answer>): void {
  parentPort?.on('message', async ({ id, task }: TaskMessage) => {
    let answer: ResultMessage;
    let handedOver: ArrayBuffer[] = [];
    try {
      const { made, given } = await work(task as Task);
      handedOver = given;
      answer = { id, result: made };
    } catch (error) {
      const hint = error instanceof MstError && error.hint !== undefined ? { hint: error.hint } : {};
      const code = error instanceof MstError ? { code: error.code } : {};
      answer = { id, error: { ...code, ...hint, message: (error as Error).message } };
    }
    parentPort?.postMessage(answer, handedOver);
  });
}
