// Expected melodies are worked out by hand from spec C.3-C.5; a property compares with the rules told event by event.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExtractionSettings, extractMelodies, PRIMER_EXTRACTION, TRAINING_EXTRACTION } from '../../src/extraction/extract-melodies.js';
import { endStep, type Melody, melodyFromEvents, setLength } from '../../src/music/melody.js';
import type { NoteSequence } from '../../src/music/note-sequence.js';
import { inSteps, sequenceOf } from '../music/sequences.js';

/** Anything goes, one bar of rest ends a melody. */
const LOOSE: ExtractionSettings = { ...PRIMER_EXTRACTION, gapBars: 1 };

function found(sequence: NoteSequence, settings: Partial<ExtractionSettings> = {}) {
  const { melodies } = extractMelodies(sequence, { ...LOOSE, ...settings });
  return melodies.map(({ melody, instrument }) => ({ instrument, start: melody.startStep, events: melody.events }));
}

/** Notes of a quarter each on the pitches of a scale, from a step on. */
const scale = (start: number, count: number, fields = {}) =>
  Array.from({ length: count }, (_, k) => [60 + ([0, 2, 4, 5, 7, 9, 11][k % 7] ?? 0), start + 4 * k, start + 4 * k + 4, fields] as const);

describe('extracting melodies', () => {
  it('starts at the bar line before the first note, and ends with the last one', () => {
    expect(
      found(
        inSteps([
          [60, 18, 20],
          [62, 21, 22],
        ]),
      ),
    ).toEqual([{ instrument: 0, start: 16, events: [-2, -2, 60, -2, -1, 62] }]);
  });

  it('counts bars from where it begins to search', () => {
    expect(
      found(
        inSteps([
          [59, 0, 1],
          [60, 18, 20],
        ]),
        { searchStartStep: 1 },
      ),
    ).toEqual([{ instrument: 0, start: 17, events: [-2, 60, -2] }]);
  });

  it('knows other metres', () => {
    const [first] = extractMelodies(inSteps([[60, 13, 14]], [6, 8]), LOOSE).melodies;
    expect(first?.melody).toEqual({ events: [-2, 60], startStep: 12, stepsPerBar: 12, stepsPerQuarter: 4 });
  });

  it('cuts a note where the next begins', () => {
    expect(
      found(
        inSteps([
          [60, 0, 8],
          [62, 2, 4],
        ]),
      )[0]?.events,
    ).toEqual([60, -2, 62, -2]);
    expect(
      found(
        inSteps([
          [60, 0, 2],
          [62, 2, 4],
        ]),
      )[0]?.events,
    ).toEqual([60, -2, 62, -2]);
  });

  it('ends a melody at a rest of a bar, and finds the next from the bar line on', () => {
    const notes = [
      [60, 0, 2],
      [62, 17, 18],
      [64, 34, 36],
      [65, 40, 41],
    ] as const;
    expect(found(inSteps(notes))).toEqual([
      { instrument: 0, start: 0, events: [60, -2, ...new Array(15).fill(0).map((_, k) => (k === 0 ? -1 : -2)), 62] },
      { instrument: 0, start: 32, events: [-2, -2, 64, -2, -1, -2, -2, -2, 65] },
    ]);
  });

  it('loses notes between the end of a melody and the next bar line', () => {
    // In 1/4 a rest of 4 steps ends a melody: at 3. The note at 7 follows 4 steps later, so the search goes on at 4 and finds it in its bar.
    expect(
      found(
        inSteps(
          [
            [60, 0, 3],
            [62, 7, 8],
            [64, 20, 21],
          ],
          [1, 4],
        ),
      ).map(({ start, events }) => [start, events]),
    ).toEqual([
      [0, [60, -2, -2]],
      [4, [-2, -2, -2, 62]],
      [20, [64]],
    ]);
    // Half a bar of rest is enough here: after step 5 the search goes on at 16, past the note at 13.
    expect(
      found(
        inSteps([
          [60, 0, 5],
          [62, 13, 14],
          [64, 16, 17],
        ]),
        { gapBars: 0.5 },
      ).map(({ start, events }) => [start, events[0]]),
    ).toEqual([
      [0, 60],
      [16, 64],
    ]);
  });

  it('takes the highest of notes beginning together, or gives up the instrument', () => {
    const notes = [
      [60, 0, 4],
      [67, 0, 2],
      [64, 4, 6],
    ] as const;
    expect(found(inSteps(notes))[0]?.events).toEqual([67, -2, -1, -2, 64, -2]);
    const strict = extractMelodies(inSteps(notes), { ...LOOSE, ignorePolyphonicNotes: false });
    expect(strict.melodies).toEqual([]);
    expect(strict.dropped).toEqual([{ instrument: 0, reason: 'polyphonic', startStep: 0, steps: 0 }]);
    expect(strict.stats.polyphonicTracksDiscarded).toBe(1);
  });

  it('keeps what came before a chord in a later melody, and the other instruments', () => {
    const notes = [...scale(0, 4), [60, 48, 50], [64, 48, 50], ...scale(96, 4), ...scale(8, 3, { instrument: 3 })] as const;
    const { melodies, dropped } = extractMelodies(inSteps(notes), { ...LOOSE, ignorePolyphonicNotes: false });
    expect(melodies.map(({ instrument, melody }) => [instrument, melody.startStep, melody.events.length])).toEqual([
      [0, 0, 16],
      [3, 0, 20],
    ]);
    expect(dropped).toEqual([{ instrument: 0, reason: 'polyphonic', startStep: 48, steps: 0 }]);
  });

  it('hears neither drums nor silent notes, though they set the bar', () => {
    const drum = { isDrum: true };
    expect(
      found(
        inSteps([
          [36, 3, 4, drum],
          [60, 18, 20],
          [61, 20, 21, { velocity: 0 }],
        ]),
      ),
    ).toEqual([{ instrument: 0, start: 0, events: [...new Array(18).fill(-2), 60, -2] }]);
    const { dropped } = extractMelodies(inSteps([[36, 3, 4, { ...drum, instrument: 2 }]]), LOOSE);
    expect(dropped).toEqual([{ instrument: 2, reason: 'no-melodic-notes', startStep: 0, steps: 0 }]);
  });

  it('goes through instruments by number', () => {
    const notes = [9, 2, 10, 0].map((instrument) => [60, 0, 1, { instrument }] as const);
    expect(found(inSteps(notes)).map(({ instrument }) => instrument)).toEqual([0, 2, 9, 10]);
  });
});

