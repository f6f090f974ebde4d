// Who answers: a thread or two, started when the first question comes, and a queue of bounded length before them. A question that nobody
// waits for any more is dropped; one that takes too long is given up, and its thread replaced if it does not heed that.

import { Worker } from 'node:worker_threads';
import { MstError } from '../../core/errors.js';
import type { Posed, Question, Reply, ThreadData } from './answer-thread.js';

export interface PoolSettings {
  readonly threads: number;
  /** Questions that may wait. */
  readonly queue: number;
  /** Milliseconds from question to answer, waiting included. */
  readonly patience: number;
}

/** There is no room in the queue, or no answer came in time: worth asking again in a while. */
export class Busy extends Error {
  /** Seconds. */
  readonly retryAfter: number;

  constructor(message: string, retryAfter: number) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

/** What those are told who find no room. */
export function tooMany(): Busy {
  return new Busy('Too many are asking at once.', 2);
}

/** Milliseconds that a thread has to heed that its question was given up. */
const GRACE = 2000;
/** Megabytes of JavaScript values that a thread may hold. */
const THREAD_MEMORY = 512;

interface Job {
  readonly posed: Posed;
  readonly settle: { resolve: (answer: Uint8Array | string) => void; reject: (error: unknown) => void };
  /** Ends what was begun for it: timers, listeners. */
  readonly release: () => void;
}

interface Seat {
  readonly worker: Worker;
  readonly unwanted: Int32Array;
  job: Job | undefined;
  overdue: NodeJS.Timeout | undefined;
}

export class AnswerPool {
  readonly #settings: PoolSettings;
  readonly #seats = new Set<Seat>();
  readonly #waiting: Job[] = [];
  #asked = 0;
  #ended = false;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  /** Questions that wait or are worked on. */
  get load(): number {
    return this.#waiting.length + [...this.#seats].filter(({ job }) => job !== undefined).length;
  }

  /** Whether a question would find no room. */
  get full(): boolean {
    return this.#waiting.length >= this.#settings.queue;
  }

  /**
   * @param signal aborts when nobody waits any more
   * @throws Busy, MstError of the answer, or the signal's reason
   */
  ask(question: Question, signal: AbortSignal): Promise<Uint8Array | string> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#ended) return Promise.reject(new Busy('The server is stopping.', 5));
    if (this.full) return Promise.reject(tooMany());
    return new Promise((resolve, reject) => {
      const giveUp = (error: unknown): void => {
        this.#drop(job, error);
      };
      const leave = (): void => giveUp(signal.reason);
      const late = setTimeout(() => giveUp(new Busy('The answer took too long.', 5)), this.#settings.patience);
      signal.addEventListener('abort', leave, { once: true });
      const release = (): void => {
        clearTimeout(late);
        signal.removeEventListener('abort', leave);
      };
      // Numbers fit the 32 bits that threads compare; 0 is no question's.
      this.#asked = (this.#asked % 0x7fffffff) + 1;
      const job: Job = { posed: { ...question, id: this.#asked }, settle: { resolve, reject }, release };
      this.#waiting.push(job);
      this.#assign();
    });
  }

  /** Ends all threads; whoever waits is told. */
  async end(): Promise<void> {
    this.#ended = true;
    const stopping = new Busy('The server is stopping.', 5);
    for (const job of this.#waiting.splice(0)) finish(job, ({ reject }) => reject(stopping));
    const seats = [...this.#seats];
    this.#seats.clear();
    for (const { job, overdue } of seats) {
      clearTimeout(overdue);
      if (job !== undefined) finish(job, ({ reject }) => reject(stopping));
    }
    await Promise.all(seats.map(({ worker }) => worker.terminate()));
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const seat = this.#freeSeat();
      if (seat === undefined) return;
      const job = this.#waiting.shift() as Job;
      seat.job = job;
      seat.worker.postMessage(job.posed);
    }
  }

  #freeSeat(): Seat | undefined {
    for (const seat of this.#seats) if (seat.job === undefined) return seat;
    return this.#seats.size < this.#settings.threads ? this.#newSeat() : undefined;
  }

  #newSeat(): Seat {
    const unwanted = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(threadUrl(), {
      workerData: { unwanted } satisfies ThreadData,
      resourceLimits: { maxOldGenerationSizeMb: THREAD_MEMORY },
    });
    const seat: Seat = { worker, unwanted, job: undefined, overdue: undefined };
    worker.unref();
    worker.on('message', (reply: Reply) => this.#hear(seat, reply));
    worker.on('error', (error) => this.#lose(seat, error));
    worker.on('exit', () => this.#lose(seat, new Error('it has ended')));
    this.#seats.add(seat);
    return seat;
  }

  #hear(seat: Seat, reply: Reply): void {
    const { job } = seat;
    if (job?.posed.id !== reply.id) return;
    clearTimeout(seat.overdue);
    seat.job = undefined;
    seat.overdue = undefined;
    finish(job, ({ resolve, reject }) => {
      if (reply.type === 'answer') resolve(reply.answer);
      else if (reply.type === 'failed') reject(errorOf(reply));
    });
    this.#assign();
  }

  /** Tells whoever asked that there will be no answer, and the thread not to go on with it. */
  #drop(job: Job, error: unknown): void {
    const at = this.#waiting.indexOf(job);
    if (at >= 0) this.#waiting.splice(at, 1);
    const seat = [...this.#seats].find((each) => each.job === job);
    if (seat !== undefined) {
      Atomics.store(seat.unwanted, 0, job.posed.id);
      seat.overdue = setTimeout(() => this.#replace(seat), GRACE);
      seat.overdue.unref();
    }
    finish(job, ({ reject }) => reject(error));
  }

  /** A thread that does not heed what it is told. */
  #replace(seat: Seat): void {
    this.#seats.delete(seat);
    void seat.worker.terminate();
    this.#assign();
  }

  #lose(seat: Seat, cause: Error): void {
    clearTimeout(seat.overdue);
    if (!this.#seats.delete(seat) || this.#ended) return;
    if (seat.job !== undefined) {
      const failure = new MstError('engine', 'The thread that answers has failed.', { cause });
      finish(seat.job, ({ reject }) => reject(failure));
    }
    this.#assign();
  }
}

/** Settling twice does nothing the second time. */
function finish({ settle, release }: Job, how: (settle: Job['settle']) => void): void {
  release();
  how(settle);
}

function errorOf({ code, message, hint }: Extract<Reply, { type: 'failed' }>): Error {
  if (code === 'unexpected') return new Error(message);
  return new MstError(code as MstError['code'], message, hint === undefined ? {} : { hint });
}

/** Threads run compiled code, also when this file itself runs from its source under a test runner. */
function threadUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../../../dist/serve/answer/answer-thread.js' : './answer-thread.js', import.meta.url);
}
