// The session's side of the clock thread: schedules events, takes them back, opens outputs, learns what was sent when.

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { MstError } from '../../core/errors.js';
import type { Voice } from '../../jam/settings.js';
import {
  CAPACITY,
  type ClockMemory,
  createClockBuffer,
  DROPPED,
  entryTime,
  entryWord,
  MOST_OUTPUTS,
  Order,
  openClockMemory,
  VOICES,
  Word,
  writeEntry,
} from './clock-memory.js';
import type { ClockAnswer, ClockLetter, ClockThreadData } from './clock-thread.js';
import type { OutputSpec } from './output.js';
import { packMessage } from './packed-message.js';
import type { SessionTime } from './session-time.js';

/** An event that went out, or was too late to. */
export interface Sent {
  readonly voice: Voice;
  /** When it was to be heard and when it was sent, in session seconds. */
  readonly time: number;
  readonly sent: number;
  /** Packed (packed-message.ts). */
  readonly message: number;
  /** What `schedule` returned for it. */
  readonly id: number;
  /** It was a note more than 100 ms late, and was not played. */
  readonly dropped: boolean;
}

const LAST_WORDS_MS = 500;
/** How long the thread may take to make room when its ring is full. */
const ROOM_MS = 100;

export class OutputClock {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #memory: ClockMemory;
  readonly #ready = new Awaited();
  readonly #ended = new Awaited();
  readonly #opening = new Map<number, Awaited>();
  readonly #taken = new Array<boolean>(MOST_OUTPUTS).fill(false);
  readonly #onFailure: (output: number, reason: string) => void;
  #scheduled = 0;
  #over = false;

  /**
   * Starts the clock thread. The process may end while it runs; see `silence`.
   * @param onFailure told of an output that stopped working (it is closed), by the number `open` gave
   */
  static async start(time: SessionTime, onFailure: (output: number, reason: string) => void = () => {}): Promise<OutputClock> {
    const clock = new OutputClock(time, onFailure);
    await clock.#ready.promise;
    return clock;
  }

