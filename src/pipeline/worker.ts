// The other end of pool.ts: a module that runs in a worker thread and answers tasks one by one.

import { parentPort } from 'node:worker_threads';
import { MstError } from '../core/errors.js';
import type { ResultMessage, TaskMessage } from './pool.js';

/**
 * Answers every task sent to this thread with what `work` makes of it.
 * @param given what of a result is handed over instead of copied
 */
export function serveTasks<Task, Result>(
  work: (task: Task) => Result | Promise<Result>,
  given: (result: Result) => readonly ArrayBuffer[] = () => [],
): void {
  parentPort?.on('message', async ({ id, task }: TaskMessage) => {
    let answer: ResultMessage;
    let transferred: readonly ArrayBuffer[] = [];
    try {
      const result = await work(task as Task);
      transferred = given(result);
      answer = { id, result };
    } catch (error) {
      const hint = error instanceof MstError && error.hint !== undefined ? { hint: error.hint } : {};
      const code = error instanceof MstError ? { code: error.code } : {};
      answer = { id, error: { ...code, ...hint, message: (error as Error).message } };
    }
    parentPort?.postMessage(answer, transferred);
  });
}
