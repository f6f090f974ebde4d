// The same tune written as ABC and as MusicXML sounds the same: two readers that share no code but exact fractions and the tempo map.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { NoteSequence } from '../../src/music/note-sequence.js';
import { abcToNoteSequence, parseAbc } from '../../src/notation/abc/abc.js';
import { musicXmlToNoteSequence } from '../../src/notation/musicxml/musicxml.js';
import { attributes, barline, element, note, score, sound } from '../support/musicxml.js';

const letters = ['C', 'D', 'E', 'F', 'G', 'A', 'B'];

/** One note of a melody: steps above C4, semitones of an accidental (always written), 16ths, whether it is tied to a second one like it. */
interface Written {
  step: number;
  alter: -1 | 0 | 1;
  sixteenths: number;
  tied: boolean;
}

interface Tune {
  metre: readonly [number, number];
  qpm: number;
  sharps: number;
  bars: Written[][];
  repeated: boolean;
}

const tunes: fc.Arbitrary<Tune> = fc.record({
  metre: fc.constantFrom([4, 4], [3, 4], [6, 8], [5, 4], [2, 2]),
  qpm: fc.constantFrom(60, 97, 120, 200),
  sharps: fc.integer({ min: -7, max: 7 }),
  repeated: fc.boolean(),
  bars: fc.array(
    fc.array(
      fc.record({
        step: fc.integer({ min: 0, max: 20 }),
        alter: fc.constantFrom(-1, 0, 1),
        sixteenths: fc.integer({ min: 1, max: 16 }),
        tied: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    { minLength: 1, maxLength: 6 },
  ),
});

const keyNames = ['Cb', 'Gb', 'Db', 'Ab', 'Eb', 'Bb', 'F', 'C', 'G', 'D', 'A', 'E', 'B', 'F#', 'C#'];
const accidentals = { [-1]: '_', 0: '=', 1: '^' };
const signs = { [-1]: 'b', 0: '', 1: '#' };

function asAbc({ metre, qpm, sharps, bars, repeated }: Tune): string {
  const music = bars.map((bar) =>
    bar.map(({ step, alter, sixteenths, tied }) => {
      const octave = Math.floor(step / 7);
      const letter = letters[step % 7] ?? '';
      const name = `${accidentals[alter]}${octave === 0 ? letter : letter.toLowerCase()}${"'".repeat(Math.max(0, octave - 1))}${sixteenths}`;
      return tied ? `${name}-${name}` : name;
    }),
  );
  const written = music.map((bar) => bar.join(' ')).join(' | ');
  return `X:1\nT:Tune\nM:${metre.join('/')}\nL:1/16\nQ:1/4=${qpm}\nK:${keyNames[sharps + 7]}\n${repeated ? `|:${written}:|` : `${written}|]`}\n`;
}

function asMusicXml({ metre, qpm, sharps, bars, repeated }: Tune): string {
  const measures = bars.map((bar, i) => [
    repeated && i === 0 ? barline('left', { repeat: 'forward' }) : undefined,
    i === 0 ? [attributes({ divisions: 4, time: metre.join('/'), fifths: sharps }), sound({ tempo: String(qpm) })] : undefined,
    bar.map(({ step, alter, sixteenths, tied }) => {
      const name = `${letters[step % 7]}${signs[alter]}${4 + Math.floor(step / 7)}`;
      return tied ? [note(name, sixteenths, { tie: 'start' }), note(name, sixteenths, { tie: 'stop' })] : note(name, sixteenths);
    }),
    repeated && i === bars.length - 1 ? barline('right', { repeat: 'backward' }) : undefined,
  ]);
  return score([{ measures }], element('work', element('work-title', 'Tune')));
}

/** What both notations can say. */
function common({ notes, tempos, timeSignatures, keySignatures, totalTime, sequenceMetadata }: NoteSequence): unknown {
  const rounded = (time: number): number => Math.round(time * 1e9) / 1e9;
  return {
    notes: notes.map(({ pitch, startTime, endTime, velocity, program }) => ({
      pitch,
      velocity,
      program,
      start: rounded(startTime),
      end: rounded(endTime),
    })),
    tempos,
    timeSignatures,
    keySignatures,
    totalTime: rounded(totalTime),
    sequenceMetadata,
  };
}

it('melodies at random', () => {
  fc.assert(
    fc.property(tunes, (tune) => {
      const [abc] = parseAbc(asAbc(tune), { filename: 'a.abc' }).map(abcToNoteSequence);
      const xml = musicXmlToNoteSequence(new TextEncoder().encode(asMusicXml(tune)), { filename: 'a.musicxml' });
      if (abc === undefined) throw new Error('no tune');
      // Bars of any length: only MusicXML stretches those that just miss their metre, by less than any 16th.
      expect(common(xml)).toEqual(common(abc));
    }),
    { numRuns: 200, seed: 4 },
  );
});