  private constructor(time: SessionTime, onFailure: (output: number, reason: string) => void) {
    this.#onFailure = onFailure;
    const buffer = createClockBuffer();
    this.#memory = openClockMemory(buffer);
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#port.on('message', (answer: ClockAnswer) => this.#hear(answer));
    this.#worker = new Worker(threadUrl(), {
      workerData: { epoch: time.epoch, buffer, port: port2 } satisfies ClockThreadData,
      transferList: [port2],
    });
    const fail = (error: unknown): void => {
      this.#over = true;
      this.#ready.reject(error);
      for (const { reject } of this.#opening.values()) reject(error);
      this.#opening.clear();
      this.#ended.resolve();
    };
    this.#worker.on('error', fail);
    this.#worker.on('exit', () => fail(new MstError('engine', 'The clock thread has ended.')));
    this.#ready.promise.catch(() => {});
    this.#worker.unref();
  }

  #hear(answer: ClockAnswer): void {
    if (answer.type === 'ready') {
      this.#ready.resolve();
      // From here on neither keeps the process alive.
      this.#port.unref();
    } else if (answer.type === 'failed') {
      this.#onFailure(answer.place, answer.message);
    } else if (answer.type === 'ended') {
      this.#ended.resolve();
    } else {
      const opening = this.#opening.get(answer.place);
      this.#opening.delete(answer.place);
      if (this.#opening.size === 0) this.#port.unref();
      if (answer.type === 'opened') opening?.resolve();
      else
        opening?.reject(
          new MstError(answer.code as MstError['code'], answer.message, answer.hint === undefined ? {} : { hint: answer.hint }),
        );
    }
  }

  /**
   * Opens an output. It gets nothing until a voice is routed to it.
   * @param again the number of an output that was lost, to take its place with the voices routed to it
   * @returns its number
   * @throws MstError as `openOutput`, `usage` when there are 16 outputs already
   */
  async open(spec: OutputSpec, again?: number): Promise<number> {
    const place = again ?? this.#taken.indexOf(false);
    if (place < 0) throw new MstError('usage', `More than ${MOST_OUTPUTS} outputs cannot be played to at once.`);
    const fresh = again === undefined;
    this.#taken[place] = true;
    const opening = new Awaited();
    this.#opening.set(place, opening);
    this.#port.ref();
    try {
      this.#send({ type: 'open', place, spec });
      await opening.promise;
    } catch (error) {
      if (fresh) this.#taken[place] = false;
      throw error;
    }
    return place;
  }

  /** Silences and closes an output; its number may be given to another. */
  close(output: number): void {
    this.#send({ type: 'close', place: output, lost: false });
    this.#taken[output] = false;
  }

  /** Gives an output up that is not there any more; its number stays its own, for `open` to bring it back. */
  lose(output: number): void {
    this.#send({ type: 'close', place: output, lost: true });
  }

  /** Sends a voice to these outputs and no others. What it holds on others is ended. */
  route(voice: Voice, outputs: readonly number[]): void {
    this.#send({ type: 'route', voice: VOICES.indexOf(voice), bits: outputs.reduce((bits, output) => bits | (1 << output), 0) });
  }

  /** From now on events are sent so many seconds before their time, for outputs that sound late. */
  setLatency(seconds: number): void {
    this.#memory.settings[0] = seconds;
    this.#wake();
  }

  /**
   * Sends a MIDI message at a time in session seconds; at once when that is past. Of the same time, what came first is sent first.
   * @param bytes one message of one to three bytes
   * @returns a number that `drain` knows it by
   * @throws MstError `bad-midi` for other bytes; `engine` when 16384 events wait already, or the thread has ended
   */
  schedule(time: number, voice: Voice, bytes: ArrayLike<number>): number {
    const message = packMessage(bytes);
    if (this.pending >= CAPACITY) {
      throw new MstError('engine', `More than ${CAPACITY} events wait to be played; something schedules far too many.`);
    }
    const id = (this.#scheduled + 1) | 0;
    this.#order(Order.schedule, voice, time, message, id);
    this.#scheduled = id;
    return id;
  }

  /**
   * Takes back what a voice has yet to play at `from` (session seconds) or later. Where a note of that time was sent already, it is ended
   * at once. Notes that began before `from` go on: their ends are the caller's to schedule.
   */
  cancel(voice: Voice, from: number): void {
    this.#order(Order.cancel, voice, from, 0, 0);
  }

  /**
   * Takes everything back, ends every note, also those that ring on, and waits for it, at most half a second; also works while the process
   * exits. Says whether it is done.
   */
  silence(): boolean {
    const { words } = this.#memory;
    const asked = Atomics.add(words, Word.silence, 1) + 1;
    this.#wake();
    const until = performance.now() + LAST_WORDS_MS;
    for (;;) {
      const silenced = Atomics.load(words, Word.silenced);
      if (((silenced - asked) | 0) >= 0) return true;
      const left = until - performance.now();
      if (this.#over || left <= 0) return false;
      Atomics.wait(words, Word.silenced, silenced, left);
    }
  }

  /** Events that wait to be sent. */
  get pending(): number {
    return (this.#scheduled - Atomics.load(this.#memory.words, Word.done)) | 0;
  }

  /** Hands over what was sent since the last time, in the order of sending. To be called many times a second: of more than 16384 the last
   * are not kept. */
  drain(visit: (sent: Sent) => void): void {
    const { words, reports } = this.#memory;
    const written = Atomics.load(words, Word.reportsWritten);
    for (let k = Atomics.load(words, Word.reportsRead); k !== written; k = (k + 1) | 0) {
      const flags = entryWord(reports, k, 0);
      const sent: Sent = {
        voice: VOICES[flags & 0xff] as Voice,
        time: entryTime(reports, k, 0),
        sent: entryTime(reports, k, 1),
        message: entryWord(reports, k, 1),
        id: entryWord(reports, k, 2),
        dropped: (flags & DROPPED) !== 0,
      };
      Atomics.store(words, Word.reportsRead, (k + 1) | 0);
      visit(sent);
    }
  }

  /** Ends every note, closes the outputs and ends the thread. */
  async end(): Promise<void> {
    if (!this.#over) {
      this.#port.ref();
      Atomics.store(this.#memory.words, Word.stop, 1);
      this.#wake();
      await this.#ended.promise;
      this.#over = true;
    }
    await this.#worker.terminate();
    this.#port.close();
  }

  #send(letter: ClockLetter): void {
    this.#port.postMessage(letter);
    this.#order(Order.letter, 'you', 0, 0, 0);
  }

  #order(kind: number, voice: Voice, time: number, message: number, id: number): void {
    const { words, orders } = this.#memory;
    if (this.#over) throw new MstError('engine', 'The clock thread has ended, so nothing can be played any more.');
    const index = Atomics.load(words, Word.ordersWritten);
    const until = performance.now() + ROOM_MS;
    for (let read = Atomics.load(words, Word.ordersRead); ((index - read) | 0) >= CAPACITY; read = Atomics.load(words, Word.ordersRead)) {
      if (performance.now() > until) throw new MstError('engine', 'The clock thread does not keep up with what it is to play.');
      this.#wake();
    }
    writeEntry(orders, index, time, 0, (kind << 8) | VOICES.indexOf(voice), message, id);
    Atomics.store(words, Word.ordersWritten, (index + 1) | 0);
    this.#wake();
  }

  #wake(): void {
    Atomics.add(this.#memory.words, Word.signal, 1);
    Atomics.notify(this.#memory.words, Word.signal);
  }
}

/** Something that will happen, or fail to. */
class Awaited {
  resolve: () => void = () => {};
  reject: (error: unknown) => void = () => {};
  readonly promise = new Promise<void>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

/** Threads run compiled code, also when this file itself runs from its source under a test runner. */
function threadUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../../../dist/session/clock/clock-thread.js' : './clock-thread.js', import.meta.url);
}
