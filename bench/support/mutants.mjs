// Files to damage and how each format is read: a row for each format, so another one is one more row.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from '../../dist/core/random.js';
import { readMidi } from '../../dist/music/midi-to-note-sequence.js';
import { createNoteSequence } from '../../dist/music/note-sequence.js';
import { noteSequenceToMidi } from '../../dist/music/note-sequence-to-midi.js';
import { abcToNoteSequence, parseAbc } from '../../dist/notation/abc/abc.js';
import { musicXmlToNoteSequence } from '../../dist/notation/musicxml/musicxml.js';
import { mutateMarkup } from './markup-mutations.mjs';
import { modelFormats } from './model-files.mjs';

const { mutate } = await compiled('../../test/support/mutations.ts');

/** Largest file of a folder that is damaged, and how many of them, in bytes and files. */
const LARGEST = 200_000;
const MOST_FILES = 500;
const OWN_FILES = 40;

/**
 * Its ending, a sound file made up from a generator, what reading gives (a list of NoteSequences, or a promise of one; none for models), and
 * a way of its own to damage files where bytes damaged at random are refused before they are read.
 */
export const formats = {
  MIDI: { ending: '.mid', make: (random) => noteSequenceToMidi(song(random)), read: (bytes) => [readMidi(bytes).sequence] },
  ABC: {
    ending: '.abc',
    make: (random) => new TextEncoder().encode(abcBook(random)),
    read(bytes) {
      const errors = [];
      const tunes = parseAbc(new TextDecoder().decode(bytes), { filename: 'book.abc', onError: (error) => errors.push(error) });
      if (tunes.length === 0 && errors.length > 0) throw errors[0];
      return tunes.map(abcToNoteSequence);
    },
  },
  MusicXML: {
    ending: '.musicxml',
    make: (random) => new TextEncoder().encode(score(random)),
    read: (bytes) => [musicXmlToNoteSequence(bytes, { filename: 'score.musicxml' })],
    mutate: mutateMarkup,
  },
  ...modelFormats,
};

/** The sound files: those of a folder and its subfolders, or made up. */
export function readSeeds(format, folder) {
  const { ending, make } = formats[format];
  if (folder === undefined) return Array.from({ length: OWN_FILES }, (_, k) => make(new Random(k)));
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.toLowerCase().endsWith(ending))
    .sort()
    .slice(0, MOST_FILES)
    .map((file) => new Uint8Array(readFileSync(join(folder, file))))
    .filter((bytes) => bytes.length <= LARGEST);
}

/** The damaged file of a seed; where the format has a way of its own to damage files, every other one by that. */
export function mutant(format, seeds, seed) {
  const random = new Random(seed);
  const sound = seeds[random.integer(seeds.length)];
  const { mutate: mutateWell } = formats[format];
  return mutateWell !== undefined && seed % 2 === 0 ? mutateWell(sound, random) : mutate(sound, random, seeds);
}