describe('keeping melodies', () => {
  it('wants 7 bars and 5 pitch classes of them for training, and cuts at 512 steps', () => {
    const short = extractMelodies(inSteps(scale(0, 27)));
    expect([short.melodies.length, short.stats.melodiesDiscardedTooShort]).toEqual([0, 1]);
    expect(short.dropped).toEqual([{ instrument: 0, reason: 'too-short', startStep: 0, steps: 108 }]);

    const right = extractMelodies(inSteps(scale(0, 28)));
    expect(right.melodies[0]).toMatchObject({ instrument: 0, fullSteps: 112 });
    expect(right.stats.melodyLengthsInBars).toEqual(new Map([[7, 1]]));

    const octaves = extractMelodies(inSteps(scale(0, 28).map(([, start, end], k) => [36 + 12 * (k % 6) + (k % 4), start, end] as const)));
    expect(octaves.dropped).toEqual([{ instrument: 0, reason: 'too-few-pitches', startStep: 0, steps: 112, uniquePitches: 4 }]);
    expect(octaves.stats.melodiesDiscardedTooFewPitches).toBe(1);

    // 680 steps are 42 bars, 512 are 32.
    const long = extractMelodies(inSteps(scale(0, 170)));
    expect([long.melodies[0]?.fullSteps, long.melodies[0]?.melody.events.length]).toEqual([680, 512]);
    expect([long.stats.melodiesTruncated, long.stats.melodyLengthsInBars]).toEqual([1, new Map([[30, 1]])]);
  });

  it('counts pitch classes after cutting', () => {
    const late = [...scale(0, 28).map(([, start, end]) => [60, start, end] as const), ...scale(112, 7)];
    expect(extractMelodies(inSteps(late)).melodies).toHaveLength(1);
    const { dropped, stats } = extractMelodies(inSteps(late), { ...TRAINING_EXTRACTION, maxStepsTruncate: 112 });
    expect(dropped).toMatchObject([{ reason: 'too-few-pitches', steps: 112, uniquePitches: 1 }]);
    expect(stats.melodiesTruncated).toBe(1);
  });

  it('can drop long melodies instead of cutting them', () => {
    const { dropped, stats } = extractMelodies(inSteps(scale(0, 28)), { ...TRAINING_EXTRACTION, maxStepsDiscard: 111 });
    expect(dropped).toEqual([{ instrument: 0, reason: 'too-long', startStep: 0, steps: 112 }]);
    expect(stats.melodiesDiscardedTooLong).toBe(1);
  });

  it('reads a primer whole, whatever its rests', () => {
    expect(
      extractMelodies(
        inSteps([
          [60, 0, 1],
          [62, 200, 201],
        ]),
        PRIMER_EXTRACTION,
      ).melodies.map(({ fullSteps }) => fullSteps),
    ).toEqual([201]);
  });

  it('drops a song whose bars are no whole number of steps', () => {
    const { melodies, dropped, stats } = extractMelodies(inSteps(scale(0, 28), [1, 32]));
    expect([melodies.length, stats.nonIntegerStepsPerBar]).toEqual([0, 1]);
    expect(dropped).toMatchObject([{ reason: 'non-integer-steps-per-bar' }]);
    expect(extractMelodies(inSteps([], [1, 32])).dropped).toEqual([]);
  });
});

