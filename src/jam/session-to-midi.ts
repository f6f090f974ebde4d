// A recorded session as a piece of music: tracks You, Model and Click, its tempo, and a marker where each turn begins. Bar lines stay bar
// lines, silences stay as long as they were.

import { NO_EVENT, STEPS_PER_QUARTER } from '../music/melody.js';
import { createNoteSequence, type Note, type NoteSequence } from '../music/note-sequence.js';
import { type Marker, noteSequenceToMidi } from '../music/note-sequence-to-midi.js';
import type { SessionLog } from './log.js';
import type { LogEntry } from './log-entry.js';
import { DRUM_CHANNEL, fromHex, readMessage } from './midi-message.js';
import { swung } from './swing.js';

const MICRO = 1e-6;
const TICKS_PER_QUARTER = 480;
/** Instruments, which are tracks. */
const YOU = 0;
const MODEL = 1;
const CLICK = 2;
const NAMES = ['You', 'Model', 'Click'];
const CLICK_PROGRAM = 115;
/** Seconds; a tempo that held for less is left out. */
const SHORTEST_STRETCH = 0.005;

export interface ExportOptions {
  /** The answers as they were played, or those that were kept instead. Default `played`. */
  readonly takes?: 'played' | 'kept';
}

/** A stretch of one tempo: `quarter` is the position at `time` (seconds). */
interface Stretch {
  readonly time: number;
  readonly quarter: number;
  readonly qpm: number;
}

/** The bytes of a Standard MIDI File. @throws MstError `bad-sequence` for what a MIDI file cannot hold */
export function sessionToMidi(log: SessionLog, options: ExportOptions = {}): Uint8Array {
  const { sequence, markers } = sessionToNoteSequence(log, options);
  return noteSequenceToMidi(sequence, { markers });
}

/** The session in seconds of session time, and a marker for each turn. */
export function sessionToNoteSequence(
  { header, entries }: SessionLog,
  { takes = 'played' }: ExportOptions = {},
): { sequence: NoteSequence; markers: Marker[] } {
  const { settings } = header;
  const end = entries.reduce((last, entry) => Math.max(last, entry.type === 'tempo' ? 0 : entry.t * MICRO), 0);
  const stretches = tempoOf(entries, settings.qpm, settings.beatsPerBar);
  const sequence = createNoteSequence({
    ticksPerQuarter: TICKS_PER_QUARTER,
    timeSignatures: [{ time: 0, numerator: settings.beatsPerBar, denominator: 4 }],
    tempos: stretches.map(({ time, qpm }) => ({ time, qpm })),
    instrumentInfos: NAMES.map((name, instrument) => ({ instrument, name })),
  });
  addYours(sequence, entries, settings.voices.you?.program ?? undefined, end);
  const played = voiceNotes(entries, 'model', MODEL, settings.voices.model.program ?? 0, end);
  sequence.notes.push(...(takes === 'kept' ? withKept(played, entries, stretches, settings.voices.model.program ?? 0, end) : played));
  sequence.notes.push(...voiceNotes(entries, 'click', CLICK, settings.voices.click.program ?? CLICK_PROGRAM, end));
  sequence.totalTime = sequence.notes.reduce((last, { endTime }) => Math.max(last, endTime), 0);
  const markers = entries.flatMap((entry): Marker[] =>
    entry.type === 'turn' ? [{ time: entry.t * MICRO, text: `${entry.turn + 1} ${entry.whose === 'you' ? 'You' : 'Model'}` }] : [],
  );
  return { sequence, markers };
}

/** The tempo of the whole session from time 0 on. Where the beat moved to where a note was, the beat before takes up the difference. */
function tempoOf(entries: readonly LogEntry[], qpm: number, beatsPerBar: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (const entry of entries) {
    if (entry.type !== 'tempo') continue;
    const next = { time: entry.t * MICRO, quarter: entry.quarter, qpm: entry.qpm };
    // Of tempos set in one moment the last one counts, and one that was to come later does not.
    while (stretches.length > 0 && next.time - (stretches.at(-1) as Stretch).time < SHORTEST_STRETCH) stretches.pop();
    const last = stretches.at(-1);
    if (last !== undefined && Math.abs(next.quarter - quarterIn(last, next.time)) > MICRO) {
      const from = Math.max(last.time, next.time - 60 / last.qpm);
      const quarter = quarterIn(last, from);
      stretches.push({ time: from, quarter, qpm: ((next.quarter - quarter) * 60) / (next.time - from) });
    }
    stretches.push(next);
  }
  if (stretches.length === 0) return [{ time: 0, quarter: 0, qpm }];
  const first = timeIn(stretches, 0);
  const music = stretches.filter(({ time }) => time > first);
  const start = { time: first, quarter: 0, qpm: (stretches.findLast(({ time }) => time <= first) ?? (stretches[0] as Stretch)).qpm };
  if (first < SHORTEST_STRETCH) return [{ ...start, time: 0 }, ...music];
  // What is before the first bar line becomes whole bars, so that all bar lines stay where they are.
  const quarters = Math.max(1, Math.round((first * start.qpm) / 60 / beatsPerBar)) * beatsPerBar;
  return [{ time: 0, quarter: -quarters, qpm: (quarters * 60) / first }, start, ...music];
}

function quarterIn({ time, quarter, qpm }: Stretch, at: number): number {
  return quarter + ((at - time) * qpm) / 60;
}

