// Playing a recorded session again, by the engine that played it: the same inputs at the same times make the same session.

import type { MelodyModel } from '../../model/model.js';
import type { ActionSink } from '../action.js';
import { answerTo } from '../answers/planner.js';
import { Engine } from '../engine.js';
import { fromHex } from '../midi-message.js';
import type { SessionLog } from './log.js';
import type { LogEntry } from './log-entry.js';

const MICRO = 1e-6;

/**
 * Runs the engine on what was played, set and answered in a recorded session.
 * @param sink takes all actions, the log among them, in order
 */
export function replay({ header, entries }: SessionLog, sink: ActionSink): void {
  const { settings, models, sources, created, version } = header;
  const engine = new Engine(settings, sink, {
    models,
    ...(sources !== undefined && { sources }),
    ...(created !== undefined && { created }),
    ...(version !== undefined && { version }),
  });
  engine.begin(header.t * MICRO);
  let last = 0;
  for (const entry of entries) {
    const time = entry.t * MICRO;
    if (entry.type === 'in') engine.input(time, fromHex(entry.bytes) ?? [], entry.source);
    else if (entry.type === 'control') engine.control(time, entry.control);
    else if (entry.type === 'answer') engine.answer(time, entry.answer);
    else if (entry.type === 'sent') engine.sent(time, entry.turn, entry.actual * MICRO);
    else if (entry.type === 'dropped') engine.dropped(time, { ...entry, due: entry.due * MICRO, bytes: fromHex(entry.bytes) ?? [] });
    // What was only logged ahead of its time says nothing about how long the session went.
    if (entry.type !== 'tempo') last = Math.max(last, time);
  }
  // What the engine did by itself it logged to the nearest microsecond, which may be a little before it did.
  engine.advance(last + MICRO);
}

/** The log that a recorded session would have today. Equal to it, unless lines are damaged or the engine has changed. */
export function replayedLog(log: SessionLog): LogEntry[] {
  const entries: LogEntry[] = [];
  replay(log, (action) => {
    if (action.type === 'log') entries.push(action.entry);
  });
  return entries;
}

/** Whether models still answer as they did. */
export interface AnswerCheck {
  /** Answers that were made anew. */
  readonly checked: number;
  /** Turns whose answer came out otherwise. */
  readonly different: readonly number[];
}

/**
 * Has the models answer every recorded job again, from its primer and seed.
 * @param models by the names in the log
 * @throws MstError `not-found` when one is missing
 */
export function checkAnswers({ entries }: SessionLog, models: ReadonlyMap<string, MelodyModel>): AnswerCheck {
  const logged = new Map<number, number[]>();
  for (const entry of entries) {
    if (entry.type !== 'answer') continue;
    const { job, take, events } = entry.answer;
    if (take === 0) logged.set(job, [...(logged.get(job) ?? []), ...events]);
  }
  const different: number[] = [];
  let checked = 0;
  for (const entry of entries) {
    if (entry.type !== 'reply' || entry.job === null) continue;
    const was = logged.get(entry.job.id) ?? [];
    const is = answerTo(models, { ...entry.job, takes: [0] }).get(0) ?? [];
    checked++;
    // A session that ended in the middle of an answer has its beginning only.
    if (was.length > is.length || was.some((event, step) => event !== is[step])) different.push(entry.turn);
  }
  return { checked, different };
}
