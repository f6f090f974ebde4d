// The session's side of the sound thread: what is to sound when, and what became of it.

import { kill } from 'node:process';
import { Worker } from 'node:worker_threads';
import { SOUND_VOICES, type SoundVoice } from '../../audio/live/instrument.js';
import type { Voice } from '../../jam/settings.js';
import type { SessionTime } from '../clock/session-time.js';
import type { SoundOrder, SoundReport, SoundThreadData } from './sound-orders.js';

/** How things stand with the sound. */
export type SpeakerState =
  | { readonly on: true; readonly name: string; readonly through: string; readonly latency: number }
  | { readonly on: false; readonly problem: string; readonly hint: string; readonly code?: string };

export interface SpeakerHooks {
  /** It plays, plays by another player, is more or less late than it was, or is silent from now on. */
  changed(state: SpeakerState): void;
  /** A message with an id was played, or left out since it was too late. Session seconds. */
  played?(id: number, time: number, dropped: boolean): void;
  /** A sentence for the player. */
  notice(text: string): void;
}

/** How long the thread may take to see its player off, in milliseconds; it is silent long before. */
const END_MS = 500;

export class Speaker {
  readonly #worker: Worker;
  readonly #hooks: SpeakerHooks;
  #pid: number | undefined;
  #state: SpeakerState | undefined;
  #over = false;
  #settle: (state: SpeakerState) => void = () => {};
  #ended: () => void = () => {};
  /** How things stand when that is first known; the hooks are told, too. */
  readonly opened = new Promise<SpeakerState>((resolve) => {
    this.#settle = resolve;
  });

  /** Starts the thread; it does not keep the process alive. */
  constructor(time: SessionTime, data: Omit<SoundThreadData, 'epoch'>, hooks: SpeakerHooks) {
    this.#hooks = hooks;
    this.#worker = new Worker(threadUrl(), { workerData: { epoch: time.epoch, ...data } satisfies SoundThreadData });
    this.#worker.unref();
    this.#worker.on('message', (report: SoundReport) => this.#hear(report));
    this.#worker.on('error', (error: Error) => this.#fall(error.message));
    this.#worker.on('exit', () => this.#fall('The sound thread has ended.'));
  }

  get state(): SpeakerState | undefined {
    return this.#state;
  }

  /** Plays a message at a time in session seconds; what you play, at once. @param id to be told when it was played */
  schedule(time: number, voice: Voice, bytes: readonly number[], id?: number): void {
    if (!isHeard(voice)) return;
    const message = { time: voice === 'you' ? null : time, voice, bytes: [...bytes] };
    this.#order({ type: 'play', message: id === undefined ? message : { ...message, id } });
  }

  /** Takes back what a voice has yet to play at `from` (session seconds) or later. */
  cancel(voice: Voice, from: number): void {
    if (isHeard(voice)) this.#order({ type: 'cancel', voice, from });
  }

  /** Takes back everything and ends every note. */
  silence(): void {
    this.#order({ type: 'silence' });
  }

  /** Fades out and ends; within a tenth of a second nothing sounds. */
  async end(): Promise<void> {
    if (!this.#over) {
      const ended = new Promise<void>((resolve) => {
        this.#ended = resolve;
      });
      this.#order({ type: 'end' });
      const timer = setTimeout(() => this.#ended(), END_MS);
      await ended;
      clearTimeout(timer);
    }
    this.#over = true;
    this.kill();
    await this.#worker.terminate();
  }

  /** Ends all sound at once; also works while the process exits. */
  kill(): void {
    const pid = this.#pid;
    this.#pid = undefined;
    if (pid === undefined) return;
    try {
      kill(pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }

  #order(order: SoundOrder): void {
    if (!this.#over) this.#worker.postMessage(order);
  }

  #hear(report: SoundReport): void {
    switch (report.type) {
      case 'playing':
        this.#become({ on: true, name: report.name, through: report.through, latency: report.latency });
        return;
      case 'silent': {
        const { problem, hint, code } = report;
        this.#become({ on: false, problem, hint, ...(code !== undefined && { code }) });
        return;
      }
      case 'process':
        this.#pid = report.pid;
        return;
      case 'notice':
        this.#hooks.notice(report.text);
        return;
      case 'played':
        for (const { id, time, dropped } of report.played) this.#hooks.played?.(id, time, dropped);
        return;
      case 'ended':
        this.#over = true;
    }
  }

  #fall(problem: string): void {
    this.#ended();
    if (this.#over) return;
    this.#over = true;
    this.#become({ on: false, problem, hint: 'Begin again.' });
  }

  #become(state: SpeakerState): void {
    this.#state = state;
    this.#settle(state);
    this.#hooks.changed(state);
  }
}

const isHeard = (voice: Voice): voice is SoundVoice => (SOUND_VOICES as readonly Voice[]).includes(voice);

/** Threads run compiled code, also when this file itself runs from its source under a test runner. */
function threadUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../../../dist/session/sound/sound-thread.js' : './sound-thread.js', import.meta.url);
}
