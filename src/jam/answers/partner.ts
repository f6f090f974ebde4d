// The model's side of the table: what it is asked, what came back, what of that is on its way out, and which of its takes is kept.

import { NO_EVENT } from '../../music/melody.js';
import type { ActionSink } from '../action.js';
import { type LogEntry, micro } from '../log/log-entry.js';
import type { Output } from '../output.js';
import type { AnswerTiming } from '../status.js';
import type { Answer, Job, Mix } from './job.js';
import { Reply, type ReplyPlace } from './reply.js';

/** What the model begins with when it begins alone: C4, as in Magenta. */
const FIRST_NOTE: readonly number[] = [60];
/** Steps of a primer. It is cut by whole multiples of what the encoders count bars by, so that these go on. */
const LONGEST_PRIMER = 512;
const PRIMER_CUT = 128;
/** How much of an endless answer counts as the last answer, in steps. */
const LAST_OF_ENDLESS = 32;
/** How fast an answer's usual time follows the last one's. */
const FORGETTING = 0.3;
const USUAL_AT_FIRST = 0.02;

/** What is wanted of the next, or present, turn of the model. */
export interface TurnPlan {
  readonly place: ReplyPlace;
  /** Steps of the turn, or of its next piece when it is endless. */
  readonly steps: number;
  readonly endless: boolean;
  /** What you played; null = nothing. */
  readonly call: readonly number[] | null;
  /** Whether the model may begin when nothing was ever played. */
  readonly alone: boolean;
  readonly mix: Mix | undefined;
  readonly temperature: number;
  readonly seed: number;
}

interface Asked {
  readonly job: Job;
  readonly time: number;
  readonly plan: TurnPlan;
  /** Seconds until the first part came. */
  generation: number | undefined;
  complete: boolean;
}

/** An answer that was played. */
interface LastAnswer {
  readonly turn: number;
  readonly takes: Map<number, readonly number[]>;
  kept: number;
}

export class Partner {
  readonly #emit: ActionSink;
  readonly #output: Output;
  readonly #log: (entry: LogEntry) => void;
  #nextJob = 1;
  /** The last job, whose answer is awaited or coming in. */
  #asked: Asked | undefined;
  /** The job whose answer is in `#reply`; undefined for a looped one. */
  #answering: Asked | undefined;
  #reply: Reply | undefined;
  /** Primer and events of an endless reply. */
  #context: number[] = [];
  /** Events of the reply so far. */
  #events: number[] = [];
  #takesJob: Job | undefined;
  #takesWanted: { readonly job: Job; readonly count: number } | undefined;
  #partial: number[] = [];
  #last: LastAnswer | undefined;
  /** The last call that was not empty. */
  #heard: readonly number[] | undefined;
  #listenedTo = '';
  #begun = false;
  #usual = USUAL_AT_FIRST;
  #timing: AnswerTiming | null = null;
  loop = false;
  mutate = false;

  constructor(emit: ActionSink, log: (entry: LogEntry) => void, output: Output) {
    this.#emit = emit;
    this.#log = log;
    this.#output = output;
  }

  /** Seconds an answer usually takes to begin. */
  get usualTime(): number {
    return this.#usual;
  }

  get timing(): AnswerTiming | null {
    return this.#timing;
  }

  get takes(): { turn: number; ready: number[]; kept: number } | null {
    return this.#last === undefined ? null : { turn: this.#last.turn, ready: [...this.#last.takes.keys()], kept: this.#last.kept };
  }

  /** Whether an answer was asked for this turn, or is there. */
  isPreparing(turn: number): boolean {
    return this.#asked?.job.turn === turn || this.#reply?.place.turn === turn;
  }

