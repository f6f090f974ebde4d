// The live player as a deterministic machine: what you play, what you set and what the model answers go in with their times; what to send,
// to ask and to log comes out. It has no clock: whoever drives it says what time it is. The same inputs at the same times give the same
// actions, byte for byte, however often `advance` is called in between.

import { MstError } from '../core/errors.js';
import { STEPS_PER_QUARTER } from '../music/melody.js';
import type { ActionSink } from './action.js';
import type { Answer } from './answers/job.js';
import { Follower, isClockMessage } from './beat/follower.js';
import { TapTempo } from './beat/tap.js';
import { checkControl, checkSettings } from './check-settings.js';
import type { Control } from './control.js';
import { describe } from './describe.js';
import { learnController, learnedControl } from './learn.js';
import { LOG_FORMAT, LOG_VERSION, micro, type SessionFacts } from './log/log-entry.js';
import { DRUM_CHANNEL, isWhole, type MidiMessage, programChange, readMessage, SUSTAIN_PEDAL, silence, toHex } from './midi-message.js';
import type { Settings, Voice } from './settings.js';
import { Stage } from './stage.js';
import type { Status } from './status.js';
import { Turns } from './turns/turns.js';

/** Seconds between `begin` and the first beat of music that is counted in, so that the first click can be on time. */
const LEAD_IN = 0.2;
/** What is due so many seconds later is due: times that come in are whole microseconds, times of beats are not. */
const ROUNDING = 1e-9;
const DOWN = 64;

export class Engine {
  readonly #stage: Stage;
  readonly #turns: Turns;
  readonly #facts: SessionFacts;
  readonly #tap = new TapTempo();
  readonly #follower: Follower;
  /** The next step of the grid, counted from quarter 0. */
  #nextStep = 1;
  #learning: keyof Settings['learned'] | null = null;
  /** Pedals that are down, by source and channel. */
  readonly #pedals = new Set<string>();

  /**
   * @param sink takes the actions as they arise
   * @param facts what only the shell knows; it stands in the header of the log
   * @throws MstError `usage` for impossible settings
   */
  constructor(settings: Settings, sink: ActionSink, facts: SessionFacts = { models: [] }) {
    checkSettings(settings);
    this.#stage = new Stage(settings, sink);
    this.#turns = new Turns(this.#stage);
    this.#follower = new Follower(this.#stage, this.#turns);
    this.#facts = facts;
  }

