// A MIDI file as a NoteSequence, exactly as Magenta converts it (spec A.2-A.4). Ids and file names are the caller's to fill in.
import { META, MetaType, type MidiFile, type MidiTrack, metaData, parseMidiFile, refuseMidi } from './midi-file.js';
import { createNoteSequence, type KeySignature, Mode, type Note, type NoteSequence, type TimeSignature } from './note-sequence.js';
import { readTempoMap, type TempoMap, TickClock, temposOf } from './tempo-map.js';

const SOURCE = { encodingType: 3, parser: 2 } as const; // MIDI, PRETTY_MIDI
const DRUM_CHANNEL = 9;
const MAX_INT32_EXPONENT = 30;
/** How many control changes, bends and letters of names a file may spread over its instruments: per byte of it, and besides. */
const COPIES_PER_BYTE = 2;
const SPARE_COPIES = 1_000_000;

/** What happens to one channel of one track besides notes. Instruments may share one: see InstrumentReader. */
interface Controls {
  /** time, controller number, value; time, number, value; ... */
  readonly changes: number[];
  /** time, bend; time, bend; ... */
  readonly bends: number[];
}

interface Instrument {
  readonly index: number;
  readonly program: number;
  readonly isDrum: boolean;
  readonly name: string;
  readonly notes: Note[];
  readonly controls: Controls;
}

/**
 * Converts the bytes of a MIDI file. Times are seconds; notes come by instrument, then in the order they end.
 * Throws MstError `bad-midi` for whatever Magenta refuses, and for a file that repeats its control changes or names over so many
 * instruments that the result would be out of proportion to the file.
 */
export function midiToNoteSequence(bytes: Uint8Array): NoteSequence {
  const file = parseMidiFile(bytes);
  const tempoMap = readTempoMap(file);
  const { timeSignatures, keySignatures } = readSignatures(file, tempoMap);
  const reader = new InstrumentReader(file, tempoMap);
  for (const track of file.tracks) reader.read(track);
  return assemble(file, reader.instruments, {
    ticksPerQuarter: file.division,
    sourceInfo: SOURCE,
    timeSignatures,
    keySignatures,
    tempos: temposOf(tempoMap, file.division),
  });
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
      const sharps = (a << 24) >> 24;
      const tonic = sharps * 7 + (b === 1 ? 9 : 0);
      keySignatures.push({ time, key: ((tonic % 12) + 12) % 12, mode: b === 1 ? Mode.minor : Mode.major });
    }
  }
  return { timeSignatures, keySignatures };
}

/**
 * Reads the notes, controllers and bends of one track after another. Instruments are made as their first note ends, one for each
 * program and channel of a track. What controllers and bends do on a channel while its current program has no instrument is kept aside
 * ("stragglers") and handed to every instrument made on that channel afterwards: the very list, so that what either adds later is the
 * other's too, as in Magenta.
 */
class InstrumentReader {
  readonly instruments: Instrument[] = [];
  readonly #file: MidiFile;
  readonly #tempoMap: TempoMap;
  #clock: TickClock;
  #name = '';
  readonly #programs = new Uint8Array(16);
  /** The track's instrument of program and channel, at program * 16 + channel. */
  readonly #instrumentOf = new Map<number, Instrument>();
  #stragglers: (Controls | undefined)[] = [];
  /** First and last open note of channel * 128 + pitch, as indices into the columns below; #next leads from the one to the other. */
  readonly #head = new Int32Array(2048);
  readonly #tail = new Int32Array(2048);
  #next: number[] = [];
  #startTick: number[] = [];
  #startTime: number[] = [];
  #velocity: number[] = [];

  constructor(file: MidiFile, tempoMap: TempoMap) {
    this.#file = file;
    this.#tempoMap = tempoMap;
    this.#clock = new TickClock(tempoMap);
  }

