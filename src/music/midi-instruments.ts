// The notes, controllers and bends of a parsed MIDI file, by instrument, as Magenta pairs and groups them (spec A.3); with a `Mender`, notes
// that nothing ends are ended too.
import { lastAtMost } from './ascending.js';
import type { MidiDamage } from './midi-damage.js';
import { DRUM_CHANNEL, META, MetaType, type MidiFile, type MidiTrack, metaData, refuseMidi } from './midi-file.js';
import type { TextReader } from './midi-text.js';
import type { Note } from './note-sequence.js';
import { secondsAt, type TempoMap, TickClock } from './tempo-map.js';

/** Controllers that silence a channel: all sound off, and from all notes off on. */
const ALL_SOUND_OFF = 120;
const ALL_NOTES_OFF = 123;

/** What happens to one channel of one track besides notes. Instruments may share one: see InstrumentReader. */
interface Controls {
  /** time, controller number, value; time, number, value; ... */
  readonly changes: number[];
  /** time, bend; time, bend; ... */
  readonly bends: number[];
}

export interface Instrument {
  readonly index: number;
  readonly program: number;
  readonly isDrum: boolean;
  readonly name: string;
  readonly notes: Note[];
  readonly controls: Controls;
}

/** What is done beyond Magenta's rules, which drop a note that nothing ends. */
interface Mender {
  /** Longest that a note lasts whose end has to be found, in ticks. */
  readonly stuckTicks: number;
  /** Reads track names; Magenta's are Latin-1. */
  readonly text: TextReader;
  readonly damage: MidiDamage;
}

/**
 * Reads the notes, controllers and bends of one track after another. Instruments are made as their first note ends, one for each
 * program and channel of a track. What controllers and bends do on a channel while its current program has no instrument is kept aside
 * ("stragglers") and handed to every instrument made on that channel afterwards: the very list, so that what either adds later is the
 * other's too, as in Magenta.
 *
 * With a mender, only the first of those instruments gets the stragglers; notes say which track and channel they are from (their `part`, from
 * 0, and `voice`, from 1); a note that nothing ends lasts until its key is struck again, its channel is silenced, its track ends or
 * `stuckTicks` are over, whichever comes first; and one whose key is struck again and then let go more than `stuckTicks` after it began lasts
 * until that stroke or a silence before it.
 */
export class InstrumentReader {
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
  readonly #head = new Int32Array(2048).fill(-1);
  readonly #tail = new Int32Array(2048);
  #next: number[] = [];
  #startTick: number[] = [];
  #startTime: number[] = [];
  #velocity: number[] = [];
  readonly #mender: Mender | undefined;
  /** Counts from 1. */
  #track = 0;
  /** With a mender: the program each open note began with, the byte of its event, and the ticks at which each channel is silenced. */
  #startProgram: number[] = [];
  #startOffset: number[] = [];
  #silences: (number[] | undefined)[] = [];

  constructor(file: MidiFile, tempoMap: TempoMap, mender?: Mender) {
    this.#file = file;
    this.#tempoMap = tempoMap;
    this.#clock = new TickClock(tempoMap);
    this.#mender = mender;
  }

  #reset(): void {
    this.#clock = new TickClock(this.#tempoMap);
    this.#name = '';
    this.#programs.fill(0);
    this.#instrumentOf.clear();
    this.#stragglers = [];
    if (this.#next.length > 0) this.#head.fill(-1);
    this.#next = [];
    this.#startTick = [];
    this.#startTime = [];
    this.#velocity = [];
    this.#startProgram = [];
    this.#startOffset = [];
    this.#silences = [];
  }

