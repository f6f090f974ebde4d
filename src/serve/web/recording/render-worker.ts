// A thread that makes files of recordings. Every order comes with a port of its own, on which its file goes back; a word on that port gives
// the order up.

import { readSoundFont, type SoundFont } from '../../../audio/soundfont-bytes.js';
import { answerDataAddresses } from './local-addresses.js';
import { type FileRequest, makeFile } from './make-file.js';

/** What the page asks for. */
export interface MakingOrder {
  readonly request: FileRequest;
  /** The bytes of the sound bank, for a file of sound. */
  readonly bank: Uint8Array<ArrayBuffer> | undefined;
}

/** What comes back. */
export type MakingReport =
  | { readonly type: 'progress'; readonly done: number }
  | { readonly type: 'made'; readonly parts: readonly Blob[] }
  | { readonly type: 'failed'; readonly message: string; readonly hint?: string };

/** Bytes that are handed to the browser at a time, so that it may put them where there is room. */
const HANDFUL = 4 * 2 ** 20;
/** The page is told of progress in steps so small. */
const STEP = 0.01;

answerDataAddresses();

addEventListener('message', ({ data, ports: [port] }: MessageEvent<MakingOrder>) => {
  if (port === undefined) return;
  const unwanted = new AbortController();
  port.onmessage = () => unwanted.abort();
  const report = (message: MakingReport): void => port.postMessage(message);
  make(data, report, unwanted.signal)
    .catch((error: { message?: string; hint?: string }) => {
      report({ type: 'failed', message: error.message ?? String(error), ...(error.hint !== undefined && { hint: error.hint }) });
    })
    .finally(() => port.close());
});

async function make({ request, bank }: MakingOrder, report: (message: MakingReport) => void, signal: AbortSignal): Promise<void> {
  const parts: Blob[] = [];
  let pending: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  let told = 0;
  const hand = (): void => {
    parts.push(new Blob(pending));
    pending = [];
    size = 0;
  };
  await makeFile(request, {
    font: (): Promise<SoundFont> => readSoundFont(bank ?? new Uint8Array(), 'The sound bank'),
    signal,
    pause: nextTask,
    onProgress(done) {
      if (done - told < STEP) return;
      told = done;
      report({ type: 'progress', done });
    },
    write(bytes) {
      pending.push(bytes.slice());
      size += bytes.length;
      if (size >= HANDFUL) hand();
    },
  });
  hand();
  report({ type: 'made', parts });
}

/** Lets what has been said meanwhile be heard; timers would be slowed down. */
function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