/** A module of test/support, which is TypeScript and imports nothing, compiled by itself. */
async function compiled(path) {
  const folder = mkdtempSync(join(tmpdir(), 'mst-bench-'));
  try {
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
    const source = fileURLToPath(new URL(path, import.meta.url));
    execFileSync(process.execPath, [tsc, source, '--ignoreConfig', '--outDir', folder, '--target', 'es2023', '--module', 'esnext']);
    const [file] = readdirSync(folder);
    const text = readFileSync(join(folder, file), 'utf8');
    return await import(`data:text/javascript,${encodeURIComponent(text)}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function pick(items, random) {
  return items[random.integer(items.length)];
}

function song(random) {
  const notes = [];
  const tracks = 1 + random.integer(4);
  for (let instrument = 0; instrument < tracks; instrument++) {
    const program = random.integer(128);
    const isDrum = random.integer(5) === 0;
    for (let k = 0, time = 0; k < 30 + random.integer(100); k++) {
      const length = pick([0.125, 0.25, 0.25, 0.5, 1], random);
      const pitch = 40 + random.integer(40);
      notes.push({ pitch, velocity: 1 + random.integer(127), startTime: time, endTime: time + length, instrument, program, isDrum });
      time += pick([0, length, length, length * 2], random);
    }
  }
  const tempos = Array.from({ length: 1 + random.integer(4) }, (_, k) => ({ time: k * 4, qpm: 60 + random.integer(120) }));
  const timeSignatures = [{ time: 0, numerator: pick([2, 3, 4, 6], random), denominator: pick([4, 8], random) }];
  const keySignatures = [{ time: 0, key: random.integer(12), mode: 0 }];
  const controlChanges = Array.from({ length: random.integer(30) }, (_, k) => {
    const controlNumber = pick([1, 7, 10, 64, 120, 123], random);
    const { instrument, program, isDrum } = notes[0];
    return { time: k / 4, controlNumber, controlValue: random.integer(128), instrument, program, isDrum };
  });
  const instrumentInfos = [{ instrument: 0, name: pick(['Lead', 'Flûte', 'メロディ', 'Piano 1'], random) }];
  const totalTime = Math.max(...notes.map(({ endTime }) => endTime));
  const parts = { notes, totalTime, tempos, timeSignatures, keySignatures, controlChanges, instrumentInfos };
  return createNoteSequence({ ticksPerQuarter: pick([96, 120, 220, 480], random), ...parts });
}

const ABC_PIECES = [
  'C',
  'D2',
  'e/',
  '^f',
  '_B3/2',
  "c'",
  'G,',
  'z',
  'Z2',
  '[CEG]2',
  '(3abc',
  'A>B',
  'c<d',
  'A-A',
  '"Am"',
  '!trill!',
  '{gab}',
  '|1',
  ':|2',
];
const ABC_MORE = [
  '|',
  '|',
  '|',
  '|:',
  ':|',
  '||',
  '|]',
  '[K:D]',
  '[M:3/4]',
  '[Q:1/4=90]',
  '[V:2]',
  '&',
  '%x\n',
  '\n',
  'P:B\n',
  'w:la la\n',
];

function abcBook(random) {
  const tunes = Array.from({ length: 1 + random.integer(4) }, (_, k) => {
    const music = Array.from({ length: 30 + random.integer(150) }, () => pick(random.integer(4) === 0 ? ABC_MORE : ABC_PIECES, random));
    const metre = pick(['4/4', '6/8', 'C|', '3/4', 'none'], random);
    const key = pick(['G', 'Am', 'D dor', 'Bb', 'none'], random);
    // Half of the tunes play as they are; the others have whatever chance made of them.
    const plain = `|:${'CDEF GABc|'.repeat(4)}1 c4 z4:|2 c8|]`;
    return `X:${k}\nT:Tune ${k}\nM:${metre}\nL:1/8\nQ:1/4=100\n${pick(['', 'P:AAB\n', 'V:1\n'], random)}K:${key}\n${random.integer(2) ? plain : music.join('')}\n\n`;
  });
  return tunes.join('');
}

function score(random) {
  const note = () => {
    const chord = random.integer(6) === 0 ? '<chord/>' : '';
    const step = pick(['C', 'D', 'E', 'F', 'G', 'A', 'B'], random);
    const pitch = `<pitch><step>${step}</step>${random.integer(4) ? '' : '<alter>1</alter>'}<octave>${3 + random.integer(3)}</octave></pitch>`;
    const tie = random.integer(8) === 0 ? '<tie type="start"/>' : '';
    return `<note>${chord}${random.integer(8) ? pitch : '<rest/>'}<duration>${pick([1, 2, 4], random)}</duration>${tie}<voice>${1 + random.integer(2)}</voice></note>`;
  };
  const measure = (_, k) => {
    const attributes = `<attributes><divisions>4</divisions><key><fifths>${random.integer(9) - 4}</fifths></key><time><beats>4</beats><beat-type>4</beat-type></time></attributes>`;
    const repeat = pick(
      [
        '',
        '',
        '<barline location="right"><repeat direction="backward"/></barline>',
        '<barline><ending number="1" type="start"/></barline>',
      ],
      random,
    );
    const more = pick(
      [
        '',
        '<backup><duration>4</duration></backup>',
        '<forward><duration>2</duration></forward>',
        '<sound tempo="90"/>',
        '<harmony><root><root-step>C</root-step></root><kind>minor</kind></harmony>',
      ],
      random,
    );
    const notes = Array.from({ length: 2 + random.integer(6) }, note).join('');
    return `<measure number="${k + 1}">${k === 0 ? attributes : ''}${notes}${more}${repeat}</measure>`;
  };
  const part = (id) => `<part id="${id}">${Array.from({ length: 4 + random.integer(12) }, measure).join('\n')}</part>`;
  const list =
    '<part-list><score-part id="P1"><part-name>Flute</part-name></score-part><score-part id="P2"><part-name>Piano</part-name></score-part></part-list>';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<score-partwise version="4.0">${list}${part('P1')}${part('P2')}</score-partwise>\n`;
}
