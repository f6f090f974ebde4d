// Learns the weights that find the melody among the tracks of a song, and prints how often they do on songs they were not learned from.
//   npm run build && node scripts/learn-melody-track.mjs [--write] FOLDER...
// A FOLDER of MIDI files counts where its track names say which track is the melody: MELODY, Lead_Square and such; in a folder whose files
// have two nameless tracks (tune and chords) it is the first. Every other song in the order of names is learned from, the rest tests.
// The model: a softmax over the tracks of a song (rank), and a logistic regression over single tracks (melodic), both with an L2 penalty;
// every folder weighs as the root of its number of songs; every song is learned from with its names and without them.
// --write puts the weights into src/extraction/track-weights.ts. The weights shipped were learned from POP909 (001-200, main
// arrangements), Yubatake's and Avgvst's game music from OpenGameArt, and the Nottingham collection: none of their notes are kept here.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findBars } from '../dist/extraction/bars.js';
import { rankTracks } from '../dist/extraction/rank-tracks.js';
import { songTracks } from '../dist/extraction/song-tracks.js';
import { FEATURE_NAMES } from '../dist/extraction/track-features.js';
import { midiToNoteSequence } from '../dist/music/midi-to-note-sequence.js';

const PENALTY = 0.001;
const ROUNDS = 4000;
const IS_MELODY = /^(melody|lead_\w+|lead vocals?|vocals?|solo vox|lead guitar( \d)?)$/i;
const IS_MELODIC = /^bridge$/i;
const IS_NONE = /bass|piano|perc|drum|chord|accomp|pad|strings|rhythm/i;

/** The songs of a folder: for every track its features, whether it is the melody, and whether it is a melody (undefined: who knows). */
function readFolder(folder) {
  const songs = [];
  for (const file of readdirSync(folder, { recursive: true }).sort()) {
    if (!/\.midi?$/i.test(file)) continue;
    let sequence;
    try {
      sequence = midiToNoteSequence(readFileSync(join(folder, file)));
    } catch {
      continue;
    }
    const { tracks, beats, offset } = songTracks(sequence);
    const candidates = rankTracks(tracks, findBars(sequence.timeSignatures, beats, offset, tracks));
    const nameless = candidates.length === 2 && candidates.every(({ track }) => track.name === '');
    const rows = candidates.map(({ track, features, line }) => {
      const melody = nameless ? track.instrument === 0 : IS_MELODY.test(track.name);
      const melodic = melody || IS_MELODIC.test(track.name) ? true : nameless || IS_NONE.test(track.name) ? false : undefined;
      return { features: [...features], melody, melodic, notes: line.pitches.length };
    });
    if (rows.length > 1 && rows.some(({ melody }) => melody)) songs.push({ file, rows });
  }
  return songs;
}

const nameless = (row) => ({ ...row, features: row.features.map((x, k) => (k < 2 ? 0 : x)) });
const hidden = (song) => ({ ...song, rows: song.rows.map(nameless) });

const scores = (rows, weights) => rows.map(({ features }) => features.reduce((sum, x, k) => sum + x * weights[k], 0));

/** Gradient descent with momentum on a loss whose gradient at `weights` is added up by `add(gradient)`. */
function descend(size, add, penalised) {
  const weights = new Float64Array(size);
  const speed = new Float64Array(size);
  for (let round = 0; round < ROUNDS; round++) {
    const gradient = new Float64Array(size);
    add(weights, gradient);
    for (let k = 0; k < size; k++) {
      speed[k] = 0.9 * speed[k] - 0.05 * (gradient[k] + (k < penalised ? PENALTY * weights[k] : 0));
      weights[k] += speed[k];
    }
  }
  return [...weights];
}

/** One of the melodies of a song against all its tracks. */
function learnRank(songs) {
  const total = songs.reduce((sum, { weight }) => sum + weight, 0);
  return descend(
    FEATURE_NAMES.length,
    (weights, gradient) => {
      for (const { rows, weight } of songs) {
        const raw = scores(rows, weights);
        const high = Math.max(...raw);
        const e = raw.map((x) => Math.exp(x - high));
        const all = e.reduce((a, b) => a + b, 0);
        const melodies = e.reduce((sum, x, i) => sum + (rows[i].melody ? x : 0), 0);
        rows.forEach(({ features, melody }, i) => {
          const slope = (weight / total) * (e[i] / all - (melody ? e[i] / melodies : 0));
          for (let k = 0; k < features.length; k++) gradient[k] += slope * features[k];
        });
      }
    },
    FEATURE_NAMES.length,
  );
}