/** The time of a position. */
function timeIn(stretches: readonly Stretch[], quarter: number): number {
  const stretch = stretches.findLast((each) => each.quarter <= quarter) ?? (stretches[0] as Stretch);
  return stretch.time + ((quarter - stretch.quarter) * 60) / stretch.qpm;
}

/** What you played: notes, controllers and pitch bends, on the program that was chosen last before the first note. */
function addYours(sequence: NoteSequence, entries: readonly LogEntry[], chosen: number | undefined, end: number): void {
  let program = chosen ?? 0;
  for (const entry of entries) {
    if (entry.type !== 'in') continue;
    const [status = 0, first = 0] = fromHex(entry.bytes) ?? [];
    if (readMessage(fromHex(entry.bytes) ?? []).type === 'note-on') break;
    if (chosen === undefined && status >> 4 === 0xc && first < 128) program = first;
  }
  const open = new Map<string, Note>();
  for (const entry of entries) {
    const time = entry.t * MICRO;
    if (entry.type === 'control' && entry.control.type === 'source-lost') {
      const prefix = `${entry.control.source} `;
      for (const [key, note] of open) {
        if (!key.startsWith(prefix)) continue;
        note.endTime = time;
        open.delete(key);
      }
    }
    if (entry.type !== 'in') continue;
    const bytes = fromHex(entry.bytes) ?? [];
    const message = readMessage(bytes);
    const [status = 0, low = 0, high = 0] = bytes;
    const place = { instrument: YOU, program: (status & 0xf) === DRUM_CHANNEL ? 0 : program, isDrum: (status & 0xf) === DRUM_CHANNEL };
    if (message.type === 'note-on' || message.type === 'note-off') {
      follow(sequence.notes, open, `${entry.source} ${message.channel} ${message.pitch}`, message, time, place);
    } else if (message.type === 'controller') {
      sequence.controlChanges.push({ time, controlNumber: message.controller, controlValue: message.value, ...place });
    } else if (status >> 4 === 0xe && bytes.length === 3 && low < 128 && high < 128) {
      sequence.pitchBends.push({ time, bend: (high << 7) + low - 8192, ...place });
    }
  }
  for (const note of open.values()) note.endTime = end;
}

/** What was sent for a voice. */
function voiceNotes(entries: readonly LogEntry[], voice: 'model' | 'click', instrument: number, program: number, end: number): Note[] {
  const notes: Note[] = [];
  const open = new Map<string, Note>();
  for (const entry of entries) {
    if (entry.type !== 'out' || entry.voice !== voice) continue;
    const message = readMessage(fromHex(entry.bytes) ?? []);
    if (message.type !== 'note-on' && message.type !== 'note-off') continue;
    const isDrum = message.channel === DRUM_CHANNEL;
    const place = { instrument, program: isDrum ? 0 : program, isDrum };
    follow(notes, open, `${message.channel} ${message.pitch}`, message, entry.t * MICRO, place);
  }
  for (const note of open.values()) note.endTime = end;
  return notes;
}

/** Begins or ends a note; one that begins again ends before. */
function follow(
  notes: Note[],
  open: Map<string, Note>,
  key: string,
  message: { type: 'note-on'; pitch: number; velocity: number } | { type: 'note-off' },
  time: number,
  place: { instrument: number; program: number; isDrum: boolean },
): void {
  const sounding = open.get(key);
  if (sounding !== undefined) sounding.endTime = time;
  open.delete(key);
  if (message.type === 'note-off') return;
  const note: Note = { pitch: message.pitch, velocity: message.velocity, startTime: time, endTime: time, ...place };
  notes.push(note);
  open.set(key, note);
}

/** The model's notes with those of turns where another take was kept replaced by it. */
function withKept(
  played: readonly Note[],
  entries: readonly LogEntry[],
  stretches: readonly Stretch[],
  program: number,
  end: number,
): Note[] {
  const kept = new Map<number, readonly number[]>();
  for (const entry of entries) if (entry.type === 'kept') kept.set(entry.turn, entry.events);
  const turns = entries.filter((entry) => entry.type === 'turn');
  const notes = [...played];
  turns.forEach(({ t, turn, quarter }, k) => {
    const events = kept.get(turn);
    const reply = entries.find((entry) => entry.type === 'reply' && entry.turn === turn);
    if (events === undefined || reply?.type !== 'reply') return;
    const [from, to] = [t * MICRO, Math.min(end, (turns[k + 1]?.t ?? Infinity) * MICRO)];
    const others = notes.filter(({ startTime }) => startTime < from - MICRO || startTime >= to - MICRO);
    notes.splice(0, notes.length, ...others);
    let sounding: Note | undefined;
    const close = (time: number): void => {
      if (sounding !== undefined) sounding.endTime = time;
      sounding = undefined;
    };
    events.forEach((event, step) => {
      const startTime = timeIn(stretches, quarter + swung(step / STEPS_PER_QUARTER, reply.swing));
      if (event === NO_EVENT || startTime >= to) return;
      close(startTime);
      if (event < 0) return;
      const velocity = reply.velocities[step % STEPS_PER_QUARTER === 0 ? 0 : 1];
      sounding = { pitch: event, velocity, startTime, endTime: startTime, instrument: MODEL, program, isDrum: false };
      notes.push(sounding);
    });
    close(Math.min(to, timeIn(stretches, quarter + events.length / STEPS_PER_QUARTER)));
  });
  return notes.sort((a, b) => a.startTime - b.startTime);
}
