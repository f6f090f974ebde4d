// Single MIDI messages, as ports deliver them: one message, its status byte first.

export type MidiMessage =
  | { readonly type: 'note-on'; readonly channel: number; readonly pitch: number; readonly velocity: number }
  | { readonly type: 'note-off'; readonly channel: number; readonly pitch: number }
  | { readonly type: 'controller'; readonly channel: number; readonly controller: number; readonly value: number }
  /** Timing clock, start, continue, stop. */
  | { readonly type: 'clock' | 'start' | 'continue' | 'stop' }
  /** Where in its song a machine that stands still is, in quarter notes. */
  | { readonly type: 'position'; readonly quarter: number }
  /** What says only that the cable is in. */
  | { readonly type: 'sensing' }
  /** Anything else; recorded and passed on, but it means nothing here. */
  | { readonly type: 'other' };

export const SUSTAIN_PEDAL = 64;
export const DRUM_CHANNEL = 9;
export const CLOCK_START = 0xfa;
export const CLOCK_CONTINUE = 0xfb;
export const CLOCK_STOP = 0xfc;
export const ALL_SOUND_OFF = 120;
export const ALL_NOTES_OFF = 123;

const SONG_POSITION = 0xf2;
/** Sixteenths, in which a song position is counted. */
const POSITIONS_PER_QUARTER = 4;

const REAL_TIME = { 248: 'clock', 250: 'start', 251: 'continue', 252: 'stop', 254: 'sensing' } as const;

/** What a message says. A note-on with velocity 0 is a note-off. Never throws: what is no message is `other`. */
export function readMessage(bytes: readonly number[]): MidiMessage {
  const [status = 0, first = 0, second = 0] = bytes;
  if (status === SONG_POSITION && bytes.length === 3 && first < 128 && second < 128) {
    return { type: 'position', quarter: (first + (second << 7)) / POSITIONS_PER_QUARTER };
  }
  if (status >= 0xf0) return { type: REAL_TIME[status as keyof typeof REAL_TIME] ?? 'other' };
  if (bytes.length !== 3 || first > 127 || second > 127) return { type: 'other' };
  const channel = status & 0xf;
  switch (status >> 4) {
    case 0x9:
      return second === 0 ? { type: 'note-off', channel, pitch: first } : { type: 'note-on', channel, pitch: first, velocity: second };
    case 0x8:
      return { type: 'note-off', channel, pitch: first };
    case 0xb:
      return { type: 'controller', channel, controller: first, value: second };
    default:
      return { type: 'other' };
  }
}

/** Data bytes after the status bytes 0x80, 0x90, ... 0xe0. */
const DATA_BYTES = [2, 2, 2, 2, 1, 1, 2];

/** Whether bytes are one whole message that an instrument can be sent: of a channel, or a system exclusive one. */
export function isWhole(bytes: readonly number[]): boolean {
  const [status = 0, ...data] = bytes;
  if (status === 0xf0) return data.at(-1) === 0xf7 && data.slice(0, -1).every((byte) => byte < 128);
  return status >= 0x80 && status < 0xf0 && data.length === DATA_BYTES[(status >> 4) - 8] && data.every((byte) => byte >= 0 && byte < 128);
}

/** Bytes of a note's beginning; velocity 1..127. */
export function noteOn(channel: number, pitch: number, velocity: number): number[] {
  return [0x90 | channel, pitch, velocity];
}

export function noteOff(channel: number, pitch: number): number[] {
  return [0x80 | channel, pitch, 0];
}

export function programChange(channel: number, program: number): number[] {
  return [0xc0 | channel, program];
}

/** Ends everything on a channel, on instruments that listen to such things. */
export function silence(channel: number): number[][] {
  return [
    [0xb0 | channel, SUSTAIN_PEDAL, 0],
    [0xb0 | channel, ALL_NOTES_OFF, 0],
    [0xb0 | channel, ALL_SOUND_OFF, 0],
  ];
}

/** Whether a message is one of those. */
export function isSilence(bytes: readonly number[]): boolean {
  const [status = 0, controller = 0, value = 0] = bytes;
  return (status & 0xf0) === 0xb0 && value === 0 && [SUSTAIN_PEDAL, ALL_NOTES_OFF, ALL_SOUND_OFF].includes(controller);
}

/** Two hexadecimal digits a byte. */
export function toHex(bytes: readonly number[]): string {
  return bytes.map((byte) => (byte & 0xff).toString(16).padStart(2, '0')).join('');
}

/** The bytes of `toHex`, or undefined for what is no such text. */
export function fromHex(text: string): number[] | undefined {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) return undefined;
  return Array.from({ length: text.length / 2 }, (_, k) => Number.parseInt(text.slice(2 * k, 2 * k + 2), 16));
}
