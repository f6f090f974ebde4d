// One jam: the engine, told what time it is, and what it says done. Knows no browser.

import type { Played } from '../../../audio/live/timed-player.js';
import type { Action } from '../../../jam/action.js';
import type { Answer, Job } from '../../../jam/answers/job.js';
import type { Control } from '../../../jam/control.js';
import { Engine } from '../../../jam/engine.js';
import type { LogEntry, SessionFacts } from '../../../jam/log/log-entry.js';
import type { Settings } from '../../../jam/settings.js';
import type { Status } from '../../../jam/status.js';
import type { Speakers } from './speakers.js';

export interface JamHooks {
  ask(job: Job): void;
  log(entry: LogEntry): void;
  /** The jam is over. */
  ended(): void;
}

/** The first note of a turn; times are seconds of session time. */
interface FirstNote {
  readonly turn: number;
  /** When it is due. */
  readonly time: number;
  /** When it was played, once that is known. */
  readonly actual?: number;
}

/**
 * The engine lives so much in the past, seconds: events arrive with the times at which they happened, some milliseconds after that, and it
 * takes nothing that lies before what it was told last. What it sends, it sends long before that is due.
 */
export const HINDSIGHT = 0.02;
/** First notes whose playing is not reported yet; of more the oldest are forgotten. */
const MOST_FIRSTS = 64;

export class LiveJam {
  readonly #speakers: Speakers;
  readonly #hooks: JamHooks;
  readonly #engine: Engine;
  /** First notes on their way, by the numbers the sound knows them by. */
  readonly #firsts = new Map<number, FirstNote>();
  #nextFirst: number;
  #over = false;

  /** @param firstId number from which first notes are counted; no two jams shall share one */
  constructor(
    settings: Settings,
    facts: SessionFacts,
    { speakers, hooks, firstId }: { speakers: Speakers; hooks: JamHooks; firstId: number },
  ) {
    this.#speakers = speakers;
    this.#hooks = hooks;
    this.#nextFirst = firstId;
    this.#engine = new Engine(settings, (action) => this.#act(action), facts);
  }

  get over(): boolean {
    return this.#over;
  }

  get nextId(): number {
    return this.#nextFirst;
  }

  /** Begins at session time 0. */
  begin(): void {
    this.#engine.begin(0);
  }

  /** Time has passed. @param now seconds of session time */
  advance(now: number): void {
    if (this.#over) return;
    const past = Math.max(0, now - HINDSIGHT);
    this.#engine.advance(past);
    this.#report(past);
  }

  /** You played a message. @param source index of the input */
  input(time: number, bytes: readonly number[], source: number): void {
    if (!this.#over) this.#engine.input(Math.max(0, time), bytes, source);
  }

  /** @throws MstError `usage` for something impossible */
  control(now: number, control: Control): void {
    if (!this.#over) this.#engine.control(now, control);
  }

  answer(now: number, answer: Answer): void {
    if (!this.#over) this.#engine.answer(Math.max(0, now - HINDSIGHT), answer);
  }

  /** The sound has played messages that had numbers; it is ahead of what is heard, so that the engine is told later. */
  played(played: readonly Played[]): void {
    for (const { id, time, dropped } of played) {
      const first = this.#firsts.get(id);
      if (first === undefined) continue;
      if (dropped) this.#firsts.delete(id);
      else this.#firsts.set(id, { ...first, actual: Math.max(0, time) });
    }
  }

  status(now: number): Status {
    return this.#engine.status(now);
  }

  /** Tells the engine of first notes that are heard. Without the page's own sound the browser sends at the times it was given. */
  #report(past: number): void {
    for (const [id, { turn, time, actual = this.#speakers.tells ? undefined : time }] of this.#firsts) {
      if (actual === undefined || actual > past || time > past) continue;
      this.#firsts.delete(id);
      this.#engine.sent(past, turn, actual);
    }
  }

  #act(action: Action): void {
    switch (action.type) {
      case 'send': {
        const { time, voice, bytes, first } = action;
        if (voice === 'clock') return;
        if (first === undefined) {
          this.#speakers.at(time, voice, bytes);
          return;
        }
        const id = this.#nextFirst++;
        this.#firsts.set(id, { turn: first, time });
        const [oldest] = this.#firsts.keys();
        if (this.#firsts.size > MOST_FIRSTS && oldest !== undefined) this.#firsts.delete(oldest);
        this.#speakers.at(time, voice, bytes, id);
        return;
      }
      case 'cancel': {
        const { voice, from } = action;
        if (voice === 'clock') return;
        if (voice === 'model') for (const [id, { time }] of this.#firsts) if (time >= from) this.#firsts.delete(id);
        this.#speakers.cancel(voice, from);
        return;
      }
      case 'ask':
        this.#hooks.ask(action.job);
        return;
      case 'log':
        this.#hooks.log(action.entry);
        return;
      case 'ended':
        this.#over = true;
        this.#hooks.ended();
    }
  }
}
