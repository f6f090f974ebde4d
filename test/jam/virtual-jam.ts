// A jam on a virtual clock: a script of what a player does, the engine, a planner that takes its time, and an output that sends what is
// due. Nothing here waits; a jam of minutes takes milliseconds.

import { readFileSync } from 'node:fs';
import type { Action } from '../../src/jam/action.js';
import type { Answer, Job } from '../../src/jam/answers/job.js';
import { Planner } from '../../src/jam/answers/planner.js';
import type { Control } from '../../src/jam/control.js';
import { Engine } from '../../src/jam/engine.js';
import { decodeLog, encodeLogEntry, type SessionLog } from '../../src/jam/log/log.js';
import type { LogEntry } from '../../src/jam/log/log-entry.js';
import { DEFAULT_SETTINGS, type Settings, type Voice } from '../../src/jam/settings.js';
import { type MelodyModel, openModel } from '../../src/model/model.js';
import { decodeModel } from '../../src/model/model-format.js';

/** Something a player does at a time (seconds). */
export type Deed =
  | { readonly time: number; readonly bytes: readonly number[]; readonly source?: number }
  | { readonly time: number; readonly control: Control };

/** A message that went out. */
export interface Sent {
  readonly time: number;
  readonly voice: Voice;
  readonly bytes: readonly number[];
  readonly first?: number;
}

export interface Jam {
  readonly sent: readonly Sent[];
  readonly log: readonly LogEntry[];
  readonly jobs: readonly Job[];
  readonly answers: readonly { readonly time: number; readonly answer: Answer }[];
  readonly engine: Engine;
  /** Sends whose time had passed when they were asked for, and sends that came too early to be in order. */
  readonly faults: readonly string[];
  readonly endedAt: number | undefined;
}

/** Thinks as a model would. */
export interface Thinker {
  readonly idle: boolean;
  give(job: Job): void;
  work(steps: number): Answer | undefined;
}

export interface JamOptions {
  readonly settings?: Partial<Settings>;
  readonly thinker: Thinker;
  /** Seconds a step of the model takes. */
  readonly stepSeconds?: number;
  /** When the jam is broken off if it did not end by itself. */
  readonly until: number;
  /** How often time is told besides, in seconds; Infinity = only when something is due. */
  readonly tick?: number;
}

const MODELS = [[{ model: 'm', weight: 1 }]];

/** Plays a script. */
export function playJam(deeds: readonly Deed[], { settings = {}, thinker, stepSeconds = 0.0002, until, tick = Infinity }: JamOptions): Jam {
  const script = deeds.toSorted((a, b) => a.time - b.time);
  const log: LogEntry[] = [];
  const jobs: Job[] = [];
  const answers: { time: number; answer: Answer }[] = [];
  const sent: Sent[] = [];
  const faults: string[] = [];
  let queue: Sent[] = [];
  let now = 0;
  let ended: number | undefined;
  let thoughtUntil = 0;
  let thought: { time: number; answer: Answer } | undefined;
  const sink = (action: Action): void => {
    if (ended !== undefined) faults.push(`${action.type} after the end`);
    if (action.type === 'log') log.push(action.entry);
    else if (action.type === 'ended') ended = now;
    else if (action.type === 'ask') {
      jobs.push(action.job);
      thinker.give(action.job);
      thoughtUntil = Math.max(thoughtUntil, now);
      // What the worker has computed but not delivered is lost with the job.
      if (action.job.steps > 0) thought = undefined;
    } else if (action.type === 'cancel') {
      queue = queue.filter(({ voice, time }) => voice !== action.voice || time < action.from);
    } else {
      const { time, voice, bytes, first } = action;
      if (time < now - 1e-6) faults.push(`a message for ${time} at ${now}`);
      let at = queue.length;
      while (at > 0 && (queue[at - 1] as Sent).time > time) at--;
      queue.splice(at, 0, { time, voice, bytes, ...(first !== undefined && { first }) });
    }
  };
  const engine = new Engine({ ...DEFAULT_SETTINGS, models: MODELS, ...settings }, sink);
  engine.begin(0);
  let next = 0;
  let ticked = 0;
  while (ended === undefined) {
    if (thought === undefined && !thinker.idle) {
      let answer: Answer | undefined;
      while (answer === undefined && !thinker.idle) {
        answer = thinker.work(1);
        thoughtUntil += stepSeconds;
      }
      if (answer !== undefined) thought = { time: thoughtUntil, answer };
      continue;
    }
    const deed = script[next];
    const due = Math.min(deed?.time ?? Infinity, engine.nextDeadline, thought?.time ?? Infinity, ticked + tick, queue[0]?.time ?? Infinity);
    if (due > until) break;
    now = Math.max(now, due);
    while (queue.length > 0 && (queue[0] as Sent).time <= now) sent.push(queue.shift() as Sent);
    if (deed !== undefined && deed.time <= now) {
      next++;
      if ('control' in deed) engine.control(now, deed.control);
      else engine.input(now, deed.bytes, deed.source ?? 0);
    } else if (thought !== undefined && thought.time <= now) {
      const { answer } = thought;
      thought = undefined;
      answers.push({ time: now, answer });
      engine.answer(now, answer);
    } else {
      ticked = now;
      engine.advance(now);
    }
  }
  if (ended === undefined) {
    now = until;
    while (queue.length > 0 && (queue[0] as Sent).time <= now) sent.push(queue.shift() as Sent);
    engine.advance(until);
  } else {
    sent.push(...queue);
  }
  return { sent, log, jobs, answers, engine, faults, endedAt: ended };
}

