// The session's side of the model thread: jobs go in, parts of answers come out.

import type { MessagePort, Worker } from 'node:worker_threads';
import { MstError } from '../../core/errors.js';
import type { Answer, Job, Mix } from '../../jam/answers/job.js';
import type { LoggedModel } from '../../jam/log/log-entry.js';
import { takeModelThread } from './head-start.js';
import type { ModelMessage, Opening } from './model-thread.js';
import type { ModelPlace } from './opened-models.js';

export interface ModelListener {
  answer(answer: Answer): void;
  /** The thread cannot go on with a job, or at all; others may still be answered. */
  failed(error: MstError): void;
}

export class ModelHost {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #listener: ModelListener;
  readonly #ready: Promise<readonly LoggedModel[]>;
  #settle: { resolve: (models: readonly LoggedModel[]) => void; reject: (error: Error) => void } | undefined;
  #ended = false;

  /** Starts the thread; it reads the models and warms them up. @param mixes what may be asked to answer */
  constructor(models: readonly ModelPlace[], mixes: readonly Mix[], listener: ModelListener) {
    this.#listener = listener;
    const { worker, port } = takeModelThread();
    this.#worker = worker;
    this.#port = port;
    this.#ready = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#ready.catch(() => {});
    this.#worker.on('error', (error) =>
      this.#fail(new MstError('engine', `The model thread has failed: ${error.message}`, { cause: error })),
    );
    this.#worker.on('exit', () => this.#fail(new MstError('engine', 'The model thread has ended.')));
    this.#port.on('message', (message: ModelMessage) => this.#hear(message));
    this.#port.postMessage({ models, mixes } satisfies Opening);
  }

  /** The models with their hashes, once they are ready to answer. @throws MstError `bad-model`, `usage` for models that do not mix */
  get ready(): Promise<readonly LoggedModel[]> {
    return this.#ready;
  }

  /** Gives a job to the models. Returns at once. */
  ask(job: Job): void {
    if (!this.#ended) this.#port.postMessage(job);
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.#port.close();
    await this.#worker.terminate();
  }

  #hear(message: ModelMessage): void {
    if (message.type === 'answer') {
      if (!this.#ended) this.#listener.answer(message.answer);
    } else if (message.type === 'ready') {
      this.#settle?.resolve(message.models);
      this.#settle = undefined;
      this.#port.unref();
    } else {
      const { code, message: text, hint } = message;
      this.#fail(new MstError(code as MstError['code'], text, hint === undefined ? {} : { hint }));
    }
  }

  #fail(error: MstError): void {
    if (this.#ended) return;
    if (this.#settle === undefined) this.#listener.failed(error);
    this.#settle?.reject(error);
    this.#settle = undefined;
  }
}
