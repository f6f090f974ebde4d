// The programs that can play sound, as a table: how each is started, and what it says of itself while it plays. All take 16-bit stereo
// from their standard input. A player that is not installed, or finds no device, ends at once, and the next one is tried.

import { fileURLToPath } from 'node:url';

/** What a player says of itself. */
export type PlayerNews =
  /** It plays what it is given from now on. */
  | { readonly type: 'begun' }
  /** What it is given now is heard after so many seconds. */
  | { readonly type: 'delay'; readonly seconds: number }
  /** Its own clock, at a time of the system's monotonic clock in nanoseconds. */
  | { readonly type: 'clock'; readonly at: bigint; readonly seconds: number }
  /** It holds so many frames while it plays. */
  | { readonly type: 'holds'; readonly frames: number }
  /** It had nothing to play. */
  | { readonly type: 'dry' };

export interface PlayerKind {
  /** As messages call it. */
  readonly name: string;
  /** Whose sound it is. */
  readonly through: string;
  readonly command: string;
  /** @param buffer seconds of sound it may hold */
  readonly args: (rate: number, buffer: number) => readonly string[];
  /** Times `buffer` that it is given ahead. */
  readonly ahead: number;
  /** Seconds from its taking a frame until that is heard, as far as is known beforehand. */
  readonly beyond: number;
  /** What a line of its talk says. */
  readonly hear: (line: string) => PlayerNews | undefined;
}

const FRAME_BYTES = 4;
const milliseconds = (seconds: number): number => Math.round(seconds * 1000);
const microseconds = (seconds: number): number => Math.round(seconds * 1e6);

const BEGUN: PlayerNews = { type: 'begun' };
const DRY: PlayerNews = { type: 'dry' };

/** Tells PulseAudio, and PipeWire by its own copy of it. */
const pacat: PlayerKind = {
  name: 'pacat',
  through: 'PulseAudio or PipeWire',
  command: 'pacat',
  args: (rate, buffer) => [
    '--playback',
    '--verbose',
    '--raw',
    '--format=s16le',
    `--rate=${rate}`,
    '--channels=2',
    `--latency-msec=${milliseconds(buffer)}`,
    '--client-name=mst',
    '--stream-name=mst session',
  ],
  ahead: 1,
  beyond: 0.01,
  hear(line) {
    if (line.startsWith('Stream started')) return BEGUN;
    if (line.startsWith('Stream underrun')) return DRY;
    const [, latency] = /Latency: (\d+) usec/.exec(line) ?? [];
    // Before it plays, and where it has nothing, it says 0.
    if (latency !== undefined) return latency === '0' ? undefined : { type: 'delay', seconds: Number(latency) / 1e6 };
    const [, most, least] = /tlength=(\d+), prebuf=(\d+)/.exec(line) ?? [];
    if (most === undefined || least === undefined) return undefined;
    return { type: 'holds', frames: Math.round((Number(most) + Number(least)) / 2 / FRAME_BYTES) };
  },
};

const hearPipeWire = (line: string): PlayerNews | undefined => {
  if (/ -> streaming\b/.test(line)) return BEGUN;
  const [, now, numerator, denominator, ticks] = /^stream time: now:(\d+) rate:(\d+)\/(\d+) ticks:(\d+)/.exec(line) ?? [];
  if (now === undefined || now === '0') return undefined;
  return { type: 'clock', at: BigInt(now), seconds: (Number(ticks) * Number(numerator)) / Number(denominator) };
};

/** Without a terminal pw-cat would keep what it says to itself; stdbuf has it say each line at once. */
const pwCat = (name: string, more: readonly string[]): PlayerKind => ({
  name,
  through: 'PipeWire',
  command: 'stdbuf',
  args: (rate, buffer) => [
    '--output=L',
    'pw-cat',
    '--playback',
    '--verbose',
    ...more,
    '--format=s16',
    `--rate=${rate}`,
    '--channels=2',
    `--latency=${milliseconds(buffer / 2)}ms`,
    '-',
  ],
  ahead: 1,
  beyond: 0.02,
  hear: hearPipeWire,
});

/** The optional package @echogarden/audio-io, which knows CoreAudio, Windows and ALSA, in a process of its own. */
const native: PlayerKind = {
  name: 'audio-io',
  through: { darwin: 'CoreAudio', win32: 'Windows' }[process.platform as string] ?? 'ALSA',
  command: process.execPath,
  args: (rate, buffer) => [nativeScript(), String(rate), String(milliseconds(buffer / 2))],
  ahead: 0.5,
  beyond: 0.02,
  hear(line) {
    if (line === 'begun') return BEGUN;
    if (line === 'dry') return DRY;
    const [, seconds] = /^delay (\d+\.\d+)$/.exec(line) ?? [];
    return seconds === undefined ? undefined : { type: 'delay', seconds: Number(seconds) };
  },
};

const aplay: PlayerKind = {
  name: 'aplay',
  through: 'ALSA',
  command: 'aplay',
  args: (rate, buffer) => [
    '--verbose',
    '--file-type=raw',
    '--format=S16_LE',
    `--rate=${rate}`,
    '--channels=2',
    `--buffer-time=${microseconds(buffer)}`,
    `--period-time=${microseconds(buffer / 4)}`,
  ],
  // It begins when its buffer is full; what is more waits before it.
  ahead: 1.25,
  beyond: 0,
  hear(line) {
    if (/^\s*boundary\s*:/.test(line)) return BEGUN;
    if (line.startsWith('underrun')) return DRY;
    const [, frames] = /^\s*buffer_size\s*:\s*(\d+)/.exec(line) ?? [];
    return frames === undefined ? undefined : { type: 'holds', frames: Math.round(Number(frames) * 1.25) };
  },
};

const sox: PlayerKind = {
  name: 'sox',
  through: 'SoX',
  command: 'sox',
  args: (rate, buffer) => [
    '--show-progress',
    '--buffer',
    String(Math.round((rate * FRAME_BYTES * buffer) / 4)),
    ...['--type', 'raw', '--encoding', 'signed', '--bits', '16', '--endian', 'little', '--channels', '2', '--rate', String(rate), '-'],
    '--default-device',
  ],
  ahead: 2,
  beyond: 0,
  hear: (line) => (line.startsWith('In:') ? BEGUN : undefined),
};

const ffplay: PlayerKind = {
  name: 'ffplay',
  through: 'SDL',
  command: 'ffplay',
  args: (rate) => [
    ...['-hide_banner', '-nodisp', '-autoexit', '-stats', '-fflags', 'nobuffer', '-flags', 'low_delay', '-probesize', '32'],
    ...['-analyzeduration', '0', '-f', 's16le', '-ar', String(rate), '-ac', '2', '-i', 'pipe:0'],
  ],
  ahead: 3,
  // It says that it begins a moment after it does.
  beyond: -0.02,
  hear: (line) => (/^\s*\d+\.\d+ M-A:/.test(line) ? BEGUN : undefined),
};

function nativeScript(): string {
  const compiled = import.meta.url.endsWith('.ts') ? '../../../dist/session/sound/native-player.js' : './native-player.js';
  return fileURLToPath(new URL(compiled, import.meta.url));
}

/** The players of a system, those first that know best how late they are. */
export function playersOf(system: string): readonly PlayerKind[] {
  // Newer ones want to be told that what comes is raw, older ones do not know the word.
  if (system === 'linux') return [pacat, pwCat('pw-cat', ['--raw']), pwCat('pw-cat', []), native, aplay, sox, ffplay];
  return system === 'darwin' || system === 'win32' ? [native, sox, ffplay] : [pacat, sox, ffplay];
}
