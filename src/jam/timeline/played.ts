// What was played in a recorded session, read from its log entry by entry: notes of each voice in the turns they belong to, what you did to
// the sound, the takes there are of each answer, the tempo. Reading costs the same however long the session has gone on.

import { STEPS_PER_QUARTER } from '../../music/melody.js';
import type { Answer, Mix } from '../answers/job.js';
import type { Stretch } from '../beat/tempo.js';
import type { LogHeader } from '../log/log.js';
import type { LogEntry } from '../log/log-entry.js';
import { DRUM_CHANNEL, fromHex, readMessage } from '../midi-message.js';
import { DEFAULT_SETTINGS } from '../settings.js';
import { TempoRecord } from './tempo.js';

const MICRO = 1e-6;
/** Seconds by which rounding may place the first note of a turn before it. */
const INSTANT = 2e-6;
/** What the last replies may still have answers to. */
const REPLIES = 64;

export type PlayedVoice = 'you' | 'model' | 'click';
const PLAYED_VOICES: readonly PlayedVoice[] = ['you', 'model', 'click'];

/** A note that was played. Seconds of session time. */
export interface PlayedNote {
  readonly pitch: number;
  readonly velocity: number;
  readonly channel: number;
  readonly start: number;
  /** Infinity while it is held. */
  end: number;
}

/** A turn, or what was played before the first one. */
export interface PlayedTurn {
  /** Place among the turns, 0 for what came before the first one. */
  readonly index: number;
  /** As in the log; -1 before the first turn. */
  readonly turn: number;
  readonly whose: 'you' | 'model';
  /** Seconds of session time. */
  readonly start: number;
  /** Where it begins in quarter notes, for those who answer in it. */
  readonly quarter: number;
  /** In the order in which they began. */
  readonly notes: Readonly<Record<PlayedVoice, PlayedNote[]>>;
  /** How the model's notes are played; absent until it begins to, and where it rests. */
  reply: { readonly swing: number; readonly velocities: readonly [number, number] } | undefined;
  mix: Mix;
  /** Whole other takes of the answer: events, one a step from the turn's beginning. */
  readonly takes: Map<number, readonly number[]>;
  /** The take that was chosen while playing. */
  kept: { readonly take: number; readonly events: readonly number[] } | undefined;
}

/** A message of yours that is no note: a controller or a pitch bend. */
export interface PlayedGesture {
  readonly time: number;
  readonly bytes: readonly [status: number, first: number, second: number];
}

interface OpenNote {
  readonly note: PlayedNote;
  readonly turn: PlayedTurn;
}

export class PlayedSession {
  /** Settings that the session began with; absent until the header is read. */
  header: LogHeader | undefined;
  readonly tempo = new TempoRecord();
  /** What came before the first turn, then the turns. */
  readonly turns: PlayedTurn[] = [newTurn({ index: 0, turn: -1, whose: 'you', start: 0, quarter: 0 })];
  readonly gestures: PlayedGesture[] = [];
  /** Seconds of session time that the log knows of. */
  end = 0;
  /** The program that was chosen at the keyboard last before its first note. */
  program: number | undefined;
  readonly #open: Readonly<Record<PlayedVoice, Map<string, OpenNote>>> = { you: new Map(), model: new Map(), click: new Map() };
  readonly #byNumber = new Map<number, PlayedTurn>();
  readonly #replies: { readonly job: number; readonly turn: PlayedTurn }[] = [];
  #partial: { job: number; take: number; events: number[] } | undefined;
  #mix: Mix = [];
  #struck = false;

  static of(entries: readonly LogEntry[]): PlayedSession {
    const played = new PlayedSession();
    for (const entry of entries) played.add(entry);
    return played;
  }

  /** Reads the next entry. Returns the turns that are others now. */
  add(entry: LogEntry): ReadonlySet<PlayedTurn> {
    const changed = new Set<PlayedTurn>();
    if (entry.type !== 'tempo') this.end = Math.max(this.end, entry.t * MICRO);
    switch (entry.type) {
      case 'header':
        this.header = entry;
        break;
      case 'tempo':
        this.tempo.add(entry);
        break;
      case 'turn':
        for (const turn of this.#begin(entry)) changed.add(turn);
        break;
      case 'in':
        this.#play(entry, changed);
        break;
      case 'out':
        if (entry.voice === 'model' || entry.voice === 'click')
          this.#note(entry.voice, '', fromHex(entry.bytes) ?? [], entry.t * MICRO, changed);
        break;
      case 'dropped':
        this.#drop(entry, changed);
        break;
      case 'control':
        if (entry.control.type === 'source-lost') this.#lose(entry.control.source, entry.t * MICRO, changed);
        break;
      case 'answer':
        this.#answer(entry.answer, changed);
        break;
      case 'reply':
        this.#reply(entry, changed);
        break;
      case 'kept': {
        const turn = this.#byNumber.get(entry.turn);
        if (turn === undefined) break;
        turn.kept = { take: entry.take, events: entry.events };
        changed.add(turn);
        break;
      }
    }
    return changed;
  }

  /** Notes that are held. */
  *held(): Generator<OpenNote, void, undefined> {
    for (const voice of PLAYED_VOICES) yield* this.#open[voice].values();
  }

  /** The tempo of it all, from time 0 on. */
  get stretches(): readonly Stretch[] {
    const { qpm, beatsPerBar } = this.header?.settings ?? DEFAULT_SETTINGS;
    return this.tempo.whole(qpm, beatsPerBar);
  }

  get #last(): PlayedTurn {
    return this.turns.at(-1) as PlayedTurn;
  }

