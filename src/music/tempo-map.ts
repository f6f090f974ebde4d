// From MIDI ticks to seconds. Magenta reads the tempos of the first track only, with the arithmetic of spec A.2; which tempos count in a
// file that is read as players read it is midi-conductor.ts's business.
import { lastAtMost } from './ascending.js';
import { META, MetaType, type MidiFile, metaData, refuseMidi } from './midi-file.js';
import { DEFAULT_QPM, type Tempo } from './note-sequence.js';

/** Stretches of one tempo each: stretch k begins at ticks[k], which is times[k] seconds, and a tick lasts secondsPerTick[k] from there. */
export interface TempoMap {
  readonly ticks: readonly number[];
  readonly times: readonly number[];
  readonly secondsPerTick: readonly number[];
}

/** A tempo from a tick on, in microseconds per quarter note. */
export interface TempoChange {
  readonly tick: number;
  readonly microseconds: number;
}

/** The tempo that a tempo event gives, in microseconds per quarter note. */
export function microsecondsOf(file: MidiFile, event: number): number {
  const [high = 0, middle = 0, low = 0] = metaData(file, event);
  return (high << 16) | (middle << 8) | low;
}

/**
 * The tempo map of a parsed file: 120 qpm from tick 0 unless its first track says otherwise; of several tempos at tick 0 the last one counts;
 * a tempo that changes nothing adds no stretch. Throws MstError `bad-midi` for a division of 0 and a tempo of 0.
 */
export function readTempoMap(file: MidiFile): TempoMap {
  const { division, statuses, bytes, offsets } = file;
  if (division === 0) refuseMidi(12, 'it has 0 ticks per quarter note');
  const changes: TempoChange[] = [];
  const [track] = file.tracks;
  const { first, end } = track ?? { first: 0, end: 0 };
  for (let i = first; i < end; i++) {
    if (statuses[i] !== META || bytes[offsets[i] as number] !== MetaType.tempo) continue;
    const microseconds = microsecondsOf(file, i);
    if (microseconds === 0) refuseMidi(offsets[i] as number, 'a tempo of 0 microseconds per quarter note');
    changes.push({ tick: file.ticks[i] as number, microseconds });
  }
  return layTempos(changes, division);
}

/** The map of tempo changes in the order of their ticks, by the rules of `readTempoMap`; `division` is in ticks per quarter note. */
export function layTempos(changes: readonly TempoChange[], division: number): TempoMap {
  const ticks = [0];
  const times = [0];
  const secondsPerTick = [60 / (DEFAULT_QPM * division)];
  for (const { tick, microseconds } of changes) {
    const seconds = 60 / ((6e7 / microseconds) * division);
    const last = ticks.length - 1;
    if (tick === 0) {
      secondsPerTick[0] = seconds;
    } else if (seconds !== secondsPerTick[last]) {
      times.push((times[last] as number) + (secondsPerTick[last] as number) * (tick - (ticks[last] as number)));
      ticks.push(tick);
      secondsPerTick.push(seconds);
    }
  }
  return { ticks, times, secondsPerTick };
}

/** The tempos of the map, one for each stretch. */
export function temposOf(map: TempoMap, division: number): Tempo[] {
  return map.times.map((time, k) => ({ time, qpm: 60 / ((map.secondsPerTick[k] as number) * division) }));
}

/** Seconds at any tick. */
export function secondsAt({ ticks, times, secondsPerTick }: TempoMap, tick: number): number {
  const k = lastAtMost(ticks, tick, (start) => start);
  return (times[k] as number) + (secondsPerTick[k] as number) * (tick - (ticks[k] as number));
}

/** Reads a tempo map at ticks that never go down, in constant time each on average. */
export class TickClock {
  readonly #map: TempoMap;
  #stretch = 0;

  constructor(map: TempoMap) {
    this.#map = map;
  }

  /** Seconds at a tick that is not before the one asked last. */
  secondsAt(tick: number): number {
    const { ticks, times, secondsPerTick } = this.#map;
    while (this.#stretch + 1 < ticks.length && (ticks[this.#stretch + 1] as number) <= tick) this.#stretch++;
    const k = this.#stretch;
    return (times[k] as number) + (secondsPerTick[k] as number) * (tick - (ticks[k] as number));
  }
}
