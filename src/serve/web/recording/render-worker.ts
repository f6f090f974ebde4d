// A thread that makes files of recordings, one at a time; the page ends the thread when it wants a file no longer.

import { readSoundFont, type SoundFont } from '../../../audio/soundfont-bytes.js';
import { fetchBounded } from '../jam/fetch-bounded.js';
import { answerDataAddresses } from './local-addresses.js';
import { type FileRequest, makeFile } from './make-file.js';

/** What the page asks for. */
export interface MakingOrder {
  readonly request: FileRequest;
  /** Where the sound bank is. */
  readonly bank: string;
}

/** What comes back. */
export type MakingReport =
  | { readonly type: 'progress'; readonly done: number }
  | { readonly type: 'made'; readonly parts: readonly Blob[] }
  | { readonly type: 'failed'; readonly message: string; readonly hint?: string };

const LARGEST_BANK = 64 * 2 ** 20;
/** Bytes that are handed to the browser at a time, so that it may put them where there is room. */
const HANDFUL = 4 * 2 ** 20;
/** The page is told of progress in steps so small. */
const STEP = 0.01;

answerDataAddresses();

addEventListener('message', ({ data }: MessageEvent<MakingOrder>) => {
  make(data).catch((error: { message?: string; hint?: string }) => {
    report({ type: 'failed', message: error.message ?? String(error), ...(error.hint !== undefined && { hint: error.hint }) });
  });
});

async function make({ request, bank }: MakingOrder): Promise<void> {
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
    font: async (): Promise<SoundFont> => readSoundFont(await fetchBounded(bank, LARGEST_BANK), 'The sound bank'),
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

function report(message: MakingReport): void {
  postMessage(message);
}
