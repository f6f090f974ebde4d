// The way to this machine's loudspeaker: which player is used, how late it says it is, how often sound breaks off, and, where PulseAudio or
// PipeWire lets parec record what the default output plays, how far each of the clicks was from its beat in that recording. A monitor hears
// sound when the server mixes it, which is up to one of its periods before the loudspeaker does; how much the clicks differ is exact.
// run: npm run bench -- sound            (half a minute; --clicks 100: longer)
import { spawn, spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ownSoundFont } from '../dist/audio/soundfont-places.js';
import { SessionTime } from '../dist/session/clock/session-time.js';
import { Speaker } from '../dist/session/sound/speaker.js';
import { machine } from './support/figures.mjs';

const { values } = parseArgs({ options: { clicks: { type: 'string', default: '40' } } });
const CLICKS = Number(values.clicks);
const SPACING = 0.5;
const RATE = 44_100;
/** Of full scale, in samples of 16 bits: a click has begun. */
const LEVEL = 1500;
const WOOD_BLOCK = 76;

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const time = new SessionTime();

/** Records the monitor of the default output, if there is one. */
function startRecorder() {
  if (spawnSync('parec', ['--version'], { stdio: 'ignore' }).status !== 0) return undefined;
  const words = ['--device=@DEFAULT_MONITOR@', '--raw', '--format=s16le', `--rate=${RATE}`, '--channels=1', '--latency-msec=10'];
  const child = spawn('parec', words, { stdio: ['ignore', 'pipe', 'ignore'] });
  const chunks = [];
  child.stdout.on('data', (bytes) => chunks.push({ at: time.now(), bytes }));
  return { child, chunks };
}

/** Seconds of session time at which clicks begin in the recording, as the earliest of its pieces tell the time. */
function recordedClicks({ chunks }, from) {
  const pcm = Buffer.concat(chunks.map(({ bytes }) => bytes));
  let samples = 0;
  let zero = Number.POSITIVE_INFINITY;
  for (const { at, bytes } of chunks) {
    samples += bytes.length / 2;
    if (at > from) zero = Math.min(zero, at - samples / RATE);
  }
  const found = [];
  for (let k = 0, quiet = RATE; k < pcm.length >> 1; k++, quiet++) {
    if (Math.abs(pcm.readInt16LE(2 * k)) < LEVEL) continue;
    if (quiet > RATE / 10) found.push(zero + k / RATE);
    quiet = 0;
  }
  return found;
}

const recorder = startRecorder();
await pause(recorder === undefined ? 0 : 1);
const began = time.now();
const data = { soundFont: ownSoundFont(), volume: 1, latency: undefined, programs: {} };
const speaker = new Speaker(time, data, { changed() {}, notice: (text) => console.log(text) });
const state = await speaker.opened;
const took = time.now() - began;
if (!state.on) {
  await speaker.end();
  recorder?.child.kill();
  console.log(`${state.problem}\n${state.hint}`);
  process.exit(1);
}
const first = time.now() + 1;
const beats = Array.from({ length: CLICKS }, (_, k) => first + k * SPACING);
for (const beat of beats) {
  await pause(Math.max(0, beat - time.now() - 0.3));
  speaker.schedule(beat, 'click', [0x99, WOOD_BLOCK, 110]);
  speaker.schedule(beat + 0.05, 'click', [0x89, WOOD_BLOCK, 0]);
}
await pause(1);
const { latency, name, through } = speaker.state;
await speaker.end();
console.log(`${machine()}\n${name} (${through}): ${(latency * 1000).toFixed(0)} ms late; open after ${(took * 1000).toFixed(0)} ms`);
recorder?.child.kill();
const found = recorder === undefined ? [] : recordedClicks(recorder, first - 0.5);
if (found.length === 0) console.log('No recording of what was played could be made (parec and a monitor are needed).');
else {
  const errors = beats
    .flatMap((beat) => {
      const heard = found.find((at) => Math.abs(at - beat) < SPACING / 2);
      return heard === undefined ? [] : [(heard - beat) * 1000];
    })
    .sort((a, b) => a - b);
  const middle = errors[errors.length >> 1];
  const off = errors.map((error) => Math.abs(error - middle)).sort((a, b) => a - b);
  const at = (share) => off[Math.min(off.length - 1, Math.floor(share * off.length))].toFixed(1);
  console.log(`recorded ${errors.length} of ${CLICKS} clicks, in the middle ${middle.toFixed(1)} ms from their beats;`);
  console.log(`from that: half within ${at(0.5)} ms, 99% within ${at(0.99)} ms, all within ${at(1)} ms`);
}