describe('refusing to extract', () => {
  it.each<[string, NoteSequence, RegExp]>([
    ['a sequence that is not quantized', sequenceOf([]), /not quantized/],
    ['a note without steps', inSteps([[60, 0, 1, { quantizedStartStep: undefined }] as never]), /not quantized/],
    ['a note that ends before it begins', inSteps([[60, 5, 4]]), /ends at step 4/],
    ['a melody longer than any memory', inSteps([[60, 0, 4e10]]), /longer than/],
  ])('%s', (_, sequence, message) => {
    expect(() => extractMelodies(sequence, LOOSE)).toThrow(message);
  });

  it('but a long note is no burden where melodies are cut', () => {
    const [first] = extractMelodies(inSteps([[60, 0, 4e10]]), { ...LOOSE, maxStepsTruncate: 512 }).melodies;
    expect(first?.melody.events).toEqual([60, ...new Array(511).fill(-2)]);
  });
});

/**
 * Spec C.2: the melody with a note from event index `start` to a NOTE_OFF at `end`, its new last event. What was sounding at `start` ends
 * there; what lay after `end` is gone.
 */
function addNote(melody: Melody, pitch: number, start: number, end: number): Melody {
  const events = [...setLength(melody, end + 1).events];
  events.fill(-2, start, end);
  events[start] = pitch;
  events[end] = -1;
  return { ...melody, events };
}

/** Spec C.3 and C.4 event by event, for one instrument in 4/4; undefined where a chord ends the search. */
function toldStepByStep(notes: readonly (readonly [number, number, number])[], settings: ExtractionSettings): Melody[] {
  const melodies: Melody[] = [];
  for (let position = 0; ; ) {
    const rest = notes.filter(([, start]) => start >= position).sort((a, b) => a[1] - b[1] || b[0] - a[0]);
    const [first] = rest;
    if (first === undefined) return melodies;
    let melody = melodyFromEvents([], { startStep: first[1] - (first[1] % 16) });
    for (const [pitch, from, to] of rest) {
      const start = from - melody.startStep;
      if (melody.events.length > 0) {
        const lastOn = melody.events.findLastIndex((event) => event >= 0);
        const off = melody.events.indexOf(-1, lastOn);
        if (start === lastOn) {
          if (settings.ignorePolyphonicNotes) continue;
          return melodies;
        }
        if (start - (off < 0 ? melody.events.length : off) >= settings.gapBars * 16) break;
      }
      melody = addNote(melody, pitch, start, to - melody.startStep);
    }
    melody = setLength(melody, melody.events.length - 1);
    melodies.push(melody);
    position = Math.ceil(endStep(melody) / 16) * 16;
  }
}

describe('the rules told event by event', () => {
  it('give the same melodies', () => {
    const line = fc
      .array(
        fc.record({
          pitch: fc.integer({ min: 50, max: 70 }),
          gap: fc.constantFrom(0, 1, 1, 2, 3, 4, 16, 30),
          length: fc.integer({ min: 1, max: 20 }),
        }),
        { maxLength: 30 },
      )
      .map((notes) => {
        let step = 0;
        return notes.map(({ pitch, gap, length }) => {
          step += gap;
          return [pitch, step, step + length] as const;
        });
      });
    fc.assert(
      fc.property(line, fc.boolean(), fc.constantFrom(0.5, 1, Infinity), (notes, ignorePolyphonicNotes, gapBars) => {
        const settings = { ...LOOSE, ignorePolyphonicNotes, gapBars };
        const melodies = extractMelodies(inSteps(notes), settings).melodies.map(({ melody }) => melody);
        expect(melodies).toEqual(toldStepByStep(notes, settings));
      }),
      { numRuns: 500 },
    );
  });
});
