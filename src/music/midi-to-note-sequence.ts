// A MIDI file as a NoteSequence: as a good player reads it, through damage, or exactly as Magenta converts it (spec A.2-A.4). Ids and file
// names are the caller's to fill in.
import { tonicOf } from './key-signatures.js';
import { readConductor } from './midi-conductor.js';
import { MidiDamage, type MidiWarning } from './midi-damage.js';
import { META, MetaType, type MidiFile, metaData, parseMidiFile, refuseMidi } from './midi-file.js';
import { type Instrument, InstrumentReader } from './midi-instruments.js';
import { salvageMidi } from './midi-salvage.js';
import {
  createNoteSequence,
  EncodingType,
  type KeySignature,
  Mode,
  type NoteSequence,
  Parser,
  type TimeSignature,
} from './note-sequence.js';
import { readTempoMap, type TempoMap, TickClock, temposOf } from './tempo-map.js';

const SOURCE = { encodingType: EncodingType.midi, parser: Parser.prettyMidi } as const;
const MAX_INT32_EXPONENT = 30;
/** How many control changes, bends and letters of names a file may spread over its instruments: per byte of it, and besides. */
const COPIES_PER_BYTE = 2;
const SPARE_COPIES = 1_000_000;
/** Longest that a note lasts whose end is lost: four bars of 4/4, in quarter notes. */
const STUCK_QUARTERS = 16;

/** A file that was read, and what was wrong with it. */
export interface MidiReading {
  readonly sequence: NoteSequence;
  /** At most 25, however much is wrong; none under Magenta's rules, which refuse what is damaged. */
  readonly warnings: readonly MidiWarning[];
}

/**
 * Reads the bytes of a MIDI file (also RIFF RMID and karaoke) as a good player does: damage is worked around and told of. Notes are
 * paired and grouped as Magenta does, so that a sound file gives the same notes either way, but tempos of all tracks count, SMPTE time
 * codes are understood, the tracks of format 2 follow each other, notes that nothing ends are ended, and each controller and bend goes to
 * one instrument only. Times are seconds. Time and memory are in proportion to the bytes. With `compat`, what `midiToNoteSequence` does.
 * Throws MstError `bad-midi` for what is no MIDI, saying what it is where that can be told.
 */
export function readMidi(bytes: Uint8Array, { compat = false }: { compat?: boolean } = {}): MidiReading {
  if (compat) return { sequence: midiToNoteSequence(bytes), warnings: [] };
  const damage = new MidiDamage();
  const file = salvageMidi(bytes, damage);
  const { tempoMap, text, metadata, ...directions } = readConductor(file, damage);
  const { ticksPerQuarter } = file.timing;
  const reader = new InstrumentReader(file, tempoMap, { stuckTicks: STUCK_QUARTERS * ticksPerQuarter, text, damage });
  for (const track of file.tracks) reader.read(track, track.lastTick);
  const header = { ticksPerQuarter, sourceInfo: SOURCE, ...directions, ...(metadata !== undefined && { sequenceMetadata: metadata }) };
  return { sequence: assemble(reader.instruments, header), warnings: damage.warnings };
}

/**
 * Converts the bytes of a MIDI file by Magenta's rules. Times are seconds; notes come by instrument, then in the order they end.
 * Throws MstError `bad-midi` for whatever Magenta refuses, and for a file that repeats its control changes or names over so many
 * instruments that the result would be out of proportion to the file.
 */
export function midiToNoteSequence(bytes: Uint8Array): NoteSequence {
  const file = parseMidiFile(bytes);
  const tempoMap = readTempoMap(file);
  const { timeSignatures, keySignatures } = readSignatures(file, tempoMap);
  const reader = new InstrumentReader(file, tempoMap);
  for (const track of file.tracks) reader.read(track);
  const tempos = temposOf(tempoMap, file.division);
  const header = { ticksPerQuarter: file.division, sourceInfo: SOURCE, timeSignatures, keySignatures, tempos };
  return assemble(reader.instruments, header, bytes.length * COPIES_PER_BYTE + SPARE_COPIES);
}

/** Metres and keys of the first track, the only one that Magenta looks at for them. */
function readSignatures(file: MidiFile, tempoMap: TempoMap): { timeSignatures: TimeSignature[]; keySignatures: KeySignature[] } {
  const timeSignatures: TimeSignature[] = [];
  const keySignatures: KeySignature[] = [];
  const clock = new TickClock(tempoMap);
  const [track] = file.tracks;
  const { first, end } = track ?? { first: 0, end: 0 };
  for (let i = first; i < end; i++) {
    if (file.statuses[i] !== META) continue;
    const at = file.offsets[i] as number;
    const type = file.bytes[at];
    if (type !== MetaType.timeSignature && type !== MetaType.keySignature) continue;
    const time = clock.secondsAt(file.ticks[i] as number);
    if (time < 0) refuseMidi(at, 'SMPTE time codes put a signature before the beginning');
    const [a = 0, b = 0] = metaData(file, i);
    if (type === MetaType.timeSignature) {
      if (a === 0) refuseMidi(at, 'a time signature with numerator 0');
      if (b > MAX_INT32_EXPONENT) refuseMidi(at, `a time signature denominator of 2^${b}`);
      timeSignatures.push({ time, numerator: a, denominator: 2 ** b });
    } else {
      const mode = b === 1 ? Mode.minor : Mode.major;
      keySignatures.push({ time, key: tonicOf((a << 24) >> 24, mode), mode });
    }
  }
  return { timeSignatures, keySignatures };
}

/** Throws MstError `bad-midi` for more than `room` control changes, bends and letters of names. */
function assemble(instruments: readonly Instrument[], header: Partial<NoteSequence>, room = Infinity): NoteSequence {
  const sequence = createNoteSequence(header);
  let copies = 0;
  for (const { index: instrument, program, isDrum, name, notes, controls } of instruments) {
    const { changes, bends } = controls;
    copies += name.length + changes.length / 3 + bends.length / 2;
    if (copies > room) refuseMidi(0, `its ${instruments.length} instruments repeat the same controllers or names too often`);
    if (name !== '') sequence.instrumentInfos.push({ instrument, name });
    for (const note of notes) {
      sequence.notes.push(note);
      if (note.endTime > sequence.totalTime) sequence.totalTime = note.endTime;
    }
    for (let k = 0; k < bends.length; k += 2) {
      sequence.pitchBends.push({ time: bends[k] as number, bend: bends[k + 1] as number, instrument, program, isDrum });
    }
    for (let k = 0; k < changes.length; k += 3) {
      sequence.controlChanges.push({
        time: changes[k] as number,
        controlNumber: changes[k + 1] as number,
        controlValue: changes[k + 2] as number,
        instrument,
        program,
        isDrum,
      });
    }
  }
  return sequence;
}
