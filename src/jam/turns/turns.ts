// Whose turn it is, and until when. The rules are the columns of the table in turn-modes.ts; positions are quarter notes of the session.

import { STEPS_PER_QUARTER } from '../../music/melody.js';
import type { TurnPlan } from '../answers/partner.js';
import { type Manner, planTurn } from '../answers/plan.js';
import { clicks } from '../beat/metronome.js';
import { NO_SWING } from '../beat/swing.js';
import type { Stage } from '../stage.js';
import type { Phase } from '../status.js';
import { type Bound, lastBound, melodyUpTo, modelBound, nextBarLine, nextBeat, quarterOf, shortestNotice, timeOf } from './bounds.js';

const STEP = 1 / STEPS_PER_QUARTER;
/** A call is thought about at the latest this long before the answer is due, or a beat. */
const THINKING_SECONDS = 0.5;
/** You have stopped for a beat when this much of one has passed: fingers leave keys late. */
const REST = 0.75;
/** A first note this little after a bar line, in quarter notes, is on it. */
const ON_THE_LINE = 0.05;
/** A call that grows longer is heard from a later beginning on. */
const LONGEST_CALL = 256;
const CALL_CUT = 32;
const USUAL_MANNER: Manner = { swing: NO_SWING, velocities: [80, 80] };
/** What is left of rounding, in quarter notes. */
const ROUNDING = 1e-6;

export class Turns {
  readonly #stage: Stage;
  phase: Phase = 'ready';
  /** Index of the turn; -1 before the first. */
  turn = -1;
  /** Where the phase began. */
  startQuarter = 0;
  startTime = 0;
  finishing = false;
  answers = 0;
  missed = 0;
  #bound: Bound | null = null;
  #exchange = 0;
  #modelNext = false;
  #handedOver = false;
  /** Since when the music stands still, if it does. Seconds. */
  #heldSince = 0;
  #manner = USUAL_MANNER;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** When the present phase ends; Infinity while nobody knows. Seconds. */
  get due(): number {
    return this.#bound === null || this.#stage.held ? Infinity : timeOf(this.#stage.tempo, this.#bound);
  }

  /** The metronome begins, or ends, as the phase and the settings want it. */
  click(): void {
    const { held, metronome, now, quarter, settings } = this.#stage;
    const heard = !held && clicks(settings.metronome, this.phase);
    if (heard && !metronome.running) metronome.startAt(quarter, now);
    if (!heard && metronome.running) metronome.stop(now);
  }

  /** Whether the beat is heard, so that playing must go by it. */
  get gridIsHeard(): boolean {
    const { metronome, clockIn } = this.#stage.settings;
    return metronome === 'on' || clockIn;
  }

  /** Begins the music, or begins it anew. @param quarter the bar line to begin at */
  begin(quarter: number, countInBars: number): void {
    const { mode, settings } = this.#stage;
    this.#exchange = 0;
    this.startQuarter = quarter;
    this.startTime = this.#stage.tempo.timeAt(quarter);
    this.#modelNext = mode.start === 'model';
    if (mode.start === 'first-note') {
      this.#setPhase('waiting', null);
    } else {
      this.#setPhase('count-in', { quarter: quarter + countInBars * settings.beatsPerBar });
      this.think();
    }
  }

  /** The music stands still: nothing sounds, and the turn waits. What you play meanwhile belongs to no turn. */
  hold(): void {
    this.#heldSince = this.#stage.now;
    this.#stage.hold();
  }

