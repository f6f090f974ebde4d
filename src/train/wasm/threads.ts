// The worker threads that share training steps with this one (src/kernels/team.ts has what they say to each other).

import { Worker } from 'node:worker_threads';
import type { Layout } from '../../kernels/layout.js';
import type { WasmMemory, WasmModule } from '../../kernels/webassembly.js';

/** What a worker is told when it shall work on a memory; it leaves it when the leader stops the team. */
export interface Assignment {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  readonly layout: Layout;
  readonly thread: number;
}

/** Threads are started from built files; tests run the sources beside them. */
const workerUrl = new URL(import.meta.url.endsWith('.ts') ? '../../../dist/train/wasm/worker.js' : './worker.js', import.meta.url);

export class KernelWorkers {
  readonly #workers: readonly Worker[];

  /** Starts `count` workers. They do not keep the process alive. */
  constructor(count: number) {
    this.#workers = Array.from({ length: count }, () => {
      const worker = new Worker(workerUrl);
      worker.unref();
      // A worker that fails says so through the team's memory; the leader, not this event, tells the user.
      worker.on('error', () => {});
      return worker;
    });
  }

  /** Sets all workers to work as threads 1 and up. Commands given before they listen are not lost. */
  assign(module: WasmModule, memory: WasmMemory, layout: Layout): void {
    this.#workers.forEach((worker, index) => {
      const assignment: Assignment = { module, memory, layout, thread: index + 1 };
      worker.postMessage(assignment);
    });
  }

  /** Ends the workers, wherever they are. */
  terminate(): void {
    for (const worker of this.#workers) void worker.terminate();
  }
}