/** The starter model that comes with mst. */
export function starterModel(): MelodyModel {
  const folder = new URL('../../checkpoints/folk/model/', import.meta.url);
  return openModel(decodeModel((name) => (name.includes('/') ? undefined : readFileSync(new URL(name, folder)))));
}

/** A planner with the starter model under the name the jams here use. */
export function starterPlanner(): Planner {
  return new Planner(new Map([['m', starterModel()]]));
}

/** Answers every job with a scale from the primer's last note, one note a step every `every` steps; takes are a third apart. */
export class ScaleThinker implements Thinker {
  #parts: Answer[] = [];
  readonly #every: number;

  constructor(every = 2) {
    this.#every = every;
  }

  get idle(): boolean {
    return this.#parts.length === 0;
  }

  give(job: Job): void {
    if (job.steps > 0) this.#parts = [];
    for (const take of job.takes) {
      const events = this.events(job, take);
      for (let from = 0; from < events.length; from += 4) {
        const done = from + 4 >= events.length;
        this.#parts.push({ job: job.id, take, from, events: events.slice(from, from + 4), done });
      }
    }
  }

  work(): Answer | undefined {
    return this.#parts.shift();
  }

  /** What the answer to a job is. */
  events(job: Job, take: number): number[] {
    const last = job.primer.findLast((event) => event >= 0) ?? 60;
    return Array.from({ length: job.steps }, (_, step) =>
      step % this.#every === 0 ? ((last + 1 + take * 3 + step / this.#every) % 100) + 10 : -2,
    );
  }
}

/** Notes as a player plays them: pitch, start and end in seconds. */
export function playNotes(
  notes: readonly (readonly [pitch: number, start: number, end: number, velocity?: number])[],
  channel = 0,
): Deed[] {
  return notes.flatMap(([pitch, start, end, velocity = 90]) => [
    { time: start, bytes: [0x90 | channel, pitch, velocity] },
    { time: end, bytes: [0x80 | channel, pitch, 0] },
  ]);
}

/** The notes of a voice that went out: pitch, start, end in seconds, velocity; NaN for one that never ended. */
export function sentNotes(sent: readonly Sent[], voice: Voice): { pitch: number; start: number; end: number; velocity: number }[] {
  const notes: { pitch: number; start: number; end: number; velocity: number }[] = [];
  for (const { time, voice: who, bytes } of sent) {
    const [status = 0, pitch = 0, velocity = 0] = bytes;
    if (who !== voice) continue;
    const open = notes.findLast((note) => note.pitch === pitch && Number.isNaN(note.end));
    if (status >> 4 === 9 && velocity > 0) {
      if (open !== undefined) open.end = time;
      notes.push({ pitch, start: time, end: Number.NaN, velocity });
    } else if (status >> 4 === 8 && open !== undefined) open.end = time;
  }
  return notes;
}

/** A log as it is read back from its text. */
export function readBack(log: readonly LogEntry[]): SessionLog {
  return decodeLog(log.map(encodeLogEntry).join(''));
}
