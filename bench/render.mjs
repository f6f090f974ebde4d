// Renders every MIDI file of a folder with the sounds of mst, without writing it, and says how many times faster than it sounds, on one
// core; and checks each: that it does not clip, that it is never silent while notes sound, that it lasts as long as its notes do.
// run: npm run bench -- render FOLDER [--first N] [--mp3]
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { RATE } from '../dist/audio/performance.js';
import { renderMidi } from '../dist/audio/render.js';
import { openSoundFont, ownSoundFont } from '../dist/audio/soundfont.js';
import { Spool } from '../dist/audio/spool.js';
import { readMidi } from '../dist/music/midi-to-note-sequence.js';
import { midiFiles } from './support/midi-files.mjs';

const { values, positionals } = parseArgs({
  options: { first: { type: 'string' }, mp3: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Give a folder of MIDI files.');
const files = midiFiles(folder).slice(0, values.first === undefined ? undefined : Number(values.first));
const font = await openSoundFont(ownSoundFont());
const WINDOW = 0.1; // seconds
const SILENT = 10 ** (-70 / 20);

/** Windows that lie wholly within a note that can be heard, and are silent. */
function silentWindows(levels, { notes, controlChanges }) {
  const quiet = new Set(
    controlChanges.filter(({ controlNumber }) => controlNumber === 7 || controlNumber === 11).map(({ instrument }) => instrument),
  );
  let silent = 0;
  for (const { startTime, endTime, velocity, instrument, isDrum } of notes) {
    if (velocity < 20 || isDrum || quiet.has(instrument)) continue;
    // Struck and plucked tones may die away before their key is let go.
    const end = Math.min(endTime, startTime + 0.5);
    for (let w = Math.ceil((startTime + 0.02) / WINDOW); (w + 1) * WINDOW <= end; w++) if ((levels[w] ?? 0) < SILENT) silent++;
  }
  return silent;
}

let [seconds, busy, faults] = [0, 0, 0];
for (const file of files) {
  const bytes = readFileSync(join(folder, file));
  const path = join(tmpdir(), `mst-bench-${process.pid}.spool`);
  const spool = new Spool(path);
  const levels = [];
  let [peak, frames, headerLeft] = [0, 0, values.mp3 ? Number.POSITIVE_INFINITY : undefined];
  const before = process.cpuUsage();
  let checking = 0;
  const made = await renderMidi(
    bytes,
    (part) => {
      const began = performance.now();
      if (headerLeft === undefined) headerLeft = part.length;
      else if (!values.mp3) {
        const samples = new Int16Array(part.buffer, part.byteOffset, part.length / 2);
        for (let i = 0; i < samples.length; i += 2, frames++) {
          const level = Math.max(Math.abs(samples[i]), Math.abs(samples[i + 1])) / 32_768;
          peak = Math.max(peak, level);
          const window = Math.floor(frames / RATE / WINDOW);
          levels[window] = Math.max(levels[window] ?? 0, level);
        }
      }
      checking += performance.now() - began;
    },
    { font, format: values.mp3 ? 'mp3' : 'wav', store: spool, signal: new AbortController().signal },
  ).finally(() => spool.close());
  rmSync(path, { force: true });
  const used = process.cpuUsage(before);
  busy += (used.user + used.system) / 1e6 - checking / 1000;
  seconds += made.seconds;
  if (values.mp3) continue;
  const { sequence } = readMidi(bytes);
  const problems = [
    ...(peak > 0.9 ? [`peak ${peak.toFixed(3)}`] : []),
    ...(made.seconds < sequence.totalTime - 0.05 ? [`${made.seconds.toFixed(2)} s of ${sequence.totalTime.toFixed(2)} s`] : []),
    ...(made.seconds > sequence.totalTime + 12 ? [`${(made.seconds - sequence.totalTime).toFixed(1)} s after the last note`] : []),
    ...[silentWindows(levels, sequence)].filter((count) => count > 0).map((count) => `${count} silent moments`),
  ];
  if (problems.length > 0) console.log(`${file}: ${problems.join(', ')}`);
  faults += problems.length > 0 ? 1 : 0;
}
console.log(
  `${files.length} files, ${(seconds / 60).toFixed(1)} min of music in ${busy.toFixed(1)} s of processor time: ${(seconds / busy).toFixed(1)} times real time`,
);
if (!values.mp3) console.log(`${faults} with something to look at`);