  /** The music goes on from a position, and the turn with it. */
  goOn(quarter: number, qpm: number): void {
    const waited = this.#stage.now - this.#heldSince;
    this.startTime += waited;
    if (this.#bound !== null && 'time' in this.#bound) this.#bound = { time: this.#bound.time + waited };
    this.#stage.goOn(quarter, qpm, this.turn < 0);
    this.click();
    this.think();
  }

  /** Music that stands still goes on from a position, and the first turn begins at a bar line. */
  beginAnew(bar: number, { from, qpm, countInBars }: { from: number; qpm: number; countInBars: number }): void {
    this.#breakOff();
    this.#stage.goOn(from, qpm, true);
    this.begin(bar, countInBars);
  }

  /** The present phase ends, as it was due to. */
  boundary(): void {
    const bound = this.#bound;
    if (bound === null) return;
    const quarter = quarterOf(this.#stage.tempo, bound);
    if (this.phase === 'model') this.#endModel(quarter);
    else if (this.phase === 'you' || this.#modelNext) this.#startModel(quarter);
    else this.#startYou(quarter);
  }

  /** A step of the grid has passed. */
  tick(): void {
    const { call, partner, settings } = this.#stage;
    if (this.phase === 'you') {
      const length = this.#stage.quarter - call.start;
      if (length > LONGEST_CALL) call.begin(call.start + Math.floor((length - LONGEST_CALL) / CALL_CUT + 1) * CALL_CUT);
      this.think();
    } else if (this.phase === 'model' && this.#isEndless) {
      const bar = settings.beatsPerBar * STEPS_PER_QUARTER;
      const step = (this.#stage.quarter - this.startQuarter) * STEPS_PER_QUARTER;
      partner.extend({ ...this.#plan(this.startQuarter, this.turn), steps: bar }, step, bar, this.#stage.now);
    }
  }

  /** Has the model side hear, or answer, what was played so far. */
  think(): void {
    const { held, now, partner, tempo } = this.#stage;
    const { due } = this;
    if (held) return;
    if (this.phase === 'count-in' && this.#modelNext) {
      partner.prepare(this.#nextPlan(), now);
    } else if (this.phase === 'you') {
      const beat = 60 / tempo.last.qpm;
      if (due - now > Math.max(beat, THINKING_SECONDS, 4 * partner.usualTime)) {
        partner.listen({ ...this.#nextPlan(), call: melodyUpTo(this.#stage, this.#stage.quarter) });
        return;
      }
      // Too late for another thought: the one there is was about nearly all that was played.
      const notice = Math.min(beat, shortestNotice(this.#stage) + 1.5 * partner.usualTime);
      if (due - now < notice && partner.isPreparing(this.turn + 1)) return;
      partner.prepare(this.#nextPlan(), now);
    }
  }

  /** You begin a note; `key` tells notes apart. */
  noteOn(key: string, pitch: number, velocity: number): void {
    const { call, held, mode } = this.#stage;
    if (held) return;
    if (this.phase === 'waiting') this.#startAtNote();
    else if (this.phase === 'model' && this.#interrupts) this.#interrupt();
    else if (this.phase === 'you' && mode.callEnds === 'rest' && this.#bound !== null && !this.#handedOver) {
      this.#bound = null;
      this.#stage.partner.drop(this.#stage.now);
    }
    call.noteOn(key, pitch, velocity, this.#stage.quarter);
    this.think();
  }

  noteOff(key: string): void {
    this.#stage.call.noteOff(key, this.#stage.quarter);
    this.#noticeRest();
    this.think();
  }

  /** The notes whose key passes are held no longer. */
  release(passes: (key: string) => boolean): void {
    this.#stage.call.release(this.#stage.quarter, passes);
    this.#noticeRest();
    this.think();
  }

  /** You hand over to the model, or take over from it. Nothing where turns go by the clock. */
  handOver(): void {
    const { mode } = this.#stage;
    if (mode.strict) return;
    if (this.phase === 'model') {
      this.#breakOff();
      this.#setPhase('waiting', null);
      return;
    }
    if (this.phase === 'waiting') this.#startYou(Math.floor(this.#stage.quarter + ROUNDING));
    if (this.phase !== 'you' || this.#handedOver) return;
    this.#handedOver = true;
    this.#bound = { quarter: nextBeat(this.#stage) };
    this.think();
  }

  /** The next answer shall be made from the last one; where the model waits for you, it begins. */
  mutate(): void {
    const { partner } = this.#stage;
    if (partner.takes === null) return;
    partner.mutate = true;
    if (this.phase === 'waiting') this.handOver();
    else this.think();
  }

  /** Begins anew by the rules of another mode. */
  restart(): void {
    if (this.phase === 'ready' || this.phase === 'ended') return;
    this.#breakOff();
    this.begin(nextBarLine(this.#stage, nextBeat(this.#stage)), 0);
  }

  /** Nothing more will be played. */
  finish(): void {
    const { call, mode } = this.#stage;
    this.finishing = true;
    if (this.phase === 'you') {
      call.release(this.#stage.quarter, () => true);
      if (call.empty && !this.#handedOver) this.end();
      else if (mode.callEnds === 'signal') this.handOver();
      else this.#noticeRest();
      this.think();
    } else if (this.phase !== 'model') {
      this.end();
    } else if (this.#isEndless) {
      this.#bound = lastBound(this.#stage, this.startQuarter);
      this.#stage.partner.retime(this.#stage.now);
    }
  }

  /** All is silent now, and the model stays so for this turn. */
  panic(): void {
    const { mode, partner, now } = this.#stage;
    if (this.phase === 'model' && !mode.strict) {
      this.#breakOff();
      this.#setPhase('waiting', null);
    } else {
      partner.drop(now);
    }
    this.release(() => true);
  }

  /** The session is over. */
  end(): void {
    const stage = this.#stage;
    if (this.phase === 'ended') return;
    stage.partner.drop(stage.now);
    stage.stopPulses();
    stage.output.cut('you', stage.now);
    while (stage.output.nextTime <= stage.now) stage.commit();
    this.#setPhase('ended', null);
    stage.log({ t: stage.t, type: 'end' });
    stage.emit({ type: 'ended' });
  }

  get #isEndless(): boolean {
    return this.#stage.mode.answerEnds === 'never';
  }

  /** Whether a note now breaks the model off: not with what is a late last note of your call, or an early first note of the next. */
  get #interrupts(): boolean {
    const { mode, playOver, quarter } = this.#stage;
    if (playOver === 'along' || quarter - this.startQuarter < STEP) return false;
    return !(mode.strict && this.#bound !== null && quarterOf(this.#stage.tempo, this.#bound) - quarter <= STEP);
  }

  #startAtNote(): void {
    const stage = this.#stage;
    if (this.gridIsHeard) {
      this.#startYou(Math.floor(stage.quarter + STEP / 2));
      return;
    }
    // Nobody hears a beat, so the first note makes it: it stands on a bar line.
    const { beatsPerBar, qpm } = stage.settings;
    const past = stage.quarter % beatsPerBar;
    const bar = stage.quarter - past + (past < ON_THE_LINE ? 0 : beatsPerBar);
    if (past >= ON_THE_LINE) stage.anchor(Math.round(bar), qpm);
    this.#startYou(Math.round(bar));
  }

  #startYou(quarter: number): void {
    const { mode, settings } = this.#stage;
    const { you } = this.#currentExchange();
    this.#enter('you', quarter);
    this.#stage.call.begin(quarter);
    if (mode.callEnds === 'length') {
      this.#bound = mode.unit === 'bars' ? { quarter: quarter + you * settings.beatsPerBar } : { time: this.#stage.now + you };
    }
    if (this.finishing) this.end();
  }

  #startModel(quarter: number): void {
    const { partner, settings, now } = this.#stage;
    const plan = this.#plan(quarter, this.turn + 1);
    partner.prepare(plan, now);
    this.#enter('model', quarter);
    if (!plan.endless) this.#bound = modelBound(this.#stage, this.#currentExchange(), quarter);
    else if (this.finishing) this.#bound = lastBound(this.#stage, quarter);
    const { swing, velocities } = plan.place;
    this.#manner = { swing, velocities };
    this.answers++;
    partner.begin(plan, settings.takes, now);
  }

  #endModel(quarter: number): void {
    const { mode, partner, now } = this.#stage;
    if (partner.finish(now)) this.missed++;
    this.#exchange++;
    if (this.finishing) {
      this.end();
    } else if (mode.strict) {
      this.#startYou(quarter);
    } else {
      this.#setPhase('waiting', null);
      if (partner.loop && partner.takes !== null) this.#startModel(quarter);
      else if (partner.mutate) this.handOver();
    }
  }

  /** Playing over the model: it stops, and a call has begun. By the clock that call is longer, so that its end stays where it was. */
  #interrupt(): void {
    const { mode, settings, quarter } = this.#stage;
    const bound = this.#bound;
    const unit = mode.strict && mode.unit === 'bars' ? settings.beatsPerBar : 1;
    const from = this.startQuarter;
    this.#breakOff();
    this.#startYou(mode.strict ? from + Math.floor((quarter - from) / unit) * unit : Math.floor(quarter + STEP / 2));
    if (bound === null || !mode.strict) return;
    const { you } = this.#currentExchange();
    this.#bound = 'time' in bound ? { time: bound.time + you } : { quarter: bound.quarter + you * settings.beatsPerBar };
  }

  #breakOff(): void {
    const { partner, now, t } = this.#stage;
    if (this.phase === 'model') {
      this.#stage.log({ t, type: 'cut', turn: this.turn });
      this.#exchange++;
    }
    partner.drop(now);
  }

  #noticeRest(): void {
    const { call, mode } = this.#stage;
    if (this.phase !== 'you' || mode.callEnds !== 'rest' || this.#handedOver || call.holds || call.empty) return;
    this.#bound = { quarter: Math.max(Math.ceil(call.lastEnd + REST - ROUNDING), nextBeat(this.#stage)) };
  }

  #setPhase(phase: Phase, bound: Bound | null): void {
    this.phase = phase;
    this.#bound = bound;
    this.#handedOver = false;
    this.click();
  }

  #enter(whose: 'you' | 'model', quarter: number): void {
    this.#setPhase(whose, null);
    this.turn++;
    this.startQuarter = quarter;
    this.startTime = this.#stage.now;
    this.#stage.log({ t: this.#stage.t, type: 'turn', turn: this.turn, whose, quarter });
  }

  #currentExchange(): { you: number; model: number } {
    const { exchanges } = this.#stage;
    return exchanges[this.#exchange % exchanges.length] as { you: number; model: number };
  }

  /** The plan of the model's turn that begins when the present phase ends. */
  #nextPlan(): TurnPlan {
    return this.#plan(this.#bound === null ? Math.ceil(this.#stage.quarter) : quarterOf(this.#stage.tempo, this.#bound), this.turn + 1);
  }

  #plan(quarter: number, turn: number): TurnPlan {
    return planTurn(this.#stage, {
      turn,
      quarter,
      exchange: this.#currentExchange(),
      count: this.answers - (this.phase === 'model' ? 1 : 0),
      listening: this.phase === 'you',
      manner: this.#manner,
      end: () => (this.phase === 'model' && this.turn === turn ? this.due : undefined),
    });
  }
}
