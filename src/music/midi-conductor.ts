// What governs all tracks of a MIDI file that is read as players read it: tempos of every track, metres and keys of the first track that has
// any, and how its texts are written. What Magenta takes instead stands in tempo-map.ts and midi-to-note-sequence.ts.
import { tonicOf } from './key-signatures.js';
import type { MidiDamage } from './midi-damage.js';
import { META, MetaType, metaData } from './midi-file.js';
import type { SalvagedMidi, SalvagedTrack } from './midi-salvage.js';
import { type TextReader, textReader } from './midi-text.js';
import { DEFAULT_QPM, type KeySignature, Mode, type SequenceMetadata, type Tempo, type TimeSignature } from './note-sequence.js';
import { layTempos, microsecondsOf, type TempoChange, type TempoMap, TickClock, temposOf } from './tempo-map.js';

/** What holds for the whole file. */
interface Conductor {
  readonly tempoMap: TempoMap;
  readonly tempos: Tempo[];
  readonly timeSignatures: TimeSignature[];
  readonly keySignatures: KeySignature[];
  readonly text: TextReader;
  /** Title and artist of a karaoke (.kar) file. */
  readonly metadata: SequenceMetadata | undefined;
}

const LAST_TEXT_TYPE = 7;
/** Bytes of texts that are enough to tell how they are written. */
const SAMPLE_BYTES = 65_536;
const DEFAULT_MICROSECONDS = 6e7 / DEFAULT_QPM;
/** Shortest note value a metre may count in: a 128th. */
const MAX_DENOMINATOR_EXPONENT = 7;
/** Karaoke files give title and artist in texts that begin so. */
const KARAOKE_TITLE = [0x40, 0x54];

/** The events of one track that concern all. */
interface Directions {
  readonly tempos: TempoChange[];
  readonly metres: { tick: number; numerator: number; denominator: number }[];
  readonly keys: { tick: number; key: number; mode: number }[];
}

/** Gathers what holds for the whole file. Tempos, metres and keys that cannot be are noted and left out. */
export function readConductor(file: SalvagedMidi, damage: MidiDamage): Conductor {
  const texts = new TextGatherer();
  const tracks = file.tracks.map((track, index) => readDirections(file, track, { index, texts, damage }));
  const tempoTracks = tracks.map(({ tempos }) => tempos);
  const changes = file.format === 2 ? tempoTracks.flat() : mergeTempos(tempoTracks);
  const { ticksPerQuarter, secondsPerTick } = file.timing;
  const timed = secondsPerTick === undefined;
  const tempoMap = timed ? layTempos(changes, ticksPerQuarter) : { ticks: [0], times: [0], secondsPerTick: [secondsPerTick] };
  const text = textReader(texts.sample);
  return {
    tempoMap,
    tempos: timed ? temposOf(tempoMap, ticksPerQuarter) : smpteTempos(changes, secondsPerTick),
    timeSignatures: inSeconds(
      chosen(file, tracks, ({ metres }) => metres),
      tempoMap,
    ),
    keySignatures: inSeconds(
      chosen(file, tracks, ({ keys }) => keys),
      tempoMap,
    ),
    text,
    metadata: texts.metadata(text),
  };
}

