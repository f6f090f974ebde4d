// A NoteSequence as a MIDI file, laid out as Magenta lays it out (spec A.6). Written here rather than with @tonejs/midi because that
// library's writer takes time by the square of the notes (half a minute for 20,000), reorders controllers and loses number 127.
import { MstError } from '../core/errors.js';
import { lastAtMost } from './ascending.js';
import { sharpsOf } from './key-signatures.js';
import { DRUM_CHANNEL, MetaType } from './midi-file.js';
import { MAX_DELTA, metaEvent, type TrackEvent, writeMidiFile } from './midi-writer.js';
import { type ControlChange, DEFAULT_QPM, Mode, type Note, type NoteSequence, type PitchBend, type Tempo } from './note-sequence.js';

const DEFAULT_TICKS_PER_QUARTER = 220;
const MELODIC_CHANNELS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15];

/** Which of several events at one tick comes first. */
const Order = {
  name: 0,
  tempo: 1,
  timeSignature: 2,
  keySignature: 3,
  marker: 4,
  program: 5,
  pitchBend: 6,
  control: 7,
  noteOff: 8,
  noteOn: 9,
} as const;

/** A marker meta event. */
const MARKER = 0x06;

/** A word at a time (seconds), which music programs show above the score. */
export interface Marker {
  readonly time: number;
  readonly text: string;
}

/** Where a tempo begins, and how many ticks a second has from there. */
interface Stretch {
  readonly time: number;
  readonly tick: number;
  readonly ticksPerSecond: number;
  readonly qpm: number;
}

/** What one track plays. */
interface Part {
  readonly instrument: number;
  readonly program: number;
  readonly isDrum: boolean;
  readonly notes: Note[];
  readonly pitchBends: PitchBend[];
  readonly controlChanges: ControlChange[];
}

/**
 * A format 1 file: a first track with tempos, metres (4/4 unless one is given for the beginning) and keys, then a track for each
 * instrument, program and drum setting, named after `instrumentInfos`, with drums on channel 10. Times go to the nearest tick of the tempo
 * they lie in, and no note is shorter than a tick. Tempos are cut to whole microseconds as Magenta cuts them, which moves seconds but no
 * ticks; keys other than major are written by their signature. Texts, sections and other annotations have no place in it;
 * `markers` have, in the first track.
 * Throws MstError `bad-sequence` for what a MIDI file cannot hold.
 */
export function noteSequenceToMidi(sequence: NoteSequence, { markers = [] }: { markers?: readonly Marker[] } = {}): Uint8Array {
  const ticksPerQuarter = whole(sequence.ticksPerQuarter || DEFAULT_TICKS_PER_QUARTER, 1, 0x7fff, 'ticks per quarter note');
  const stretches = layTempos(sequence.tempos, ticksPerQuarter);
  const tickAt = (seconds: number): number => {
    if (!(seconds >= 0)) throw cannotHold('time', seconds);
    const { time, tick, ticksPerSecond } = stretches[lastAtMost(stretches, seconds, (stretch) => stretch.time)] as Stretch;
    return whole(Math.round(tick + (seconds - time) * ticksPerSecond), 0, MAX_DELTA, 'time in ticks');
  };
  const parts = partsOf(sequence);
  whole(parts.length + 1, 1, 0x7fff, 'number of tracks');
  const names = new Map(sequence.instrumentInfos.map(({ instrument, name }) => [instrument, name]));
  const textBytes = textWriter([...names.values(), ...markers.map(({ text }) => text)]);
  const tracks = parts.map((part, index) => partTrack(part, index, textBytes(names.get(part.instrument) ?? ''), tickAt));
  const words = markers.map(({ time, text }): TrackEvent => {
    return { tick: tickAt(time), order: Order.marker, data: metaEvent(MARKER, textBytes(text)) };
  });
  return writeMidiFile(ticksPerQuarter, [[...conductorTrack(sequence, stretches, tickAt), ...words], ...tracks]);
}

function layTempos(tempos: readonly Tempo[], ticksPerQuarter: number): Stretch[] {
  const stretches: Stretch[] = [];
  const sorted = tempos.toSorted((a, b) => a.time - b.time);
  if (sorted[0] === undefined || sorted[0].time > 0) sorted.unshift({ time: 0, qpm: DEFAULT_QPM });
  for (const { time, qpm } of sorted) {
    if (!(time >= 0 && Number.isFinite(time))) throw cannotHold('time of a tempo', time);
    if (!(qpm > 0 && Number.isFinite(qpm))) throw cannotHold('tempo in quarter notes per minute', qpm);
    const last = stretches.at(-1);
    const tick = last === undefined ? 0 : Math.round(last.tick + (time - last.time) * last.ticksPerSecond);
    stretches.push({ time, tick, ticksPerSecond: (qpm * ticksPerQuarter) / 60, qpm });
  }
  return stretches;
}