  /** Begins the session: the first call, once. @param time seconds of session time, usually 0 */
  begin(time: number): void {
    const stage = this.#stage;
    if (this.#turns.phase !== 'ready') throw new MstError('usage', 'The session has begun already.');
    stage.now = exact(time);
    const { settings } = stage;
    stage.log({ t: stage.t, type: 'header', format: LOG_FORMAT, formatVersion: LOG_VERSION, ...this.#facts, settings });
    this.#sendPrograms();
    if (settings.clockIn) {
      stage.tempo.anchor(stage.now, 0, settings.qpm);
      this.#turns.hold();
    } else {
      const counted = stage.mode.start !== 'first-note' || this.#turns.gridIsHeard;
      const first = stage.now + (counted ? LEAD_IN + (settings.latency ?? 0) : 0);
      stage.tempo.begin(first, 0, settings.qpm);
      stage.log({ t: micro(first), type: 'tempo', quarter: 0, qpm: settings.qpm });
      stage.startClockOut(0, first, true);
    }
    this.#turns.begin(0, settings.countInBars);
  }

  /** You play: one MIDI message, its status byte first. @param source index of the input it came from */
  input(time: number, bytes: readonly number[], source = 0): void {
    if (!this.#arrive(time)) return;
    const message = readMessage(bytes);
    if (message.type === 'sensing') return;
    const isClock = isClockMessage(message);
    if (isClock && !this.#stage.settings.clockIn) return;
    this.#stage.log({ t: this.#stage.t, type: 'in', source, bytes: toHex(bytes) });
    if (isClock) {
      this.#follower.hear(message);
      this.#catchUp();
    } else if (!this.#steers(message, source)) this.#play(message, bytes, source);
    this.#settle();
  }

  /** You, or the program, set something. @throws MstError `usage` for something impossible, which changes nothing */
  control(time: number, control: Control): void {
    checkControl(control, this.#stage.mode);
    if (!this.#arrive(time)) return;
    this.#stage.log({ t: this.#stage.t, type: 'control', control });
    this.#apply(control);
    this.#settle();
  }

  /** The model side has answered. */
  answer(time: number, answer: Answer): void {
    if (!this.#arrive(time)) return;
    this.#stage.log({ t: this.#stage.t, type: 'answer', answer });
    this.#stage.partner.receive(answer, this.#stage.now);
    this.#settle();
  }

  /** The first note of a turn (`first` of a send) really went out at `actual`, in seconds of session time. */
  sent(time: number, turn: number, actual: number): void {
    if (!this.#arrive(time)) return;
    this.#stage.log({ t: this.#stage.t, type: 'sent', turn, actual: micro(actual) });
    this.#stage.partner.measured(turn, micro(actual) / 1e6 - this.#turns.startTime);
  }

  /** A note of the model or the metronome that was to be sent at `due` (seconds) did not sound: it was too late when its time had come. */
  dropped(time: number, { voice, due, bytes }: { voice: Voice; due: number; bytes: readonly number[] }): void {
    if (!this.#arrive(time)) return;
    this.#stage.log({ t: this.#stage.t, type: 'dropped', voice, due: micro(due), bytes: toHex(bytes) });
    if (voice === 'model') this.#stage.partner.dropped();
  }

  /** Time has passed. Call it at `nextDeadline`, or every few milliseconds. */
  advance(time: number): void {
    this.#arrive(time);
  }

  /** When the engine next has something to do by itself, in seconds; Infinity when it waits for others. */
  get nextDeadline(): number {
    return Math.ceil(this.#next().time * 1e6) / 1e6;
  }

  /** What a screen shows. @param time not before the last call; nothing is done by it */
  status(time: number): Status {
    return describe(this.#stage, this.#turns, { time, learning: this.#learning });
  }

  /** Does what is due by itself up to a time, in order, and goes there. Returns whether the session goes on. */
  #arrive(time: number): boolean {
    const until = Math.max(exact(time), this.#stage.now);
    if (this.#turns.phase === 'ready') throw new MstError('usage', 'The session has not begun.');
    for (;;) {
      const { time: due, act } = this.#next();
      if (due > until + ROUNDING || this.#turns.phase === 'ended') break;
      this.#stage.now = Math.max(this.#stage.now, due);
      act();
    }
    this.#stage.now = Math.max(this.#stage.now, until);
    return this.#turns.phase !== 'ended';
  }

  /** Sends what has become due at this very moment, so that the log has it in order. */
  #settle(): void {
    while (this.#turns.phase !== 'ended' && this.#stage.output.nextTime <= this.#stage.now) this.#stage.commit();
  }

  /** What is due next; of equal times first what sounds, then turns, then thoughts. */
  #next(): { readonly time: number; readonly act: () => void } {
    const stage = this.#stage;
    if (this.#turns.phase === 'ready' || this.#turns.phase === 'ended') return { time: Infinity, act: () => {} };
    const choices = [
      { time: stage.output.nextTime, act: () => stage.commit() },
      { time: this.#turns.due, act: () => this.#turns.boundary() },
      { time: stage.tempo.timeAt(this.#nextStep / STEPS_PER_QUARTER), act: () => this.#step() },
      { time: stage.metronome.due, act: () => stage.metronome.send(stage.now) },
      { time: stage.clockOut.due, act: () => stage.clockOut.send(stage.now) },
    ];
    return choices.reduce((first, choice) => (choice.time < first.time ? choice : first));
  }

  #step(): void {
    this.#nextStep++;
    this.#turns.tick();
  }

  /** A message that steers the session instead of sounding. */
  #steers(message: MidiMessage, source: number): boolean {
    const { settings, mode } = this.#stage;
    if (message.type === 'controller') {
      const { controller, value, channel } = message;
      if (this.#learning !== null) {
        this.#stage.settings = { ...settings, learned: learnController(settings.learned, this.#learning, controller) };
        this.#learning = null;
        return true;
      }
      const learned = learnedControl(settings.learned, controller, value);
      if (learned !== undefined) {
        if (learned !== null) this.#apply(learned);
        return true;
      }
      if (controller !== SUSTAIN_PEDAL) return false;
      const pressed = this.#presses(`${source} ${channel}`, value);
      if (mode.callEnds !== 'signal') return false;
      if (pressed) this.#turns.handOver();
      return true;
    }
    if (message.type !== 'note-on' && message.type !== 'note-off') return false;
    if (message.pitch !== settings.handOverKey || mode.strict) return false;
    if (message.type === 'note-on') this.#turns.handOver();
    return true;
  }

  /** Whether a value of a pedal is its going down. */
  #presses(pedal: string, value: number): boolean {
    const was = this.#pedals.has(pedal);
    if (value >= DOWN) this.#pedals.add(pedal);
    else this.#pedals.delete(pedal);
    return value >= DOWN && !was;
  }

  #play(message: MidiMessage, bytes: readonly number[], source: number): void {
    const stage = this.#stage;
    const { settings, now } = stage;
    const [status = 0] = bytes;
    if (settings.thru && isWhole(bytes)) {
      const { you } = settings.voices;
      const moved = you === null || status >= 0xf0 ? bytes : [(status & 0xf0) | you.channel, ...bytes.slice(1)];
      stage.output.send(now, 'you', moved);
    }
    stage.roll.add('you', bytes, now, source);
    if (message.type !== 'note-on' && message.type !== 'note-off') return;
    if (message.channel === DRUM_CHANNEL) return;
    const key = `${source} ${message.channel} ${message.pitch}`;
    if (message.type === 'note-on') this.#turns.noteOn(key, message.pitch, message.velocity);
    else this.#turns.noteOff(key);
    this.#catchUp();
  }

  #apply(control: Control): void {
    const stage = this.#stage;
    const turns = this.#turns;
    switch (control.type) {
      case 'mode':
        stage.settings = { ...stage.settings, mode: control.mode, exchanges: null };
        turns.restart();
        return;
      case 'exchanges':
        this.#change({ exchanges: control.exchanges });
        return;
      case 'temperature':
        this.#change({ temperature: control.temperature });
        return;
      case 'models':
        this.#change({ models: control.models });
        return;
      case 'thru':
        if (!control.on) stage.output.cut('you', stage.now);
        this.#change({ thru: control.on });
        return;
      case 'latency':
        stage.setLatency(control.seconds);
        turns.think();
        return;
      case 'play-over':
        this.#change({ playOver: control.playOver });
        return;
      case 'tempo':
        this.#setTempo(control.qpm);
        return;
      case 'tap': {
        const qpm = this.#tap.tap(stage.now);
        if (qpm !== undefined) this.#setTempo(qpm);
        return;
      }
      case 'metronome':
        this.#change({ metronome: control.metronome });
        turns.click();
        return;
      case 'hand-over':
        turns.handOver();
        return;
      case 'mutate':
        turns.mutate();
        return;
      case 'loop':
        stage.partner.loop = control.on;
        turns.think();
        return;
      case 'keep-take':
        stage.partner.keep(control.take, stage.t);
        return;
      case 'learn':
        this.#learning = control.target;
        return;
      case 'source-lost':
        stage.roll.endSource(control.source, stage.now);
        if (stage.settings.thru) stage.output.cut('you', stage.now);
        for (const pedal of this.#pedals) if (pedal.startsWith(`${control.source} `)) this.#pedals.delete(pedal);
        turns.release((key) => key.startsWith(`${control.source} `));
        return;
      case 'panic':
        turns.panic();
        this.#silence();
        return;
      case 'finish':
        turns.finish();
        return;
      case 'stop':
        turns.end();
        return;
    }
  }

  #change(settings: Partial<Settings>): void {
    this.#stage.settings = { ...this.#stage.settings, ...settings };
    this.#turns.think();
  }

  #setTempo(qpm: number): void {
    this.#stage.setTempo(qpm);
    this.#turns.think();
  }

  #sendPrograms(): void {
    const { output, settings, now } = this.#stage;
    for (const name of ['you', 'model', 'click'] as const) {
      const voice = settings.voices[name];
      if (voice !== null && voice.program !== null) output.send(now, name, programChange(voice.channel, voice.program));
    }
  }

  #silence(): void {
    const { output, settings, now } = this.#stage;
    const { you, model, click } = settings.voices;
    for (const voice of ['model', 'click', 'you'] as const) output.cut(voice, now);
    if (this.#stage.metronome.running) this.#stage.metronome.startAt(this.#stage.quarter, now);
    const used = you === null && settings.thru ? Array.from({ length: 16 }, (_, channel) => channel) : [you?.channel ?? model.channel];
    for (const channel of new Set([...used, model.channel, click.channel])) {
      for (const bytes of silence(channel)) output.send(now, 'you', bytes);
    }
  }

  /** After the beat has moved on: the next step is the first one not passed. */
  #catchUp(): void {
    this.#nextStep = Math.max(this.#nextStep, Math.floor(this.#stage.quarter * STEPS_PER_QUARTER + 1e-6) + 1);
  }
}

/** Times are whole microseconds, so that what is logged is what was. @throws MstError `usage` for what is no time */
function exact(time: number): number {
  if (Number.isFinite(time) && time >= 0) return micro(time) / 1e6;
  throw new MstError('usage', `The time cannot be ${time} seconds.`, { hint: 'Count seconds from the beginning of the session.' });
}
