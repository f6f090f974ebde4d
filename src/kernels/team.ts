// How threads take part in one step together: control words in the shared memory, a barrier between phases, commands from the leader.
// The leader is thread 0 and works too; it calls lead(), every other thread sits in follow(). Nothing here knows how a thread is started.
// Atomics.wait is forbidden on a browser's main thread; there, everything must run in workers.

import { MstError } from '../core/errors.js';
import type { Layout } from './layout.js';
import type { AdamStep, KernelThread } from './thread.js';

/** Words of the control region: which command is due, what it is, the barrier, a thread that failed (plus one; negative: it is gone),
 * how many follow. */
const COMMAND_COUNT = 0;
const COMMAND = 1;
const ARRIVED = 2;
const BARRIER_COUNT = 3;
const FAILED = 4;
const JOINED = 5;
const WORDS = 16;
/** Behind the words: parameters of a command as float64, then tokens of each thread. */
const NUMBERS = 16;

export type Command = 'gradient' | 'evaluate' | 'adam' | 'stop';
const commands: readonly Command[] = ['gradient', 'evaluate', 'adam', 'stop'];

/** Looks at a word this often before going to sleep: phases end within microseconds of each other. */
const SPINS = 2000;
/** How often a waiting thread looks whether another one is gone. */
const SLICE_MS = 500;
/** A thread that has not arrived after this long has died without a word; no phase of a bounded batch lasts that long. */
const PATIENCE_MS = 600_000;
/** The same for threads that have just been started. */
const START_PATIENCE_MS = 60_000;

export class Team {
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #shares: Int32Array;
  readonly #threads: number;
  /** What this thread's own work failed with. */
  #cause: unknown;

  constructor(buffer: ArrayBufferLike, layout: Layout) {
    this.#threads = layout.capacity.threads;
    this.#words = new Int32Array(buffer, layout.control, WORDS);
    this.#numbers = new Float64Array(buffer, layout.control + WORDS * 4, NUMBERS);
    this.#shares = new Int32Array(buffer, layout.control + WORDS * 4 + NUMBERS * 8, this.#threads + 1);
  }

  /** Sets, before `gradient`, at which token each thread's part begins (threads + 1 values). */
  setShares(starts: ArrayLike<number>): void {
    this.#shares.set(starts);
  }

  setAdam({ rate, beta1, beta2, epsilon, decay, clip, clipPerVariable }: AdamStep): void {
    this.#numbers.set([rate, beta1, beta2, epsilon, decay, clip, clipPerVariable ? 1 : 0]);
  }

  /**
   * Runs a command with all threads; returns when all are done.
   * @throws MstError `engine` when a thread failed or is gone
   */
  lead(command: Command, self: KernelThread): void {
    Atomics.store(this.#words, COMMAND, commands.indexOf(command));
    Atomics.add(this.#words, COMMAND_COUNT, 1);
    Atomics.notify(this.#words, COMMAND_COUNT);
    if (command === 'stop') return;
    for (;;) {
      const joined = Atomics.load(this.#words, JOINED);
      if (joined >= this.#threads - 1) break;
      this.#waitWhile(JOINED, joined, START_PATIENCE_MS);
    }
    this.#perform(command, self, 0);
    const failed = Atomics.load(this.#words, FAILED);
    if (failed > 0) {
      throw new MstError('engine', `Training thread ${failed} of ${this.#threads} failed.`, {
        hint: 'Start again, perhaps with --threads 1.',
        cause: this.#cause,
      });
    }
  }

  /** Serves the leader until it stops the team, from its first command on even if that was given before. */
  follow(self: KernelThread, thread: number): void {
    Atomics.add(this.#words, JOINED, 1);
    Atomics.notify(this.#words, JOINED);
    let count = 0;
    for (;;) {
      this.#waitWhile(COMMAND_COUNT, count, Number.POSITIVE_INFINITY);
      count = (count + 1) | 0;
      const command = commands[Atomics.load(this.#words, COMMAND)] as Command;
      if (command === 'stop') return;
      this.#perform(command, self, thread);
    }
  }

  /** Tells the others, from thread `thread`, that it will not take part any more. Those that give up because of it do not take its place. */
  abandon(thread: number): void {
    if (Atomics.load(this.#words, FAILED) >= 0) Atomics.store(this.#words, FAILED, -thread);
  }

  #perform(command: Command, self: KernelThread, thread: number): void {
    const phase = (work: () => void): void => {
      try {
        if (Atomics.load(this.#words, FAILED) === 0) work();
      } catch (error) {
        this.#cause = error;
        Atomics.store(this.#words, FAILED, thread + 1);
      }
      this.#barrier();
    };
    if (command === 'adam') {
      const [rate, beta1, beta2, epsilon, decay, clip, perVariable] = this.#numbers as unknown as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      phase(() => self.adam({ rate, beta1, beta2, epsilon, decay, clip, clipPerVariable: perVariable === 1 }));
      return;
    }
    phase(() => self.pack());
    if (command === 'evaluate') {
      phase(() => self.forward());
      return;
    }
    const first = this.#shares[thread] as number;
    phase(() => self.gradient(first, (this.#shares[thread + 1] as number) - first));
    phase(() => self.reduce());
  }

  /** Returns when all threads have come here. */
  #barrier(): void {
    const count = Atomics.load(this.#words, BARRIER_COUNT);
    if (Atomics.add(this.#words, ARRIVED, 1) + 1 === this.#threads) {
      Atomics.store(this.#words, ARRIVED, 0);
      Atomics.add(this.#words, BARRIER_COUNT, 1);
      Atomics.notify(this.#words, BARRIER_COUNT);
    } else {
      this.#waitWhile(BARRIER_COUNT, count, PATIENCE_MS);
    }
  }

  #waitWhile(word: number, value: number, patience: number): void {
    for (let i = 0; i < SPINS; i++) if (Atomics.load(this.#words, word) !== value) return;
    for (let waited = 0; Atomics.load(this.#words, word) === value; ) {
      if (Atomics.wait(this.#words, word, value, SLICE_MS) === 'timed-out') waited += SLICE_MS;
      const gone = -Atomics.load(this.#words, FAILED);
      if (gone > 0 || waited >= patience) {
        throw new MstError('engine', gone > 0 ? `Training thread ${gone + 1} of ${this.#threads} is gone.` : 'A training thread is gone.', {
          hint: 'Start again, perhaps with --threads 1.',
        });
      }
    }
  }
}
