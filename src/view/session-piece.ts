// A recorded session as a piece to listen to and to look at: it begins with the bar of its first note, without the metronome, each side with
// sounds of its own, and knows whose turn is when. Pure.

import { MstError } from '../core/errors.js';
import type { Mix } from '../jam/job.js';
import type { SessionLog } from '../jam/log.js';
import type { LogEntry } from '../jam/log-entry.js';
import { fromHex } from '../jam/midi-message.js';
import { sessionToNoteSequence } from '../jam/session-to-midi.js';
import type { NoteSequence } from '../music/note-sequence.js';
import type { Marker } from '../music/note-sequence-to-midi.js';
import { quarterClock, secondsClock } from './bars.js';

/** Programs of General MIDI for sides that chose none: an electric piano, and a flute (or a vibraphone) to answer it. */
const PLAYER_PROGRAM = 4;
const MODEL_PROGRAMS = [73, 11] as const;
const MICRO = 1e-6;
/** Quarter notes that rounding may move a note before its bar line. */
const INSTANT = 1e-3;

export interface SessionPieceOptions {
  /** What the one who plays is called. Default "You". */
  readonly player?: string;
  /** The answers as they were played, or those that were kept instead. Default `played`. */
  readonly takes?: 'played' | 'kept';
}

/** A turn. Seconds of the piece. */
export interface Turn {
  readonly whose: 'you' | 'model';
  /** Who that is: the player, a model by its name, or the names of a mix. */
  readonly by: string;
  readonly start: number;
  readonly end: number;
  /** Notes that begin in it, of both sides. */
  readonly notes: { readonly you: number; readonly model: number };
}

export interface SessionPiece {
  /** Instruments: `you` and `model`, if they played. */
  readonly sequence: NoteSequence;
  /** One for each turn. */
  readonly markers: readonly Marker[];
  readonly turns: readonly Turn[];
  readonly you: { readonly instrument: number; readonly name: string };
  readonly model: { readonly instrument: number; readonly name: string };
  /** Seconds of the session that lie before it. */
  readonly offset: number;
}

/** Makes a piece of a session. @throws MstError `no-input` when nobody played a note */
export function sessionPiece(log: SessionLog, { player = 'You', takes = 'played' }: SessionPieceOptions = {}): SessionPiece {
  const { sequence: whole } = sessionToNoteSequence(log, { takes });
  const [yours, models] = ['You', 'Model'].map((side) => whole.instrumentInfos.find(({ name }) => name === side)?.instrument ?? -1);
  const you = { instrument: yours ?? -1, name: player };
  const model = { instrument: models ?? -1, name: modelName(log) };
  const played = withSounds(whole, log, you.instrument, model.instrument);
  const first = played.notes.reduce((least, { startTime }) => Math.min(least, startTime), Number.POSITIVE_INFINITY);
  if (first === Number.POSITIVE_INFINITY) {
    throw new MstError('no-input', 'Nobody plays a note in this session.', { hint: 'Choose one with notes in it.' });
  }
  const offset = barBefore(played, first, log.header.settings.beatsPerBar);
  const names = [you, model].map(({ instrument, name }) => ({ instrument, name }));
  const sequence = { ...from(played, offset), instrumentInfos: names };
  const turns = turnsOf(log, sequence, { you, model, offset });
  const markers = turns.map(({ start, by }, k) => ({ time: start, text: `${k + 1} ${by}` }));
  return { sequence, markers, turns, you, model, offset };
}

/** What a mix is called: its models' names, "and" between them. */
export function mixName(mix: Mix): string {
  return mix.map(({ model }) => model).join(' and ');
}

/** The one name that all answers have, or "Model". */
function modelName({ header }: SessionLog): string {
  const names = new Set(header.settings.models.map(mixName));
  const [only] = names;
  return names.size === 1 && only !== undefined && only !== '' ? only : 'Model';
}

