// The worker threads that share training steps with this one (src/kernels/team.ts has what they say to each other).

import { Worker } from 'node:worker_threads';
import type { Layout } from '../../kernels/layout.js';
import type { WasmMemory, WasmModule } from '../../kernels/webassembly.js';

/** What all threads work with. */
interface Shared {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  readonly layout: Layout;
}

/** What a worker is told; it ends when the leader stops the team. */
export interface Assignment extends Shared {
  readonly thread: number;
}

/** Threads are started from built files; tests run the sources beside them. */
const workerUrl = new URL(import.meta.url.endsWith('.ts') ? '../../../dist/train/wasm/worker.js' : './worker.js', import.meta.url);

export class KernelWorkers {
  readonly #workers: readonly Worker[];

  /** Starts threads 1 and up. They do not keep the process alive, and commands given before they listen are not lost. */
  constructor(shared: Shared) {
    this.#workers = Array.from({ length: shared.layout.capacity.threads - 1 }, (_, index) => {
      const assignment: Assignment = { ...shared, thread: index + 1 };
      const worker = new Worker(workerUrl, { workerData: assignment });
      worker.unref();
      // A worker that fails says so through the team's memory; the leader, not this event, tells the user.
      worker.on('error', () => {});
      return worker;
    });
  }

  /** Ends the workers, wherever they are. */
  terminate(): void {
    for (const worker of this.#workers) void worker.terminate();
  }
}