  #begin({ t, turn: number, whose, quarter }: Extract<LogEntry, { type: 'turn' }>): PlayedTurn[] {
    const before = this.#last;
    const turn = newTurn({ index: this.turns.length, turn: number, whose, start: Math.max(before.start, t * MICRO), quarter });
    this.turns.push(turn);
    this.#byNumber.set(number, turn);
    // What you play up to a step before your turn belongs to it, as it does for the model that hears it.
    const { qpm = 0 } = this.tempo;
    const early = whose === 'you' && qpm > 0 ? 60 / qpm / STEPS_PER_QUARTER : 0;
    let moved = false;
    for (const voice of PLAYED_VOICES) {
      const from = turn.start - INSTANT - (voice === 'you' ? early : 0);
      const notes = before.notes[voice];
      let first = notes.length;
      while (first > 0 && (notes[first - 1] as PlayedNote).start >= from) first--;
      const own = notes.splice(first);
      if (own.length === 0) continue;
      moved = true;
      turn.notes[voice].push(...own);
      for (const [key, open] of this.#open[voice]) {
        if (open.turn === before && open.note.start >= from) this.#open[voice].set(key, { note: open.note, turn });
      }
    }
    return moved ? [before, turn] : [turn];
  }

  #play({ t, source, bytes: text }: Extract<LogEntry, { type: 'in' }>, changed: Set<PlayedTurn>): void {
    const bytes = fromHex(text) ?? [];
    const [status = 0, first = 0, second = 0] = bytes;
    const kind = status >> 4;
    if (kind === 0xc && first < 128 && !this.#struck) this.program = first;
    if (readMessage(bytes).type === 'note-on') this.#struck = true;
    if ((kind === 0xb || kind === 0xe) && bytes.length === 3 && first < 128 && second < 128) {
      this.gestures.push({ time: t * MICRO, bytes: [status, first, second] });
    } else {
      this.#note('you', source, bytes, t * MICRO, changed);
    }
  }

  /** Begins or ends a note; one that begins again ends before. */
  #note(voice: PlayedVoice, source: number | '', bytes: readonly number[], time: number, changed: Set<PlayedTurn>): void {
    const message = readMessage(bytes);
    if (message.type !== 'note-on' && message.type !== 'note-off') return;
    const { channel, pitch } = message;
    const key = `${source} ${channel} ${pitch}`;
    this.#close(voice, key, time, changed);
    if (message.type === 'note-off') return;
    const note: PlayedNote = { pitch, velocity: message.velocity, channel, start: time, end: Number.POSITIVE_INFINITY };
    const turn = this.#last;
    turn.notes[voice].push(note);
    this.#open[voice].set(key, { note, turn });
    changed.add(turn);
  }

  #close(voice: PlayedVoice, key: string, time: number, changed: Set<PlayedTurn>): void {
    const open = this.#open[voice].get(key);
    if (open === undefined) return;
    this.#open[voice].delete(key);
    open.note.end = time;
    changed.add(open.turn);
  }

  /** Takes out a note that did not sound. */
  #drop({ voice, due, bytes: text }: Extract<LogEntry, { type: 'dropped' }>, changed: Set<PlayedTurn>): void {
    const message = readMessage(fromHex(text) ?? []);
    if (voice === 'you' || voice === 'clock' || message.type !== 'note-on') return;
    const start = due * MICRO;
    const turn = this.turns.findLast((each) => each.start <= start + INSTANT);
    const notes = turn?.notes[voice];
    const at = notes?.findLastIndex((note) => note.start === start && note.pitch === message.pitch && note.channel === message.channel);
    if (turn === undefined || notes === undefined || at === undefined || at < 0) return;
    notes.splice(at, 1);
    changed.add(turn);
  }

  #lose(source: number, time: number, changed: Set<PlayedTurn>): void {
    for (const key of [...this.#open.you.keys()]) if (key.startsWith(`${source} `)) this.#close('you', key, time, changed);
  }

  #reply({ turn: number, job, swing, velocities }: Extract<LogEntry, { type: 'reply' }>, changed: Set<PlayedTurn>): void {
    const turn = this.#byNumber.get(number);
    if (job !== null) this.#mix = job.mix;
    if (turn === undefined) return;
    turn.reply ??= { swing, velocities };
    turn.mix = this.#mix;
    changed.add(turn);
    if (job === null) return;
    this.#replies.push({ job: job.id, turn });
    if (this.#replies.length > REPLIES) this.#replies.shift();
  }

  /** Other takes are asked for by a job of their own, the next one after that of the answer that is played. */
  #answer({ job, take, from, events, done }: Answer, changed: Set<PlayedTurn>): void {
    if (take === 0) return;
    if (from === 0) this.#partial = { job, take, events: [] };
    const partial = this.#partial;
    if (partial?.job !== job || partial.take !== take || partial.events.length !== from) return;
    for (const event of events) partial.events.push(event);
    const turn = this.#replies.findLast((reply) => reply.job < job)?.turn;
    if (!done || turn === undefined) return;
    turn.takes.set(take, partial.events);
    this.#partial = undefined;
    changed.add(turn);
  }
}

/** Whether a note is of a drum kit, by its channel. */
export function isDrum({ channel }: Pick<PlayedNote, 'channel'>): boolean {
  return channel === DRUM_CHANNEL;
}

function newTurn(facts: Pick<PlayedTurn, 'index' | 'turn' | 'whose' | 'start' | 'quarter'>): PlayedTurn {
  return { ...facts, notes: { you: [], model: [], click: [] }, reply: undefined, mix: [], takes: new Map(), kept: undefined };
}
