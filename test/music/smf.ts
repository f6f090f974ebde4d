// A tiny MIDI file writer for tests, byte by byte and independent of src/: what a test states here is exactly what is in the file.

/** A variable-length quantity of any size. */
export function varint(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(128 + (rest % 128));
  return bytes;
}

export function ascii(text: string): number[] {
  return [...text].map((character) => character.charCodeAt(0));
}

export function uint(value: number, size: number): number[] {
  return Array.from({ length: size }, (_, k) => Math.floor(value / 256 ** (size - 1 - k)) % 256);
}

/** An event: ticks since the last one, then its bytes as they stand in the file. */
export type Event = readonly [delta: number, ...bytes: number[]];

export function chunk(name: string, data: readonly number[]): number[] {
  return [...ascii(name), ...uint(data.length, 4), ...data];
}

export function track(events: readonly Event[]): number[] {
  return chunk(
    'MTrk',
    events.flatMap(([delta, ...bytes]) => [...varint(delta), ...bytes]),
  );
}

/** A file of the given tracks, format 1, 100 ticks per quarter note (so 0.005 s a tick at 120 qpm) unless told otherwise. */
export function smf(tracks: readonly (readonly Event[])[], { division = 100, format = 1 } = {}): Uint8Array {
  const header = chunk('MThd', [...uint(format, 2), ...uint(tracks.length, 2), ...uint(division, 2)]);
  return Uint8Array.from([...header, ...tracks.flatMap(track)]);
}

export function meta(type: number, ...data: number[]): number[] {
  return [0xff, type, ...varint(data.length), ...data];
}

export const END: Event = [0, 0xff, 0x2f, 0];
/** A tempo in microseconds per quarter note. */
export const tempo = (microseconds: number): number[] => meta(0x51, ...uint(microseconds, 3));
/** A time signature whose denominator is 2^exponent. */
export const metre = (numerator: number, exponent: number): number[] => meta(0x58, numerator, exponent, 24, 8);
/** A key signature; flats are negative. */
export const keySignature = (sharps: number, minor = 0): number[] => meta(0x59, (sharps + 256) % 256, minor);
export const name = (text: string): number[] => meta(0x03, ...ascii(text));
