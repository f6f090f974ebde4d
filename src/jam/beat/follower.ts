// Follows another machine by its MIDI clock: tempo and place while it runs; its Start, Stop and Continue, and where it says that it is.

import type { MidiMessage } from '../midi-message.js';
import type { Stage } from '../stage.js';
import { nextBarLine } from '../turns/bounds.js';
import type { Turns } from '../turns/turns.js';
import { ClockIn, type ClockReading } from './clock-in.js';
import { FASTEST_QPM, SLOWEST_QPM } from './tempo.js';

/** A smaller change of the incoming tempo (relative) or place (quarter notes) is left alone. */
const SAME_TEMPO = 0.0005;
const SAME_PLACE = 0.002;
/** Most that is made up within one beat, in quarter notes. */
const MOST_MISSING = 0.5;
/** Machines say where they are in sixteenths: so far apart may be the same place, in quarter notes. */
const SAME_SIXTEENTH = 0.3;

/** The messages of a MIDI clock. */
export type ClockMessage = Extract<MidiMessage, { type: 'clock' | 'start' | 'continue' | 'stop' | 'position' }>;

export function isClockMessage(message: MidiMessage): message is ClockMessage {
  return ['clock', 'start', 'continue', 'stop', 'position'].includes(message.type);
}

export class Follower {
  readonly #stage: Stage;
  readonly #turns: Turns;
  readonly #ticks = new ClockIn();
  /** Position of the first counted tick, in quarter notes of the session; undefined before the machine ran. */
  #origin: number | undefined;
  /** What the next tick does to music that stands still; undefined = nothing. */
  #next: 'start' | 'continue' | undefined;
  /** Where the machine says that it is, in quarter notes from the beginning of its song. */
  #place: number | undefined;
  /** The tempo of the ticks. */
  #qpm: number | undefined;

  constructor(stage: Stage, turns: Turns) {
    this.#stage = stage;
    this.#turns = turns;
  }

  hear(message: ClockMessage): void {
    const { held } = this.#stage;
    switch (message.type) {
      case 'clock':
        this.#tick();
        return;
      case 'position':
        this.#place = message.quarter;
        return;
      case 'stop':
        // What a machine says of its place it says after it has stopped.
        this.#place = undefined;
        this.#next = undefined;
        break;
      default:
        this.#next = message.type;
    }
    // A machine that was never heard of has stopped all the same: it will start.
    this.#origin ??= 0;
    if (!held) this.#turns.hold();
  }

  #tick(): void {
    const { held, now } = this.#stage;
    // A machine that runs already when the session begins says no more than ticks.
    const counts = !held || this.#next !== undefined || this.#origin === undefined;
    if (this.#next !== undefined) this.#ticks.runOn(this.#next === 'start');
    const at = this.#ticks.next;
    const reading = this.#ticks.tick(now, counts);
    if (reading !== undefined) this.#qpm = Math.min(FASTEST_QPM, Math.max(SLOWEST_QPM, reading.qpm));
    if (!held) {
      if (reading !== undefined) this.#follow(reading);
    } else if (this.#next === 'start') {
      this.#start();
    } else if (this.#next === 'continue') {
      this.#goOn(at);
    } else if (this.#origin === undefined && reading !== undefined) {
      // The next of its beats is our first.
      this.#origin = 0 - Math.ceil(reading.quarter);
      this.#turns.goOn(this.#origin + reading.quarter, this.#tempo);
    }
    this.#next = undefined;
  }

  /** The music begins anew, at a bar line, with this tick. */
  #start(): void {
    const bar = nextBarLine(this.#stage, this.#stage.quarter);
    this.#origin = bar;
    this.#turns.beginAnew(bar, { from: bar, qpm: this.#tempo, countInBars: this.#stage.settings.countInBars });
  }

  /** The music goes on with this tick, the machine's `at`: where it stood still, or from a bar line on when the machine is elsewhere. */
  #goOn(at: number): void {
    const { quarter, settings } = this.#stage;
    const { beatsPerBar } = settings;
    const place = this.#place;
    const ahead = place === undefined ? 0 : modulo(place - quarter, beatsPerBar);
    if (Math.min(ahead, beatsPerBar - ahead) > SAME_SIXTEENTH) {
      this.#origin = quarter + ahead - at;
      const from = quarter + ahead;
      this.#turns.beginAnew(nextBarLine(this.#stage, from), { from, qpm: this.#tempo, countInBars: 0 });
      return;
    }
    if (this.#origin === undefined || Math.abs(this.#origin + at - quarter) > MOST_MISSING) this.#origin = quarter - at;
    this.#turns.goOn(quarter, this.#tempo);
  }

  /** What is missing to the other machine's beat is made up within the next beat, forwards only as fast as a beat can go. */
  #follow({ quarter }: ClockReading): void {
    const stage = this.#stage;
    const apart = quarter - stage.quarter;
    // Whoever fell silent without a word and is back is joined at the nearest beat.
    if (this.#origin === undefined || this.#ticks.takePause()) this.#origin = -Math.round(apart);
    const missing = Math.min(MOST_MISSING, Math.max(-MOST_MISSING, this.#origin + apart));
    const wanted = Math.min(FASTEST_QPM, Math.max(SLOWEST_QPM, this.#tempo * (1 + missing)));
    if (Math.abs(wanted / stage.settings.qpm - 1) < SAME_TEMPO && Math.abs(missing) < SAME_PLACE) return;
    stage.setTempo(wanted);
    this.#turns.think();
  }

  get #tempo(): number {
    return this.#qpm ?? this.#stage.settings.qpm;
  }
}

function modulo(a: number, b: number): number {
  return ((a % b) + b) % b;
}
