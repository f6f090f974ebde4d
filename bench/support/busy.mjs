// A machine left alone, and one whose cores all have other work: what those who keep time are measured under, with what is wanted of them.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** `median` and `p99`: milliseconds that half and 99% are to be within. */
export const CASES = [
  { name: 'idle', threads: 0, median: 1, p99: 5 },
  { name: 'busy', threads: availableParallelism(), median: 5, p99: 15 },
];
const SPIN = 'for (let x = 1; ; x = (x * 1103515245 + 12345) % 2147483648);';

/** Does something while so many threads of this process do nothing but count. */
export async function beside(threads, work) {
  const workers = Array.from({ length: threads }, () => new Worker(SPIN, { eval: true }));
  try {
    return await work();
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