  /** Has the model hear what was played so far. */
  listen(plan: TurnPlan): void {
    if (plan.mix === undefined || plan.call === null) return;
    const primer = cutPrimer(plan.call);
    const key = JSON.stringify([plan.mix, primer]);
    if (key === this.#listenedTo) return;
    this.#listenedTo = key;
    this.#ask(plan, primer, { steps: 0, done: 0, takes: [] });
  }

  /** Asks for the answer that a turn needs as things stand; nothing when that was asked already. */
  prepare(plan: TurnPlan, now: number): void {
    const { turn } = plan.place;
    const looped = this.loop ? this.#keptEvents() : undefined;
    if (looped !== undefined) {
      if (this.#reply?.place.turn === turn && this.#answering === undefined && this.#reply.length === plan.steps) return;
      this.drop(now);
      this.#reply = new Reply(this.#output, plan.place);
      this.#events = Array.from({ length: plan.steps }, (_, step) => looped[step % looped.length] as number);
      this.#reply.add(this.#events, !plan.endless, now);
      return;
    }
    const primer = this.#primerOf(plan);
    if (primer === undefined || plan.mix === undefined) {
      this.drop(now);
      return;
    }
    const job = { turn, mix: plan.mix, primer: cutPrimer(primer), steps: plan.steps, temperature: plan.temperature };
    if (this.#asked !== undefined && sameWish(this.#asked.job, job)) return;
    this.#asked = {
      job: this.#ask(plan, job.primer, { steps: plan.steps, done: 0, takes: [0] }),
      time: now,
      plan,
      generation: undefined,
      complete: false,
    };
  }

  /** Forgets the answer that was to come, or breaks off the one that sounds. */
  drop(now: number): void {
    this.#asked = undefined;
    this.#answering = undefined;
    this.#begun = false;
    this.#takesWanted = undefined;
    if (this.#reply === undefined) return;
    this.#reply = undefined;
    this.#output.cut('model', now);
  }

  /** The turn begins; what was played before it is `call`. @param takes how many takes of the answer are wanted */
  begin(plan: TurnPlan, takes: number, now: number): void {
    if (plan.call !== null) this.#heard = plan.call;
    this.mutate = false;
    this.#begun = true;
    this.#timing = { turn: plan.place.turn, offset: null, generation: null, lateNotes: 0 };
    const job = this.#asked?.job;
    this.#takesWanted = job !== undefined && !plan.endless && takes > 1 ? { job, count: takes } : undefined;
    if (this.#reply !== undefined) this.#logReply(now);
    this.#adopt();
  }

  /** A part of an answer has come. */
  receive(answer: Answer, now: number): void {
    if (answer.job === this.#takesJob?.id) {
      this.#receiveTake(answer);
      return;
    }
    const asked = this.#asked;
    if (asked === undefined || answer.job !== asked.job.id || answer.take !== 0 || asked.complete) return;
    if (answer.from === 0) {
      asked.generation = now - asked.time;
      this.#usual += FORGETTING * (asked.generation - this.#usual);
      if (asked.job.done === 0) {
        const playing = this.#reply !== undefined && this.#reply.firstTime <= now;
        if (playing && (this.#answering?.complete ?? true)) {
          // Its predecessor is there as a whole and has begun: better one thought than halves of two.
          this.#asked = undefined;
          return;
        }
        if (this.#reply !== undefined) this.#output.cut('model', now);
        this.#reply = new Reply(this.#output, asked.plan.place);
        this.#events = [];
        this.#context = [...asked.job.primer];
      }
      this.#answering = asked;
      if (this.#begun) this.#logReply(now);
    }
    if (this.#reply === undefined || this.#answering !== asked) return;
    asked.complete = answer.done;
    this.#events.push(...answer.events);
    this.#context.push(...answer.events);
    this.#reply.add(answer.events, answer.done && !asked.plan.endless, now);
    this.#noteLate(now);
    if (answer.done) this.#adopt();
  }

  /** Asks for more of an endless answer when less than `ahead` steps of it are left. @param step of the turn, now */
  extend(plan: TurnPlan, step: number, ahead: number, now: number): void {
    const reply = this.#reply;
    if (reply === undefined || plan.mix === undefined || reply.length - step > ahead) return;
    if (this.loop && this.#last !== undefined) {
      const kept = this.#keptEvents() ?? [];
      this.#context.push(...kept);
      reply.add(kept, false, now);
      return;
    }
    if (this.#asked !== undefined && !this.#asked.complete) return;
    this.#context = cutPrimer(this.#context.length === 0 ? this.#events : this.#context);
    this.#events = this.#events.slice(-LONGEST_PRIMER);
    this.#asked = {
      // The context grows with the answer; what the job begins with stays as it is.
      job: this.#ask(plan, [...this.#context], { steps: plan.steps, done: reply.length, takes: [0] }),
      time: now,
      plan,
      generation: undefined,
      complete: false,
    };
  }

  /** The tempo has changed, or the end of the turn. */
  retime(now: number): void {
    this.#reply?.retime(now);
  }

  /** The music stands still; what is to come of the answer waits until `retime`. */
  hold(now: number): void {
    this.#reply?.hold(now);
  }

  /** The turn is over. Returns whether there was something to answer and no note of it sounded. */
  finish(now: number): boolean {
    const wanted = this.#begun && (this.#asked !== undefined || this.#reply !== undefined);
    const missed = wanted && (this.#reply?.firstTime ?? Infinity) > now;
    this.drop(now);
    return missed;
  }

  /** Keeps another take of the last answer. Returns whether it is there. */
  keep(take: number, t: number): boolean {
    const events = this.#last?.takes.get(take);
    if (this.#last === undefined || events === undefined) return false;
    this.#last.kept = take;
    this.#log({ t, type: 'kept', turn: this.#last.turn, take, events });
    return true;
  }

  /** A note of the answer did not sound: it was too late by the time it was to. */
  dropped(): void {
    if (this.#timing !== null) this.#timing = { ...this.#timing, lateNotes: this.#timing.lateNotes + 1 };
  }

  /** The first note of a turn went out so many seconds after the turn's beginning. */
  measured(turn: number, offset: number): void {
    if (this.#timing?.turn === turn) this.#timing = { ...this.#timing, offset };
  }

  #keptEvents(): readonly number[] | undefined {
    return this.#last?.takes.get(this.#last.kept);
  }

  /** What the answer continues: the old answer to mutate it, your call, and when you were silent what was played before. */
  #primerOf({ call, alone }: TurnPlan): readonly number[] | undefined {
    const kept = this.#keptEvents();
    if (this.mutate && kept !== undefined) return kept;
    return call ?? kept ?? this.#heard ?? (alone ? FIRST_NOTE : undefined);
  }

  #ask(
    { place, mix, temperature, seed }: TurnPlan,
    primer: readonly number[],
    wish: { steps: number; done: number; takes: readonly number[] },
  ): Job {
    const job: Job = { id: this.#nextJob++, turn: place.turn, mix: mix ?? [], primer, temperature, seed, ...wish };
    this.#emit({ type: 'ask', job });
    return job;
  }

  #logReply(now: number): void {
    const reply = this.#reply as Reply;
    const { turn, swing, velocities } = reply.place;
    const generation = this.#answering?.generation;
    this.#timing = { turn, offset: this.#timing?.offset ?? null, generation: generation ?? null, lateNotes: this.#timing?.lateNotes ?? 0 };
    this.#log({
      t: micro(now),
      type: 'reply',
      turn,
      job: this.#answering?.job ?? null,
      generation: generation === undefined ? null : micro(generation),
      swing,
      velocities,
    });
  }

  #noteLate(now: number): void {
    const notes = this.#reply?.takeLate() ?? 0;
    if (notes === 0 || this.#reply === undefined) return;
    const { turn } = this.#reply.place;
    if (this.#timing?.turn === turn) this.#timing = { ...this.#timing, lateNotes: this.#timing.lateNotes + notes };
    this.#log({ t: micro(now), type: 'late', turn, notes });
  }

  /** The answer is whole and its turn has begun: it is the last answer now, and its other takes may be made. */
  #adopt(): void {
    const answering = this.#answering;
    if (!this.#begun || answering === undefined || !answering.complete) return;
    const { turn } = answering.job;
    if (this.#last?.turn !== turn || answering.plan.endless) {
      this.#last = { turn, takes: new Map([[0, answering.plan.endless ? lastOf(this.#events) : [...this.#events]]]), kept: 0 };
    }
    const wanted = this.#takesWanted;
    if (wanted === undefined) return;
    this.#takesWanted = undefined;
    this.#partial = [];
    const takes = Array.from({ length: wanted.count - 1 }, (_, k) => k + 1);
    this.#takesJob = { ...answering.job, id: this.#nextJob++, takes };
    this.#emit({ type: 'ask', job: this.#takesJob });
  }

  #receiveTake({ take, from, events, done }: Answer): void {
    if (from === 0) this.#partial = [];
    this.#partial.push(...events);
    if (done && this.#last !== undefined && this.#last.turn === this.#takesJob?.turn) this.#last.takes.set(take, this.#partial);
  }
}

/** The last steps of an endless answer, from a note on. */
function lastOf(events: readonly number[]): number[] {
  const last = events.slice(-LAST_OF_ENDLESS);
  const first = last.findIndex((event) => event >= 0);
  return first < 0 ? [...FIRST_NOTE, ...last.slice(1)] : [...last.slice(first), ...new Array<number>(first).fill(NO_EVENT)];
}

function cutPrimer(events: readonly number[]): number[] {
  const over = Math.ceil(Math.max(0, events.length - LONGEST_PRIMER) / PRIMER_CUT) * PRIMER_CUT;
  return events.slice(over);
}

function sameWish(a: Job, b: Pick<Job, 'turn' | 'mix' | 'primer' | 'steps' | 'temperature'>): boolean {
  const wish = ({ turn, mix, primer, steps, temperature }: typeof b): string => JSON.stringify([turn, mix, primer, steps, temperature]);
  return wish(a) === wish(b);
}
