// The page's side of the model worker: models are opened by name, jobs go in, parts of answers come out.

import type { Answer, Job } from '../../../jam/answers/job.js';
import type { ListedModel } from '../../listing.js';
import type { ModelState } from '../page-session.js';
import type { ModelOrder, ModelReport } from './model-orders.js';

export interface ModelHostHooks {
  /** A model has come further on its way into the page. */
  state(name: string, state: ModelState): void;
  answer(answer: Answer): void;
  /** The worker cannot go on with a job, or at all. */
  failed(problem: { readonly message: string; readonly hint?: string }): void;
}

interface Opening {
  readonly path: string;
  readonly ready: Promise<boolean>;
  settle(ready: boolean): void;
}

export class ModelHost {
  readonly #address: string;
  readonly #hooks: ModelHostHooks;
  readonly #openings = new Map<string, Opening>();
  #worker: Worker | undefined;

  /** @param address of the worker's script */
  constructor(address: string, hooks: ModelHostHooks) {
    this.#address = address;
    this.#hooks = hooks;
  }

  /** Brings a model into the page, once. Returns whether it can answer; what is wrong is told by its state. */
  open(model: ListedModel): Promise<boolean> {
    const { name, path, problem, files, size, hash } = model;
    const known = this.#openings.get(name);
    if (known !== undefined && known.path === path) return known.ready;
    if (problem !== undefined || hash === undefined) {
      this.#hooks.state(name, { state: 'broken', ...(problem ?? { message: 'The server could not read this model.' }) });
      return Promise.resolve(false);
    }
    let settle = (_: boolean): void => {};
    const ready = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    known?.settle(false);
    this.#openings.set(name, { path, ready, settle });
    this.#hooks.state(name, { state: 'loading', done: 0 });
    const addresses = files.map((file) => [file, new URL(`${path}/${encodeURIComponent(file)}`, document.baseURI).href]);
    this.#order({ type: 'open', model: { name, files: Object.fromEntries(addresses), size } });
    return ready;
  }

  ask(job: Job): void {
    this.#order({ type: 'job', job });
  }

  #order(order: ModelOrder): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(order);
  }

  #start(): Worker {
    const worker = new Worker(this.#address);
    worker.onmessage = ({ data }: MessageEvent<ModelReport>) => this.#hear(data);
    worker.onerror = ({ message }) => this.#stopped(message);
    return worker;
  }

  #hear(report: ModelReport): void {
    switch (report.type) {
      case 'answer':
        this.#hooks.answer(report.answer);
        return;
      case 'failed':
        this.#hooks.failed({ message: report.message, ...(report.hint !== undefined && { hint: report.hint }) });
        return;
      case 'progress':
        this.#hooks.state(report.name, { state: 'loading', done: report.done });
        return;
      case 'ready':
        this.#hooks.state(report.name, { state: 'ready' });
        this.#openings.get(report.name)?.settle(true);
        return;
      case 'broken': {
        const { name, message, hint } = report;
        this.#hooks.state(name, { state: 'broken', message, ...(hint !== undefined && { hint }) });
        this.#openings.get(name)?.settle(false);
        // It may be whole the next time.
        this.#openings.delete(name);
      }
    }
  }

  /** The worker is gone, with all its models; the next order starts another. */
  #stopped(reason: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const [name, { settle }] of this.#openings) {
      this.#hooks.state(name, { state: 'listed' });
      settle(false);
    }
    this.#openings.clear();
    this.#hooks.failed({
      message: `The models have stopped thinking${reason ? ` (${reason})` : ''}.`,
      hint: 'Begin again, or reload the page.',
    });
  }
}