function conductorTrack(sequence: NoteSequence, stretches: readonly Stretch[], tickAt: (seconds: number) => number): TrackEvent[] {
  const events: TrackEvent[] = [];
  for (const { tick, qpm } of stretches) {
    // The millionth keeps 6e7 / (6e7 / n) from falling just short of n.
    const microseconds = whole(Math.trunc(6e7 / qpm + 1e-6), 1, 0xffffff, 'length of a quarter note in microseconds');
    const data = [microseconds >> 16, (microseconds >> 8) & 0xff, microseconds & 0xff];
    events.push({ tick: whole(tick, 0, MAX_DELTA, 'time in ticks'), order: Order.tempo, data: metaEvent(MetaType.tempo, data) });
  }
  const metres = [...sequence.timeSignatures];
  if (!metres.some(({ time }) => time === 0)) metres.unshift({ time: 0, numerator: 4, denominator: 4 });
  for (const { time, numerator, denominator } of metres) {
    whole(numerator, 1, 255, 'numerator');
    const exponent = whole(Math.log2(denominator), 0, 30, 'denominator as a power of two');
    const data = metaEvent(MetaType.timeSignature, [numerator, exponent, 24, 8]);
    events.push({ tick: tickAt(time), order: Order.timeSignature, data });
  }
  for (const { time, key, mode } of sequence.keySignatures) {
    const sharps = sharpsOf(whole(key, 0, 11, 'key'), mode);
    const data = metaEvent(MetaType.keySignature, [sharps & 0xff, mode === Mode.minor ? 1 : 0]);
    events.push({ tick: tickAt(time), order: Order.keySignature, data });
  }
  return events;
}

/** The parts, by instrument, then program, drums last. */
function partsOf({ notes, pitchBends, controlChanges }: NoteSequence): Part[] {
  const parts = new Map<string, Part>();
  const partOf = ({ instrument, program, isDrum }: Note | PitchBend | ControlChange): Part => {
    const key = `${instrument} ${program} ${isDrum}`;
    let part = parts.get(key);
    if (part === undefined) {
      part = { instrument, program: whole(program, 0, 127, 'program'), isDrum, notes: [], pitchBends: [], controlChanges: [] };
      parts.set(key, part);
    }
    return part;
  };
  for (const note of notes) partOf(note).notes.push(note);
  for (const bend of pitchBends) partOf(bend).pitchBends.push(bend);
  for (const change of controlChanges) partOf(change).controlChanges.push(change);
  return [...parts.values()].sort((a, b) => a.instrument - b.instrument || a.program - b.program || Number(a.isDrum) - Number(b.isDrum));
}

function partTrack(part: Part, index: number, name: readonly number[], tickAt: (seconds: number) => number): TrackEvent[] {
  const channel = part.isDrum ? DRUM_CHANNEL : (MELODIC_CHANNELS[index % MELODIC_CHANNELS.length] as number);
  const events: TrackEvent[] = [];
  if (name.length > 0) events.push({ tick: 0, order: Order.name, data: metaEvent(MetaType.trackName, name) });
  events.push({ tick: 0, order: Order.program, data: [0xc0 | channel, part.program] });
  for (const { time, bend } of part.pitchBends) {
    const value = whole(bend, -8192, 8191, 'pitch bend') + 8192;
    events.push({ tick: tickAt(time), order: Order.pitchBend, data: [0xe0 | channel, value & 0x7f, value >> 7] });
  }
  for (const { time, controlNumber, controlValue } of part.controlChanges) {
    const data = [0xb0 | channel, whole(controlNumber, 0, 127, 'controller'), whole(controlValue, 0, 127, 'controller value')];
    events.push({ tick: tickAt(time), order: Order.control, data });
  }
  for (const { pitch, velocity, startTime, endTime } of part.notes) {
    const tick = tickAt(startTime);
    whole(pitch, 0, 127, 'pitch');
    whole(velocity, 1, 127, 'velocity');
    events.push({ tick, order: Order.noteOn, data: [0x90 | channel, pitch, velocity] });
    events.push({ tick: Math.max(tickAt(endTime), tick + 1), order: Order.noteOff, data: [0x90 | channel, pitch, 0] });
  }
  return events;
}

/** Writes the texts of a file: Latin-1 where that can write them all, which is how they are read, and UTF-8 otherwise. */
function textWriter(texts: readonly string[]): (text: string) => number[] {
  const encoder = new TextEncoder();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Latin-1 has them too
  return texts.every((text) => /^[\u0000-\u00ff]*$/.test(text))
    ? (text) => Array.from(text, (character) => character.charCodeAt(0))
    : (text) => [...encoder.encode(text)];
}

function whole(value: number, lowest: number, highest: number, what: string): number {
  if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
  throw cannotHold(what, value);
}

function cannotHold(what: string, value: number): MstError {
  return new MstError('bad-sequence', `a MIDI file cannot hold a ${what} of ${value}`);
}
