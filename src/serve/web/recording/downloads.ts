// Files of recordings: made in a thread of their own, handed to the browser as downloads. One at a time.

import { MstError } from '../../../core/errors.js';
import { addresses } from '../addresses.js';
import type { DownloadKind } from '../page-session.js';
import type { SoundBank } from '../sound/bank.js';
import type { FileRequest } from './make-file.js';
import type { MakingOrder, MakingReport } from './render-worker.js';

const KINDS: Readonly<Record<DownloadKind, { readonly ending: string; readonly type: string }>> = {
  midi: { ending: '.mid', type: 'audio/midi' },
  wav: { ending: '.wav', type: 'audio/wav' },
  mp3: { ending: '.mp3', type: 'audio/mpeg' },
  page: { ending: '.html', type: 'text/html' },
};
/** Milliseconds after which the browser has surely begun to store a file. */
const HANDED_OVER_MS = 60_000;

export class Downloads {
  readonly #bank: SoundBank;
  readonly #progress: () => void;
  /** Kept from file to file, unless it has failed. */
  #worker: Worker | undefined;
  #wish: AbortController | undefined;
  #making: { readonly kind: DownloadKind; readonly done: number } | undefined;

  /** @param progress told when `making` is another */
  constructor(bank: SoundBank, progress: () => void) {
    this.#bank = bank;
    this.#progress = progress;
  }

  /** Starts the thread that makes them. */
  prepare(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL(addresses.renderWorker, document.baseURI), { name: 'mst file' });
    // One that could not be fetched is tried again when there is a file to make.
    worker.onerror = () => this.#drop();
    this.#worker = worker;
    return worker;
  }

  /** What is in the making, and how far it is, 0..1. */
  get making(): { readonly kind: DownloadKind; readonly done: number } | undefined {
    return this.#making;
  }

  /**
   * Makes a file and hands it to the browser. Returns whether it was not given up.
   * @throws MstError `usage` while another is made, `not-found` without the sound bank, `engine` when it cannot be made
   */
  async make(request: FileRequest): Promise<boolean> {
    if (this.#making !== undefined) throw new MstError('usage', 'Another file is being made.', { hint: 'Wait for it, or cancel it.' });
    const { kind, name } = request;
    const wish = new AbortController();
    this.#wish = wish;
    this.#show({ kind, done: 0 });
    try {
      const givenUp = new Promise<undefined>((resolve) => wish.signal.addEventListener('abort', () => resolve(undefined)));
      const parts = await Promise.race([this.#made(request, wish.signal), givenUp]);
      if (parts !== undefined) handOver(new Blob([...parts], { type: KINDS[kind].type }), `${name}${KINDS[kind].ending}`);
      return parts !== undefined;
    } finally {
      this.#wish = undefined;
      this.#show(undefined);
    }
  }

  cancel(): void {
    this.#wish?.abort();
  }

  async #made(request: FileRequest, signal: AbortSignal): Promise<readonly Blob[] | undefined> {
    const bank = request.kind === 'midi' ? undefined : await this.#bank.bytes();
    return signal.aborted ? undefined : this.#ask({ request, bank }, signal);
  }

  #ask(order: MakingOrder, signal: AbortSignal): Promise<readonly Blob[]> {
    return new Promise((resolve, reject) => {
      const worker = this.prepare();
      const { port1: port, port2 } = new MessageChannel();
      signal.addEventListener('abort', () => {
        port.onmessage = null;
        port.postMessage(null);
      });
      worker.onerror = ({ message }) => {
        this.#drop();
        reject(
          new MstError('engine', `The file could not be made (${message || 'its thread did not start'}).`, { hint: 'Reload the page.' }),
        );
      };
      port.onmessage = ({ data }: MessageEvent<MakingReport>) => {
        if (data.type === 'progress') this.#show({ kind: order.request.kind, done: data.done });
        else if (data.type === 'made') resolve(data.parts);
        else reject(new MstError('engine', data.message, data.hint === undefined ? {} : { hint: data.hint }));
      };
      worker.postMessage(order, [port2]);
    });
  }

  #drop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #show(making: { readonly kind: DownloadKind; readonly done: number } | undefined): void {
    this.#making = making;
    this.#progress();
  }
}

/** Has the browser store a file where it stores downloads. */
function handOver(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), HANDED_OVER_MS);
}
