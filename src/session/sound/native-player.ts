// A player of sound by the optional package @echogarden/audio-io: 16-bit stereo on standard input goes to the system's own audio. It is a
// process of its own, since the package is native code that waits for devices: whatever becomes of it, the jam goes on, and it can be ended.
// Started by the table in players.ts: node native-player.js RATE MILLISECONDS. It says "begun", "delay SECONDS" and "dry" on standard error.

import { createRequire } from 'node:module';
import { argv, exit, stderr, stdin } from 'node:process';
import { pathToFileURL } from 'node:url';

/** What mst uses of the package. */
interface AudioIo {
  createAudioOutput(
    config: { sampleRate: number; channelCount: number; bufferDuration: number },
    fill: (samples: Int16Array) => void,
  ): Promise<unknown>;
}

const PACKAGE = '@echogarden/audio-io';
const CHANNELS = 2;
/** Seconds that may wait here; of more the oldest are left out. */
const MOST_SECONDS = 2;
/** How often it says how late it is. */
const NEWS_MS = 50;

const rate = Number(argv[2]);
const buffer = Number(argv[3]);
const waiting = new Int16Array(rate * CHANNELS * MOST_SECONDS);
let read = 0;
let written = 0;
/** The odd byte of a sample that came in two pieces. */
let half: number | undefined;
let said = Number.NEGATIVE_INFINITY;
let wasDry = true;

const say = (text: string): void => {
  stderr.write(`${text}\n`);
};

function take(bytes: Uint8Array): void {
  for (const byte of bytes) {
    if (half === undefined) {
      half = byte;
      continue;
    }
    waiting[written++ % waiting.length] = (byte << 8) | half;
    half = undefined;
  }
  if (written - read > waiting.length) read = written - waiting.length;
}

/** The device asks for the next samples; half of what it holds is played by then at the latest. */
function fill(samples: Int16Array): void {
  const now = performance.now();
  const count = Math.min(samples.length, (written - read) & ~1);
  for (let k = 0; k < count; k++) samples[k] = waiting[read++ % waiting.length] as number;
  const dry = count < samples.length;
  if (dry && !wasDry && written > 0) say('dry');
  wasDry = dry;
  if (dry || now - said < NEWS_MS) return;
  said = now;
  const held = 2 * samples.length + (written - read);
  say(`delay ${(held / CHANNELS / rate).toFixed(6)}`);
}

stdin.on('data', take);
stdin.on('end', () => exit(0));
stdin.on('error', () => exit(0));
try {
  // As an optional package it need not be there.
  const path = createRequire(import.meta.url).resolve(PACKAGE);
  const { createAudioOutput } = (await import(pathToFileURL(path).href)) as AudioIo;
  await createAudioOutput({ sampleRate: rate, channelCount: CHANNELS, bufferDuration: buffer }, fill);
  say('begun');
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  say(code === 'MODULE_NOT_FOUND' ? `The package ${PACKAGE} is not installed.` : message);
  exit(1);
}
