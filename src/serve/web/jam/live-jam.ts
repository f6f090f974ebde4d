// One jam: the engine, told what time it is, and what it says done. Knows no browser.

import type { Played } from '../../../audio/live/timed-player.js';
import type { Action } from '../../../jam/action.js';
import type { Answer, Job } from '../../../jam/answers/job.js';
import type { Control } from '../../../jam/control.js';
import { Engine } from '../../../jam/engine.js';
import type { LogEntry, SessionFacts } from '../../../jam/log/log-entry.js';
import { readMessage } from '../../../jam/midi-message.js';
import type { Settings } from '../../../jam/settings.js';
import type { Status } from '../../../jam/status.js';
import type { Speakers } from './speakers.js';

export interface JamHooks {
  ask(job: Job): void;
  log(entry: LogEntry): void;
  /** The jam is over. */
  ended(): void;
}

/** A note of the model or the metronome on its way; times are seconds of session time. */
interface Untold {
  /** The turn whose first note it is. */
  readonly first: number | undefined;
  readonly voice: 'model' | 'click';
  readonly bytes: readonly number[];
  /** When it is due. */
  readonly due: number;
  /** When it was played, once that is known; null = it was too late, and was not. */
  readonly actual?: number | null;
}

/**
 * The engine lives so much in the past, seconds: events arrive with the times at which they happened, some milliseconds after that, and it
 * takes nothing that lies before what it was told last. What it sends, it sends long before that is due.
 */
export const HINDSIGHT = 0.02;
/** Notes of which is not told yet what became of them; of more the oldest are forgotten. */
const MOST_UNTOLD = 1024;

export class LiveJam {
  readonly #speakers: Speakers;
  readonly #hooks: JamHooks;
  readonly #engine: Engine;
  /** By the numbers the sound knows them by. */
  readonly #untold = new Map<number, Untold>();
  #nextId: number;
  #over = false;

  /** @param firstId number from which notes are counted; no two jams shall share one */
  constructor(
    settings: Settings,
    facts: SessionFacts,
    { speakers, hooks, firstId }: { speakers: Speakers; hooks: JamHooks; firstId: number },
  ) {
    this.#speakers = speakers;
    this.#hooks = hooks;
    this.#nextId = firstId;
    this.#engine = new Engine(settings, (action) => this.#act(action), facts);
  }

  get over(): boolean {
    return this.#over;
  }

  get nextId(): number {
    return this.#nextId;
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

  /** The sound has played messages that had numbers, or left them out; it is ahead of what is heard, so that the engine is told later. */
  played(played: readonly Played[]): void {
    for (const { id, time, dropped } of played) {
      const note = this.#untold.get(id);
      if (note !== undefined) this.#untold.set(id, { ...note, actual: dropped ? null : Math.max(0, time) });
    }
  }

  status(now: number): Status {
    return this.#engine.status(now);
  }

  /** Tells the engine what became of notes that should be heard by now. Without the page's own sound the browser sends at the times it was given. */
  #report(past: number): void {
    for (const [id, note] of this.#untold) {
      const { first, due, actual = this.#speakers.tells ? undefined : due } = note;
      if (actual === undefined || due > past || (actual ?? due) > past) continue;
      this.#untold.delete(id);
      if (actual === null) this.#engine.dropped(past, note);
      else if (first !== undefined) this.#engine.sent(past, first, actual);
    }
  }

  #act(action: Action): void {
    switch (action.type) {
      case 'send': {
        const { time, voice, bytes, first } = action;
        if (voice === 'clock') return;
        if (voice === 'you' || readMessage(bytes).type !== 'note-on') {
          this.#speakers.at(time, voice, bytes);
          return;
        }
        const id = this.#nextId++;
        this.#untold.set(id, { first, voice, bytes, due: time });
        const [oldest] = this.#untold.keys();
        if (this.#untold.size > MOST_UNTOLD && oldest !== undefined) this.#untold.delete(oldest);
        this.#speakers.at(time, voice, bytes, id);
        return;
      }
      case 'cancel': {
        const { voice, from } = action;
        if (voice === 'clock') return;
        for (const [id, note] of this.#untold) if (note.voice === voice && note.due >= from) this.#untold.delete(id);
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
