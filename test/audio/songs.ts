// Small MIDI files, written byte by byte.

/** Ticks of a quarter note; at 120 quarters a minute a tick is 1/960 s. */
export const TICKS = 480;

export interface Played {
  readonly start: number;
  readonly end: number;
  readonly key: number;
  readonly velocity?: number;
  readonly channel?: number;
}

/** A format 0 file; times are ticks. `program` goes to channel 0. */
export function midiFile(
  notes: readonly Played[],
  { program = 0, before = [] }: { program?: number; before?: readonly number[] } = {},
): Uint8Array {
  const events = notes.flatMap(({ start, end, key, velocity = 100, channel = 0 }) => [
    { tick: start, order: 1, bytes: [0x90 | channel, key, velocity] },
    { tick: end, order: 0, bytes: [0x80 | channel, key, 0] },
  ]);
  events.sort((a, b) => a.tick - b.tick || a.order - b.order);
  const body = [0, 0xc0, program, ...before];
  let last = 0;
  for (const { tick, bytes } of events) {
    body.push(...variable(tick - last), ...bytes);
    last = tick;
  }
  body.push(0, 0xff, 0x2f, 0);
  return Uint8Array.from([
    ...text('MThd'),
    0,
    0,
    0,
    6,
    0,
    0,
    0,
    1,
    TICKS >> 8,
    TICKS & 255,
    ...text('MTrk'),
    ...long(body.length),
    ...body,
  ]);
}

function variable(value: number): number[] {
  const bytes = [value & 127];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 127) | 128);
  return bytes;
}

function long(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
}

function text(letters: string): number[] {
  return [...letters].map((letter) => letter.charCodeAt(0));
}