function learnMelodic(songs) {
  const rows = songs.flatMap(({ rows, weight }) => rows.filter((row) => row.melodic !== undefined).map((row) => ({ ...row, weight })));
  const sumOf = (kind) => rows.reduce((sum, row) => sum + (row.melodic === kind ? row.weight : 0), 0);
  const totals = { true: sumOf(true), false: sumOf(false) };
  return descend(
    FEATURE_NAMES.length + 1,
    (weights, gradient) => {
      for (const { features, melodic, weight } of rows) {
        const score = features.reduce((sum, x, k) => sum + x * weights[k], weights[features.length]);
        const slope = (weight / totals[melodic] / 2) * (1 / (1 + Math.exp(-score)) - (melodic ? 1 : 0));
        for (let k = 0; k < features.length; k++) gradient[k] += slope * features[k];
        gradient[features.length] += slope;
      }
    },
    FEATURE_NAMES.length,
  );
}

function accuracy(songs, weights) {
  const right = songs.filter(({ rows }) => {
    const raw = scores(rows, weights);
    return rows[raw.indexOf(Math.max(...raw))].melody;
  });
  return `${right.length} of ${songs.length} (${((100 * right.length) / Math.max(1, songs.length)).toFixed(1)}%)`;
}

const folders = process.argv.slice(2).filter((word) => word !== '--write');
if (folders.length === 0) {
  console.error('usage: node scripts/learn-melody-track.mjs [--write] FOLDER...');
  process.exit(2);
}
const corpora = folders.map((folder) => ({ name: basename(folder), songs: readFolder(folder) }));
const learned = corpora.flatMap(({ songs }) => {
  const half = songs.filter((_, i) => i % 2 === 0);
  return half.flatMap((song) => [song, hidden(song)].map((kind) => ({ ...kind, weight: 1 / Math.sqrt(half.length) })));
});
const rank = learnRank(learned);
const melodicAndBias = learnMelodic(learned);
const melodic = melodicAndBias.slice(0, -1);
const [bias] = melodicAndBias.slice(-1);

console.log('the melody is the first of the ranking, in songs not learned from:');
for (const { name, songs } of corpora) {
  const test = songs.filter((_, i) => i % 2 === 1);
  console.log(`  ${name}: with names ${accuracy(test, rank)}, without ${accuracy(test.map(hidden), rank)}`);
  const missed = test.map(hidden).filter((song) => accuracy([song], rank).startsWith('0'));
  if (missed.length > 0)
    console.log(
      `    missed: ${missed
        .map(({ file }) => file)
        .slice(0, 20)
        .join(' ')}`,
    );
  const rows = test.flatMap(({ rows }) => rows.map(nameless)).filter((row) => row.melodic !== undefined);
  const right = rows.filter(({ features, melodic: is }) => features.reduce((sum, x, k) => sum + x * melodic[k], bias) > 0 === is);
  console.log(`    melody or not, track by track without names: ${right.length} of ${rows.length}`);
}
console.log('\nweights (rank, melodic):');
for (const [k, name] of FEATURE_NAMES.entries()) {
  console.log(`  ${name.padEnd(20)} ${rank[k].toFixed(3).padStart(7)} ${melodic[k].toFixed(3).padStart(7)}`);
}

if (process.argv.includes('--write')) {
  const round = (x) => Number(x.toFixed(3));
  const rows = FEATURE_NAMES.map((name, k) => `  { feature: '${name}', rank: ${round(rank[k])}, melodic: ${round(melodic[k])} },`);
  writeFileSync(
    new URL('../src/extraction/track-weights.ts', import.meta.url),
    `// How much each feature of a track says for its being the melody. Made by scripts/learn-melody-track.mjs, which says from what; not by hand.
import type { FeatureName } from './track-features.js';

interface FeatureWeight {
  readonly feature: FeatureName;
  /** Among the tracks of a song. */
  readonly rank: number;
  /** For being a melody at all. */
  readonly melodic: number;
}

/** In the order of the features. */
export const TRACK_WEIGHTS: readonly FeatureWeight[] = [
${rows.join('\n')}
];

/** Added to the sum of the melodic weights. */
export const MELODIC_BIAS = ${round(bias)};
`,
  );
}
