// What the parts of the engine share: the time it is, the settings in force, the tempo, and ways to send and to log.

import type { ActionSink } from './action.js';
import { Call } from './answers/call.js';
import { Partner } from './answers/partner.js';
import { type Ahead, createClockOut, createMetronome } from './beat/metronome.js';
import { Tempo } from './beat/tempo.js';
import { type LogEntry, micro } from './log/log-entry.js';
import { CLOCK_CONTINUE, CLOCK_START, CLOCK_STOP, toHex } from './midi-message.js';
import { Output } from './output.js';
import { Roll } from './roll.js';
import type { Settings } from './settings.js';
import { type Exchange, type PlayOver, TURN_MODES, type TurnMode } from './turns/turn-modes.js';

export class Stage {
  settings: Settings;
  /** Seconds of session time. */
  now = 0;
  /** Whether the music stands still, until `goOn`. */
  held = false;
  readonly tempo: Tempo;
  readonly emit: ActionSink;
  readonly output: Output;
  readonly partner: Partner;
  readonly call = new Call();
  readonly roll = new Roll();
  readonly metronome: Ahead;
  readonly clockOut: Ahead;

  constructor(settings: Settings, emit: ActionSink) {
    this.settings = settings;
    this.emit = emit;
    this.tempo = new Tempo({ time: 0, quarter: 0, qpm: settings.qpm });
    this.output = new Output(emit);
    const timeAt = (quarter: number): number => this.tempo.timeAt(quarter);
    const { beatsPerBar, latency = 0, voices } = settings;
    this.metronome = createMetronome(this.output, timeAt, { channel: voices.click.channel, beatsPerBar, latency });
    this.clockOut = createClockOut(this.output, timeAt, latency);
    this.partner = new Partner(emit, (entry) => this.log(entry), this.output);
  }

  get mode(): TurnMode {
    return TURN_MODES[this.settings.mode];
  }

  get exchanges(): readonly Exchange[] {
    return this.settings.exchanges ?? this.mode.exchanges;
  }

  get playOver(): PlayOver {
    return this.settings.playOver ?? this.mode.playOver;
  }

  /** Position now, in quarter notes. */
  get quarter(): number {
    return this.tempo.quarterAt(this.now);
  }

  get t(): number {
    return micro(this.now);
  }

  log(entry: LogEntry): void {
    this.emit({ type: 'log', entry });
  }

  /** What plays sounds so many seconds after it is sent. */
  setLatency(latency: number): void {
    this.settings = { ...this.settings, latency };
    for (const pulse of [this.metronome, this.clockOut]) pulse.latency = latency;
  }

  /** Another tempo from now on; all that is on its way moves with it. */
  setTempo(qpm: number): void {
    this.settings = { ...this.settings, qpm };
    if (!this.held) this.anchor(this.quarter, qpm);
  }

  /** The music stands still from now on: nothing of it sounds. What you hold goes on. */
  hold(): void {
    this.held = true;
    this.stopPulses();
    this.partner.hold(this.now);
    this.anchor(this.quarter, 0);
  }

  /** The music goes on now, from a position, at a tempo. @param anew whether it begins anew there, as other machines want to know */
  goOn(quarter: number, qpm: number, anew: boolean): void {
    this.held = false;
    this.settings = { ...this.settings, qpm };
    this.anchor(quarter, qpm);
    this.startClockOut(quarter, this.now, anew);
  }

  /** Where a clock is sent: it runs from a position, which is at a time, on. */
  startClockOut(quarter: number, time: number, anew: boolean): void {
    if (!this.settings.clockOut) return;
    this.clockOut.startAt(quarter, this.now);
    this.output.send(time, 'clock', [anew ? CLOCK_START : CLOCK_CONTINUE]);
  }

  /** The metronome falls silent, and the clock that is sent stops. */
  stopPulses(): void {
    this.metronome.stop(this.now);
    if (!this.clockOut.running) return;
    this.clockOut.stop(this.now);
    this.output.send(this.now, 'clock', [CLOCK_STOP]);
  }

  /** From now on we are at `quarter`, and go at `qpm`. */
  anchor(quarter: number, qpm: number): void {
    this.tempo.anchor(this.now, quarter, qpm);
    this.log({ t: this.t, type: 'tempo', quarter, qpm });
    for (const pulse of [this.metronome, this.clockOut]) if (pulse.running) pulse.startAt(quarter, this.now);
    this.partner.retime(this.now);
  }

  /** The next message on its way is due: it is as good as sent, and stands in the log. */
  commit(): void {
    const { time, voice, bytes } = this.output.take();
    if (voice === 'model') this.roll.add('model', bytes, time);
    if (voice === 'model' || voice === 'click') this.log({ t: micro(time), type: 'out', voice, bytes: toHex(bytes) });
  }
}