/** The music without the metronome, with programs for sides that have none. */
function withSounds(whole: NoteSequence, { header, entries }: SessionLog, you: number, model: number): NoteSequence {
  const { voices } = header.settings;
  const chosen = typeof voices.you?.program === 'number' || entries.some(isProgramChange);
  const mine = whole.notes.find(({ instrument, isDrum }) => instrument === you && !isDrum)?.program;
  const yours = chosen ? (mine ?? 0) : PLAYER_PROGRAM;
  const theirs = voices.model.program ?? MODEL_PROGRAMS.find((program) => program !== yours) ?? MODEL_PROGRAMS[0];
  const sounding = <T extends { instrument: number; program: number; isDrum: boolean }>(events: readonly T[]): T[] =>
    events
      .filter(({ instrument }) => instrument === you || instrument === model)
      .map((event) => (event.isDrum ? event : { ...event, program: event.instrument === you ? yours : theirs }));
  return {
    ...whole,
    notes: sounding(whole.notes),
    controlChanges: sounding(whole.controlChanges),
    pitchBends: sounding(whole.pitchBends),
  };
}

function isProgramChange(entry: LogEntry): boolean {
  return entry.type === 'in' && ((fromHex(entry.bytes) ?? [])[0] ?? 0) >> 4 === 0xc;
}

/** Seconds at which the bar begins in which `time` is. */
function barBefore({ tempos }: NoteSequence, time: number, beatsPerBar: number): number {
  const bar = Math.floor((quarterClock(tempos)(time) + INSTANT) / beatsPerBar);
  return Math.max(0, Math.min(time, secondsClock(tempos)(bar * beatsPerBar)));
}

/** The music from `offset` seconds on, where no note begins before. */
function from(sequence: NoteSequence, offset: number): NoteSequence {
  const at = (time: number): number => Math.max(0, time - offset);
  const later = <T extends { time: number }>(events: readonly T[]): T[] => events.map((event) => ({ ...event, time: at(event.time) }));
  const tempos = later(sequence.tempos);
  const notes = sequence.notes.map((note) => ({ ...note, startTime: at(note.startTime), endTime: at(note.endTime) }));
  return {
    ...sequence,
    notes,
    totalTime: notes.reduce((last, { endTime }) => Math.max(last, endTime), 0),
    // Of the tempos before the beginning the last one holds.
    tempos: tempos.filter(({ time }, i) => time > 0 || (tempos[i + 1]?.time ?? 1) > 0),
    timeSignatures: later(sequence.timeSignatures),
    controlChanges: later(sequence.controlChanges),
    pitchBends: later(sequence.pitchBends),
  };
}

function turnsOf(
  { entries }: SessionLog,
  { notes, totalTime }: NoteSequence,
  { you, model, offset }: Pick<SessionPiece, 'you' | 'model' | 'offset'>,
): Turn[] {
  const begun = entries.filter((entry) => entry.type === 'turn');
  const mixes = new Map(entries.flatMap((entry) => (entry.type === 'reply' && entry.job !== null ? [[entry.turn, entry.job.mix]] : [])));
  const last = Math.max(totalTime, (entries.findLast(({ type }) => type === 'end')?.t ?? 0) * MICRO - offset);
  const at = (t: number | undefined): number => (t === undefined ? last : Math.max(0, t * MICRO - offset));
  const turns = begun.map(({ t, turn, whose }, k): Turn => {
    const [start, end] = [at(t), at(begun[k + 1]?.t)];
    // A note played a moment before its turn begins belongs to it.
    const within = notes.filter(({ startTime }) => startTime >= start - 0.05 && startTime < end - 0.05);
    const mix = mixes.get(turn);
    return {
      whose,
      by: whose === 'you' ? you.name : mix === undefined || mix.length === 0 ? model.name : mixName(mix),
      start,
      end,
      notes: {
        you: within.filter(({ instrument }) => instrument === you.instrument).length,
        model: within.filter(({ instrument }) => instrument === model.instrument).length,
      },
    };
  });
  return turns.filter(({ start, end }) => start < Math.min(end, totalTime));
}