  /** Reads the next track, whose last event is at `lastTick`. */
  read(track: MidiTrack, lastTick = 0): void {
    this.#reset();
    this.#track++;
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
          else this.#noteOn(channel, bytes[at] as number, velocity, tick, at);
          break;
        }
        case 0xb: {
          const control = bytes[at] as number;
          this.#controls(channel).changes.push(this.#clock.secondsAt(tick), control, bytes[at + 1] as number);
          if (this.#mender !== undefined && (control === ALL_SOUND_OFF || control >= ALL_NOTES_OFF)) {
            this.#silences[channel] ??= [];
            this.#silences[channel]?.push(tick);
          }
          break;
        }
        case 0xc:
          this.#programs[channel] = bytes[at] as number;
          break;
        case 0xe: {
          const bend = (bytes[at] as number) + (bytes[at + 1] as number) * 128 - 8192;
          this.#controls(channel).bends.push(this.#clock.secondsAt(tick), bend);
          break;
        }
        case 0xf:
          if (status === META && bytes[at] === MetaType.trackName) this.#name = (this.#mender?.text ?? latin1)(metaData(this.#file, i));
          break;
      }
    }
    if (this.#mender !== undefined && this.#next.length > 0) this.#endStuckNotes(lastTick, this.#mender);
  }

  #noteOn(channel: number, pitch: number, velocity: number, tick: number, at: number): void {
    const key = channel * 128 + pitch;
    const entry = this.#next.length;
    if (this.#mender !== undefined) {
      this.#startProgram.push(this.#programs[channel] as number);
      this.#startOffset.push(at);
    }
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
      this.#mender?.damage.note('no-length', offset, 'a note that ends as it begins is left out', this.#track);
      return;
    }
    const { index, program, isDrum, notes } = this.#instrument(channel, this.#programs[channel] as number);
    const offTime = this.#clock.secondsAt(tick);
    while (entry >= 0 && this.#startTick[entry] !== tick) {
      const startTime = this.#startTime[entry] as number;
      const endTime = this.#earlierEnd(entry, channel, tick) ?? offTime;
      if (endTime < startTime) refuseMidi(offset, 'SMPTE time codes make a note end before it begins');
      const note: Note = { pitch, velocity: this.#velocity[entry] as number, startTime, endTime, instrument: index, program, isDrum };
      if (this.#mender !== undefined) this.#place(note, channel);
      notes.push(note);
      entry = this.#next[entry] as number;
    }
    this.#head[key] = entry;
  }

  /** When an open note that a note-off at `tick` would end must have ended before, if it must. */
  #earlierEnd(entry: number, channel: number, tick: number): number | undefined {
    if (this.#mender === undefined) return undefined;
    const next = this.#next[entry] as number;
    const start = this.#startTick[entry] as number;
    if (next < 0 || tick - start <= this.#mender.stuckTicks || (this.#startTick[next] as number) === start) return undefined;
    this.#noteStuck(entry, this.#mender);
    return secondsAt(this.#tempoMap, Math.min(this.#startTick[next] as number, this.#silenceAfter(channel, start)));
  }

  /** The first tick after another at which a channel is silenced. */
  #silenceAfter(channel: number, tick: number): number {
    const silences = this.#silences[channel] ?? [];
    return silences[lastAtMost(silences, tick, (silence) => silence) + 1] ?? Infinity;
  }

  #noteStuck(entry: number, { damage }: Mender, what = 'a note that nothing ends is ended where that makes sense'): void {
    damage.note('stuck-note', this.#startOffset[entry] as number, what, this.#track);
  }

  /** Ends the notes that are open when their track ends. */
  #endStuckNotes(lastTick: number, mender: Mender): void {
    const touched = new Set<Instrument>();
    for (let key = 0; key < this.#head.length; key++) {
      for (let entry = this.#head[key] as number; entry >= 0; entry = this.#next[entry] as number) {
        const start = this.#startTick[entry] as number;
        const channel = key >> 7;
        const next = this.#next[entry] as number;
        const strike = next < 0 ? Infinity : (this.#startTick[next] as number);
        const end = Math.min(strike, this.#silenceAfter(channel, start), lastTick, start + mender.stuckTicks);
        this.#noteStuck(entry, mender, end > start ? undefined : 'a note that begins as its track ends is left out');
        if (end <= start) continue;
        const instrument = this.#instrument(channel, this.#startProgram[entry] as number);
        touched.add(instrument);
        const note: Note = {
          pitch: key & 0x7f,
          velocity: this.#velocity[entry] as number,
          startTime: this.#startTime[entry] as number,
          endTime: secondsAt(this.#tempoMap, end),
          instrument: instrument.index,
          program: instrument.program,
          isDrum: instrument.isDrum,
        };
        this.#place(note, channel);
        instrument.notes.push(note);
      }
    }
    for (const { notes } of touched) notes.sort((a, b) => a.endTime - b.endTime);
  }

  /** Says where in the file a note is: `part` is its track from 0, `voice` its channel from 1. */
  #place(note: Note, channel: number): void {
    note.part = this.#track - 1;
    note.voice = channel + 1;
  }

  #instrument(channel: number, program: number): Instrument {
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
      if (this.#mender !== undefined) this.#stragglers[channel] = undefined;
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
