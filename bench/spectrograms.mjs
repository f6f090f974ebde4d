// Pictures of every voice to judge by eye: clicks are vertical lines, aliases lines that cross the others, dead loops stripes all alike.
// Each strip is one voice: notes from low to high, held 1.2 s and let go, without effects; 30 Hz to 20 kHz upwards, 90 dB from white to black.
// run: npm run bench -- spectrograms [FOLDER] [--soundfont FILE]        (about 30 s; writes FOLDER/voices-1.png …, by default ./spectrograms)
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findSoundFont, openSoundFont } from '../dist/audio/soundfont.js';
import { kit } from '../dist/audio/synthesis/kit.js';
import { programs } from '../dist/audio/synthesis/programs.js';
import { BLOCK, Synthesizer } from '../dist/audio/synthesizer.js';
import { textPixels } from '../dist/view/pixel-font.js';
import { encodePng } from '../dist/view/png.js';
import { powerSpectrum } from './support/fft.mjs';

const { values, positionals } = parseArgs({ options: { soundfont: { type: 'string' } }, allowPositionals: true });
const folder = resolve(positionals[0] ?? 'spectrograms');
const font = await openSoundFont(findSoundFont(values.soundfont, process.cwd()));

const RATE = 44_100;
const KEYS = [33, 45, 57, 69, 81, 93];
const [HELD, LENGTH] = [1.2, 1.6]; // seconds
const [COLUMNS, ROWS, STRIPS] = [170, 170, 6]; // pixels of a note, and strips on a sheet
const [LOWEST, HIGHEST, RANGE_DB] = [30, 20_000, 90];
const SIZE = 4096;

/** One note, mono, without effects. */
function play({ program, channel, key, velocity }) {
  const synthesizer = new Synthesizer(font, { rate: RATE, effects: false });
  const frames = Math.ceil((LENGTH * RATE) / BLOCK) * BLOCK;
  const [left, right] = [new Float32Array(frames), new Float32Array(frames)];
  synthesizer.send([0xc0 | channel, program]);
  synthesizer.send([0x90 | channel, key, velocity]);
  for (let at = 0; at < frames; at += BLOCK) {
    if (at < HELD * RATE && at + BLOCK >= HELD * RATE) synthesizer.send([0x80 | channel, key, 0]);
    synthesizer.render(left, right, at);
  }
  return left.map((value, i) => value + right[i]);
}

/** Decibels by column and row, the highest row first. */
function spectrogram(samples) {
  const hop = Math.floor(samples.length / COLUMNS);
  return Array.from({ length: COLUMNS }, (_, column) => {
    const power = powerSpectrum(samples, column * hop - SIZE / 2, SIZE);
    return Array.from({ length: ROWS }, (_, row) => {
      const hertz = (r) => HIGHEST * (LOWEST / HIGHEST) ** (r / ROWS);
      const [low, high] = [(hertz(row + 1) * SIZE) / RATE, (hertz(row) * SIZE) / RATE];
      let most = 0;
      for (let bin = Math.floor(low); bin <= Math.max(Math.floor(low), Math.ceil(high) - 1); bin++) most = Math.max(most, power[bin] ?? 0);
      return 10 * Math.log10(most + 1e-30);
    });
  });
}

const strips = programs
  .map(([name, voice], program) => ({ name: voice, title: `${voice} (${name})`, program }))
  .filter(({ name }, i, all) => all.findIndex((other) => other.name === name) === i)
  .map(({ title, program }) => ({ title, notes: KEYS.map((key) => ({ program, channel: 0, key, velocity: 100 })) }));
const drums = kit.map(({ at }) => ({ program: 0, channel: 9, key: at, velocity: 110 }));
for (let i = 0; i < drums.length; i += KEYS.length) {
  strips.push({
    title: `drums ${drums
      .slice(i, i + KEYS.length)
      .map(({ key }) => key)
      .join(' ')}`,
    notes: drums.slice(i, i + KEYS.length),
  });
}

mkdirSync(folder, { recursive: true });
for (let first = 0, sheet = 1; first < strips.length; first += STRIPS, sheet++) {
  const shown = strips.slice(first, first + STRIPS);
  const [width, height] = [COLUMNS * KEYS.length, (ROWS + 12) * shown.length];
  const pixels = new Uint8Array(width * height * 3).fill(255);
  const dot = (x, y, value) => pixels.fill(value, (y * width + x) * 3, (y * width + x) * 3 + 3);
  for (const [k, { title, notes }] of shown.entries()) {
    const top = k * (ROWS + 12);
    for (const [x, y] of textPixels(title)) dot(x + 4, top + y + 2, 0);
    for (const [n, note] of notes.entries()) {
      const picture = spectrogram(play(note));
      const loudest = Math.max(...picture.flat());
      for (const [column, cells] of picture.entries()) {
        for (const [row, decibels] of cells.entries()) {
          dot(n * COLUMNS + column, top + 12 + row, Math.round(Math.min(255, Math.max(0, ((loudest - decibels) / RANGE_DB) * 255))));
        }
      }
    }
  }
  const path = join(folder, `voices-${sheet}.png`);
  writeFileSync(path, encodePng({ width, height, pixels }));
  console.log(`${path}: ${shown.map(({ title }) => title.split(' ')[0]).join(', ')}`);
}