function readDirections(
  file: SalvagedMidi,
  { first, end, firstTick }: SalvagedTrack,
  { index, texts, damage }: { index: number; texts: TextGatherer; damage: MidiDamage },
): Directions {
  const { statuses, ticks, offsets, bytes } = file;
  const found: Directions = { tempos: [], metres: [], keys: [] };
  const doubt = (at: number, problem: string): void => damage.note('bad-meta', at, `${problem} is left out`, index + 1);
  for (let i = first; i < end; i++) {
    if (statuses[i] !== META) continue;
    const at = offsets[i] as number;
    const type = bytes[at] as number;
    const tick = ticks[i] as number;
    if (type > 0 && type <= LAST_TEXT_TYPE) {
      texts.add(type, metaData(file, i));
    } else if (type === MetaType.tempo) {
      const microseconds = metaData(file, i).length < 3 ? 0 : microsecondsOf(file, i);
      if (microseconds > 0) found.tempos.push({ tick, microseconds });
      else doubt(at, 'a tempo that is none');
    } else if (type === MetaType.timeSignature) {
      const [numerator = 0, exponent = 256] = metaData(file, i);
      if (numerator > 0 && exponent <= MAX_DENOMINATOR_EXPONENT) found.metres.push({ tick, numerator, denominator: 2 ** exponent });
      else doubt(at, `a metre of ${numerator}/2^${exponent}`);
    } else if (type === MetaType.keySignature) {
      const [signature = 128, minor = 2] = metaData(file, i);
      const sharps = (signature << 24) >> 24;
      const mode = minor === 1 ? Mode.minor : Mode.major;
      if (Math.abs(sharps) <= 7 && minor <= 1) found.keys.push({ tick, key: tonicOf(sharps, mode), mode });
      else doubt(at, `a key of ${sharps} sharps and mode ${minor}`);
    }
  }
  if (firstTick > 0) {
    // Tracks of format 2 that follow another begin anew.
    if (found.tempos[0]?.tick !== firstTick) found.tempos.unshift({ tick: firstTick, microseconds: DEFAULT_MICROSECONDS });
    if (found.metres[0]?.tick !== firstTick) found.metres.unshift({ tick: firstTick, numerator: 4, denominator: 4 });
  }
  return found;
}

/** All tempos of tracks that are played together, by tick; where several have one at the same tick, the first track's count. */
function mergeTempos(tracks: readonly (readonly TempoChange[])[]): TempoChange[] {
  const speaking = tracks.filter((tempos) => tempos.length > 0);
  if (speaking.length <= 1) return [...(speaking[0] ?? [])];
  const all = speaking.flatMap((tempos, track) => tempos.map((change) => ({ change, track })));
  all.sort((a, b) => a.change.tick - b.change.tick);
  let leader = all[0];
  return all
    .filter((entry) => {
      if (entry.change.tick !== leader?.change.tick) leader = entry;
      return entry.track === leader?.track;
    })
    .map(({ change }) => change);
}

/** Under SMPTE time codes tempos say what a beat is, not how long a tick lasts. */
function smpteTempos(changes: readonly TempoChange[], secondsPerTick: number): Tempo[] {
  const tempos = changes.map(({ tick, microseconds }) => ({ time: tick * secondsPerTick, qpm: 6e7 / microseconds }));
  return tempos[0]?.time === 0 ? tempos : [{ time: 0, qpm: DEFAULT_QPM }, ...tempos];
}

/** What the first track that says anything says, or, in format 2, all of them in turn. */
function chosen<D>(file: SalvagedMidi, tracks: readonly Directions[], of: (directions: Directions) => D[]): D[] {
  if (file.format === 2) return tracks.flatMap(of);
  const speaking = tracks.find((directions) => of(directions).length > 0);
  return speaking === undefined ? [] : of(speaking);
}

function inSeconds<D extends { tick: number }>(events: readonly D[], tempoMap: TempoMap): (Omit<D, 'tick'> & { time: number })[] {
  const clock = new TickClock(tempoMap);
  return events.map(({ tick, ...event }) => ({ time: clock.secondsAt(tick), ...event }));
}

/** Texts of a file: enough to tell how they are written, and those that name the song. */
class TextGatherer {
  readonly sample: Uint8Array[] = [];
  readonly #titles: Uint8Array[] = [];
  #room = SAMPLE_BYTES;

  add(type: number, text: Uint8Array): void {
    if (this.#room > 0 && text.length > 0) {
      this.sample.push(text);
      this.#room -= text.length;
    }
    const [at, letter] = text;
    if (type === MetaType.text && at === KARAOKE_TITLE[0] && letter === KARAOKE_TITLE[1] && this.#titles.length < 2) {
      this.#titles.push(text.subarray(KARAOKE_TITLE.length));
    }
  }

  metadata(text: TextReader): SequenceMetadata | undefined {
    const [title, artist] = this.#titles.map(text);
    if (title === undefined) return undefined;
    return { title, ...(artist !== undefined && { artist }), genre: [], composers: [] };
  }
}
