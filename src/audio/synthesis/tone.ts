// A tone: one recorded-like sound, made by arithmetic, with its loop; and the regions of keys and velocities it serves. Pure.

/** A mono sound at one pitch. */
export interface Tone {
  /** Samples a second, a whole number. */
  readonly rate: number;
  /** -1..1. */
  readonly samples: Float64Array;
  /** MIDI key it sounds at when played at its own rate. */
  readonly key: number;
  /** Samples first..end-1 that are repeated while the note is held; undefined for a sound that just ends. */
  readonly loop: { readonly start: number; readonly end: number } | undefined;
}

/** The keys, and the velocities, that a tone serves; both ends included. */
export interface Region {
  readonly tone: Tone;
  readonly keys: readonly [low: number, high: number];
  readonly velocities: readonly [low: number, high: number];
}

const ANY_VELOCITY = [0, 127] as const;
const HIGHEST_KEY = 127;
/** How far above its root the last tone of a voice must not fold back, in semitones: further up hardly any music goes. */
const HIGHEST_ABOVE = 14;

/** Hertz of a MIDI key, A4 (69) being 440. */
export function hertzOf(key: number): number {
  return 440 * 2 ** ((key - 69) / 12);
}

/**
 * One region around each of the rising keys `roots`, parted half-way between them; the outermost reach to the ends of the keyboard.
 * `make` is given the root and the highest key its tone will be played at.
 */
export function across(
  roots: readonly number[],
  make: (root: number, highest: number) => Tone,
  velocities: readonly [number, number] = ANY_VELOCITY,
): Region[] {
  return roots.map((root, i) => {
    const next = roots[i + 1];
    const before = roots[i - 1];
    const high = next === undefined ? HIGHEST_KEY : Math.ceil((root + next) / 2) - 1;
    const low = before === undefined ? 0 : Math.ceil((before + root) / 2);
    return { tone: make(root, Math.min(high, root + HIGHEST_ABOVE)), keys: [low, high], velocities };
  });
}

/** How loud a tone may be made, and over which of its seconds its loudness is taken. */
const TARGET_RMS = 0.17;
const HEADROOM = 0.97;
const LISTENING_SECONDS = 0.35;

/** The tone with the loudness all tones have, as long as it does not clip. @param level in decibels above that loudness */
export function levelled(tone: Tone, level = 0): Tone {
  const { samples, rate } = tone;
  const span = Math.min(samples.length, Math.round(LISTENING_SECONDS * rate));
  let power = 0;
  let peak = 0;
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i] as number;
    if (i < span) power += value * value;
    peak = Math.max(peak, Math.abs(value));
  }
  if (peak === 0) return tone;
  const gain = Math.min(HEADROOM / peak, (TARGET_RMS * 10 ** (level / 20)) / Math.sqrt(power / span));
  return { ...tone, samples: samples.map((value) => value * gain) };
}