  #reset(): void {
    this.#clock = new TickClock(this.#tempoMap);
    this.#name = '';
    this.#programs.fill(0);
    this.#instrumentOf.clear();
    this.#stragglers = [];
    this.#head.fill(-1);
    this.#next = [];
    this.#startTick = [];
    this.#startTime = [];
    this.#velocity = [];
  }

  read(track: MidiTrack): void {
    this.#reset();
    const { bytes, statuses, offsets, ticks } = this.#file;
    for (let i = track.first; i < track.end; i++) {
      const status = statuses[i] as number;
      const tick = ticks[i] as number;
      const at = offsets[i] as number;
      const channel = status & 0x0f;
      switch (status >> 4) {
        case 0x8:
          this.#noteOff(channel, bytes[at] as number, tick, at);
          break;
        case 0x9: {
          const velocity = bytes[at + 1] as number;
          if (velocity === 0) this.#noteOff(channel, bytes[at] as number, tick, at);
          else this.#noteOn(channel * 128 + (bytes[at] as number), velocity, tick);
          break;
        }
        case 0xb:
          this.#controls(channel).changes.push(this.#clock.secondsAt(tick), bytes[at] as number, bytes[at + 1] as number);
          break;
        case 0xc:
          this.#programs[channel] = bytes[at] as number;
          break;
        case 0xe: {
          const bend = (bytes[at] as number) + (bytes[at + 1] as number) * 128 - 8192;
          this.#controls(channel).bends.push(this.#clock.secondsAt(tick), bend);
          break;
        }
        case 0xf:
          if (status === META && bytes[at] === MetaType.trackName) this.#name = latin1(metaData(this.#file, i));
          break;
      }
    }
  }

  #noteOn(key: number, velocity: number, tick: number): void {
    const entry = this.#next.length;
    this.#next.push(-1);
    this.#startTick.push(tick);
    this.#startTime.push(this.#clock.secondsAt(tick));
    this.#velocity.push(velocity);
    if ((this.#head[key] as number) < 0) this.#head[key] = entry;
    else this.#next[this.#tail[key] as number] = entry;
    this.#tail[key] = entry;
  }

  /** Ends every open note of the pitch that did not begin at this very tick; those that did stay open if another ended, else vanish. */
  #noteOff(channel: number, pitch: number, tick: number, offset: number): void {
    const key = channel * 128 + pitch;
    let entry = this.#head[key] as number;
    if (entry < 0) return;
    if (this.#startTick[entry] === tick) {
      this.#head[key] = -1;
      return;
    }
    const { index, program, isDrum, notes } = this.#instrument(channel);
    const endTime = this.#clock.secondsAt(tick);
    while (entry >= 0 && this.#startTick[entry] !== tick) {
      const startTime = this.#startTime[entry] as number;
      if (endTime < startTime) refuseMidi(offset, 'SMPTE time codes make a note end before it begins');
      notes.push({ pitch, velocity: this.#velocity[entry] as number, startTime, endTime, instrument: index, program, isDrum });
      entry = this.#next[entry] as number;
    }
    this.#head[key] = entry;
  }

  #instrument(channel: number): Instrument {
    const program = this.#programs[channel] as number;
    const key = program * 16 + channel;
    let instrument = this.#instrumentOf.get(key);
    if (instrument === undefined) {
      instrument = {
        index: this.instruments.length,
        program,
        isDrum: channel === DRUM_CHANNEL,
        name: this.#name,
        notes: [],
        controls: this.#stragglers[channel] ?? { changes: [], bends: [] },
      };
      this.#instrumentOf.set(key, instrument);
      this.instruments.push(instrument);
    }
    return instrument;
  }

  /** Where a controller or bend on a channel is noted: with its instrument if there is one, else with the stragglers. */
  #controls(channel: number): Controls {
    const instrument = this.#instrumentOf.get((this.#programs[channel] as number) * 16 + channel);
    if (instrument !== undefined) return instrument.controls;
    let stragglers = this.#stragglers[channel];
    if (stragglers === undefined) {
      stragglers = { changes: [], bends: [] };
      this.#stragglers[channel] = stragglers;
    }
    return stragglers;
  }
}

/** Track names are Latin-1: a character for each byte. */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let k = 0; k < bytes.length; k++) text += String.fromCharCode(bytes[k] as number);
  return text;
}

function assemble(file: MidiFile, instruments: readonly Instrument[], header: Partial<NoteSequence>): NoteSequence {
  const sequence = createNoteSequence(header);
  let room = file.bytes.length * COPIES_PER_BYTE + SPARE_COPIES;
  for (const { index: instrument, program, isDrum, name, notes, controls } of instruments) {
    const { changes, bends } = controls;
    room -= name.length + changes.length / 3 + bends.length / 2;
    if (room < 0) refuseMidi(0, `its ${instruments.length} instruments repeat the same controllers or names too often`);
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
