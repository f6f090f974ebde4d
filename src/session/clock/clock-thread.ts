// The clock thread: owns the MIDI outputs and sends each event at its time. It sleeps until shortly before the next one is due and then
// watches the clock. Its event loop never runs while it plays: orders come through shared memory, so nothing delays them.
// Started by output-clock.ts.

import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { LATEST_NOTE } from '../../jam/output.js';
import { CAPACITY, DROPPED, entryTime, entryWord, Order, openClockMemory, VOICES, Word, writeEntry } from './clock-memory.js';
import { EventQueue } from './event-queue.js';
import { type OutputSpec, openOutput } from './output.js';
import { Outputs } from './outputs.js';
import { isNoteOn } from './packed-message.js';
import { SessionTime } from './session-time.js';
import { becomeUrgent } from './urgency.js';

/** What the thread is started with. */
export interface ClockThreadData {
  readonly epoch: bigint;
  readonly buffer: SharedArrayBuffer;
  readonly port: MessagePort;
}

/** What is too rare and too long for the ring of orders. */
export type ClockLetter =
  | { readonly type: 'open'; readonly place: number; readonly spec: OutputSpec }
  | { readonly type: 'close'; readonly place: number; readonly lost: boolean }
  | { readonly type: 'route'; readonly voice: number; readonly bits: number };

/** What the thread answers; a `close` and a `route` need no answer. */
export type ClockAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'opened'; readonly place: number }
  | { readonly type: 'refused'; readonly place: number; readonly code: string; readonly message: string; readonly hint?: string }
  | { readonly type: 'failed'; readonly place: number; readonly message: string }
  | { readonly type: 'ended' };

/** The thread watches the clock for this long before an event: sleep ends up to so much late. Milliseconds. */
const WATCH_MS = 1;
const YOU = VOICES.indexOf('you');

const { epoch, buffer, port } = workerData as ClockThreadData;
const { words, settings, orders, reports } = openClockMemory(buffer);
const time = new SessionTime(epoch);
const queue = new EventQueue(CAPACITY);
const outputs = new Outputs(
  () => time.now(),
  (place, error) => answer({ type: 'failed', place, message: error instanceof Error ? error.message : String(error) }),
);

function answer(message: ClockAnswer): void {
  port.postMessage(message);
}

/** Reads all orders that have come. */
function obey(): void {
  const written = Atomics.load(words, Word.ordersWritten);
  for (let k = Atomics.load(words, Word.ordersRead); k !== written; k = (k + 1) | 0) {
    const kind = entryWord(orders, k, 0) >> 8;
    const voice = entryWord(orders, k, 0) & 0xff;
    const at = entryTime(orders, k, 0);
    if (kind === Order.schedule) {
      queue.push(at, voice, entryWord(orders, k, 1), entryWord(orders, k, 2));
    } else if (kind === Order.cancel) {
      Atomics.add(words, Word.done, queue.remove(voice, at));
      outputs.takeBack(voice, at);
    } else {
      openLetter();
    }
    Atomics.store(words, Word.ordersRead, (k + 1) | 0);
  }
}

function openLetter(): void {
  const letter = receiveMessageOnPort(port)?.message as ClockLetter | undefined;
  if (letter?.type === 'open') {
    try {
      outputs.open(letter.place, openOutput(letter.spec));
      answer({ type: 'opened', place: letter.place });
    } catch (error) {
      const { code = 'engine', message, hint } = error as { code?: string; message: string; hint?: string };
      answer({ type: 'refused', place: letter.place, code, message, ...(hint !== undefined && { hint }) });
    }
  } else if (letter?.type === 'close') {
    if (letter.lost) outputs.lose(letter.place);
    else outputs.close(letter.place);
  } else if (letter?.type === 'route') {
    outputs.route(letter.voice, letter.bits);
  }
}

/** Sends or drops the earliest event and reports it. */
function play(now: number): void {
  const { time: due, voice, message, id } = queue;
  queue.shift();
  // What a player plays sounds even when the machine was held up.
  const dropped = voice !== YOU && isNoteOn(message) && now - due > LATEST_NOTE;
  if (!dropped) outputs.send(voice, message, due);
  const index = Atomics.load(words, Word.reportsWritten);
  if (((index - Atomics.load(words, Word.reportsRead)) | 0) < CAPACITY) {
    writeEntry(reports, index, due, now, voice | (dropped ? DROPPED : 0), message, id);
    Atomics.store(words, Word.reportsWritten, (index + 1) | 0);
  }
  Atomics.add(words, Word.done, 1);
}

/** Takes back everything and ends every note, when that was asked for. */
function beSilent(): void {
  const asked = Atomics.load(words, Word.silence);
  if (asked === Atomics.load(words, Word.silenced)) return;
  obey();
  Atomics.add(words, Word.done, queue.count);
  queue.clear();
  outputs.silence(true);
  Atomics.store(words, Word.silenced, asked);
  Atomics.notify(words, Word.silenced);
}

function run(): void {
  while (Atomics.load(words, Word.stop) === 0) {
    const seen = Atomics.load(words, Word.signal);
    beSilent();
    obey();
    const early = settings[0] as number;
    let now = time.now();
    while (queue.count > 0 && queue.time - early <= now) {
      play(now);
      now = time.now();
    }
    if (queue.count === 0) {
      Atomics.wait(words, Word.signal, seen);
      continue;
    }
    const due = queue.time - early;
    const sleep = (due - now) * 1000 - WATCH_MS;
    if (sleep > 0) Atomics.wait(words, Word.signal, seen, sleep);
    else while (time.now() < due && Atomics.load(words, Word.signal) === seen);
  }
}

becomeUrgent();
try {
  answer({ type: 'ready' });
  run();
} finally {
  beSilent();
  outputs.silence(false);
  outputs.closeAll();
  answer({ type: 'ended' });
  port.close();
}
