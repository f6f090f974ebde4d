// What finding melodies makes of a folder of MIDI files, beside Magenta's rules. Where track names tell the melody (MELODY), they are hidden
// and it is to be found without them; every other song in the order of names is one that the weights of src/extraction/track-weights.ts
// were not learned from.
// run: npm run bench -- extraction FOLDER [--every N]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BeatMap } from '../dist/extraction/beats.js';
import { DuplicateIndex } from '../dist/extraction/duplicates.js';
import { findMelodies } from '../dist/extraction/find-melodies.js';
import { magentaMelodies } from '../dist/extraction/magenta-melodies.js';
import { midiToNoteSequence } from '../dist/music/midi-to-note-sequence.js';
import { midiFiles } from './support/midi-files.mjs';

/** Notes agree when they are so near (quarter notes) and of one pitch: three quarters of a 16th. */
const NEAR = 0.1875;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { every: { type: 'string', default: '1' } } });
const [folder] = positionals;
if (folder === undefined) {
  console.error('usage: npm run bench -- extraction FOLDER [--every N]');
  process.exit(2);
}
const files = midiFiles(folder);

const noteCount = (events) => events.reduce((sum, event) => sum + (event >= 0 ? 1 : 0), 0);
const totals = () => ({ files: 0, melodies: 0, steps: 0, notes: 0 });
const count = (into, melodies) => {
  if (melodies.length > 0) into.files++;
  into.melodies += melodies.length;
  for (const { melody } of melodies) {
    into.steps += melody.events.length;
    into.notes += noteCount(melody.events);
  }
};

/** The notes of found melodies as [quarter, pitch], in order. */
const onsets = (melodies) =>
  melodies.flatMap(({ melody }) => melody.events.flatMap((event, i) => (event >= 0 ? [[(melody.startStep + i) / 4, event]] : [])));

/** How many of the first notes have one of the second near them. */
function agreeing(some, others) {
  const byPitch = Array.from({ length: 128 }, () => []);
  for (const [quarter, pitch] of others) byPitch[pitch].push(quarter);
  return some.filter(([quarter, pitch]) => byPitch[pitch].some((other) => Math.abs(other - quarter) <= NEAR)).length;
}

const ours = totals();
const unique = totals();
const magentas = totals();
const named = { learned: [0, 0], unseen: [0, 0], wanted: 0, recalled: 0, found: 0, right: 0, oneTrack: [0, 0, 0, 0] };
const reasons = {};
const empty = [];
const duplicates = [];
const index = new DuplicateIndex();
let read = 0;
const sample = [];
let songs = 0;
files.forEach((file, position) => {
  if (position % Number(values.every) !== 0) return;
  let sequence;
  try {
    sequence = midiToNoteSequence(readFileSync(join(folder, file)));
  } catch {
    return;
  }
  read++;
  const reference = sequence.instrumentInfos.find(({ name }) => name.trim() === 'MELODY')?.instrument;
  const nameless = reference === undefined ? sequence : { ...sequence, instrumentInfos: [] };
  const { melodies, notTaken } = findMelodies(nameless);
  if (sample.length < 200) sample.push(nameless);
  count(ours, melodies);
  count(magentas, magentaMelodies(sequence).melodies);
  for (const { reason, pieces } of notTaken) reasons[reason] = (reasons[reason] ?? 0) + pieces;
  if (melodies.length === 0) empty.push(`${file} (${[...new Set(notTaken.map(({ reason }) => reason))].join(', ')})`);
  const kept = melodies.filter(({ sketch, instrument }) => {
    const of = sketch && index.add(sketch, read, instrument ?? -1);
    if (of !== undefined) duplicates.push(of);
    return of === undefined;
  });
  count(unique, kept);
  if (reference === undefined) return;
  const side = songs++ % 2 === 0 ? named.learned : named.unseen;
  side[1]++;
  const main = melodies.filter(({ why }) => why === 'melody');
  if (main[0]?.instrument === reference) side[0]++;
  const beats = new BeatMap(sequence.tempos);
  const want = sequence.notes
    .filter(({ instrument }) => instrument === reference)
    .map(({ startTime, pitch }) => [beats.quarterAt(startTime), pitch]);
  const got = onsets(main);
  named.wanted += want.length;
  named.recalled += agreeing(want, got);
  named.found += got.length;
  named.right += agreeing(got, want);
  const line = onsets(findMelodies(nameless, { kind: 'skyline' }).melodies);
  named.oneTrack = named.oneTrack.map((x, i) => x + [want.length, agreeing(want, line), line.length, agreeing(line, want)][i]);
});

const began = performance.now();
for (const sequence of sample) findMelodies(sequence);
const seconds = (performance.now() - began) / 1000;
const percent = (part, whole) => `${((100 * part) / Math.max(1, whole)).toFixed(1)}%`;
const row = (name, { files, melodies, steps, notes }) =>
  console.log(
    `  ${name.padEnd(22)} ${files} of ${read} files (${percent(files, read)}), ${melodies} melodies, ${steps} steps, ${notes} notes`,
  );
console.log(`${folder}: ${read} files read`);
row('mst', ours);
row('  none counted twice', unique);
row('magenta', magentas);
console.log(
  `  mst to magenta         ${(unique.steps / magentas.steps).toFixed(2)} times the steps, ${(unique.notes / magentas.notes).toFixed(2)} times the notes`,
);
const families = new Map();
for (let song = 1; song <= read; song++) families.set(index.familyOf(song), (families.get(index.familyOf(song)) ?? 0) + 1);
console.log(
  `  duplicates             ${duplicates.length} melodies; ${families.size} families of songs, the largest of ${Math.max(...families.values())}`,
);
console.log(`  speed                  ${Math.round(sample.length / seconds)} files/s (finding melodies alone, in memory, warm)`);
console.log(
  `  not taken              ${Object.entries(reasons)
    .map(([reason, n]) => `${reason} ${n}`)
    .join(', ')}`,
);
if (empty.length > 0) console.log(`  no melody in           ${empty.slice(0, 12).join('; ')}`);
if (songs > 0) {
  const { learned, unseen, wanted, recalled, found, right, oneTrack } = named;
  console.log('  names hidden:');
  console.log(
    `    right track          ${percent(unseen[0], unseen[1])} of ${unseen[1]} songs not learned from, ${percent(learned[0], learned[1])} of ${learned[1]} others`,
  );
  console.log(
    `    onsets               ${percent(recalled, wanted)} of the melody's are found, ${percent(right, found)} of those found are its own`,
  );
  console.log(
    `    all tracks as one    ${percent(oneTrack[1], oneTrack[0])} of the melody's are found, ${percent(oneTrack[3], oneTrack[2])} of those found are its own (--skyline)`,
  );
}
