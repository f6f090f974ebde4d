// What the parts of the engine share: the time it is, the settings in force, the tempo, and ways to send and to log.

import type { ActionSink } from './action.js';
import { Call } from './call.js';
import { type LogEntry, micro } from './log-entry.js';
import { type Ahead, createClockOut, createMetronome } from './metronome.js';
import { toHex } from './midi-message.js';
import { Output } from './output.js';
import { Partner } from './partner.js';
import { Roll } from './roll.js';
import type { Settings } from './settings.js';
import { Tempo } from './tempo.js';
import { type Exchange, type PlayOver, TURN_MODES, type TurnMode } from './turn-modes.js';

export class Stage {
  settings: Settings;
  /** Seconds of session time. */
  now = 0;
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
    const { channel } = settings.voices.click;
    this.metronome = createMetronome(this.output, timeAt, { channel, beatsPerBar: settings.beatsPerBar });
    this.clockOut = createClockOut(this.output, timeAt);
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

  /** Another tempo from now on; all that is on its way moves with it. */
  setTempo(qpm: number): void {
    this.settings = { ...this.settings, qpm };
    this.anchor(this.quarter, qpm);
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
