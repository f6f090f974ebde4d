// Against what Magenta's own Python code made of the same files (spec/golden and spec/golden/pipeline, outside the repository).
import { describe, expect, it } from 'vitest';
import { type Extraction, extractMelodies, PRIMER_EXTRACTION, TRAINING_EXTRACTION } from '../../src/extraction/extract-melodies.js';
import { melodyKey, squash } from '../../src/music/keys.js';
import { endStep } from '../../src/music/melody.js';
import { midiToNoteSequence } from '../../src/music/midi-to-note-sequence.js';
import type { NoteSequence } from '../../src/music/note-sequence.js';
import { quantizeNoteSequence, quantizeToStep } from '../../src/music/quantize.js';
import { splitOnTimeChanges } from '../../src/music/time-changes.js';
import { expectSame } from '../support/same.js';
import { goldenJson, goldenLines, SHARED, sharedBytes } from './shared.js';

const KEYS = ['', 'C_SHARP', 'D', 'D_SHARP', 'E', 'F', 'F_SHARP', 'G', 'G_SHARP', 'A', 'A_SHARP', 'B'];

/** Protocol buffer JSON leaves out zeros, false and empty lists, and names enumerations. */
function protoJson(sequence: NoteSequence): unknown {
  const keySignatures = sequence.keySignatures.map(({ key, mode, time }) => ({ time, key: KEYS[key], mode: mode === 1 ? 'MINOR' : 0 }));
  const sourceInfo = { encodingType: ['', '', '', 'MIDI'][sequence.sourceInfo?.encodingType ?? 0], parser: 'PRETTY_MIDI' };
  return withoutDefaults({ ...sequence, keySignatures, sourceInfo });
}

function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([, field]) => field !== 0 && field !== false && field !== '' && !(Array.isArray(field) && field.length === 0),
  );
  return Object.fromEntries(kept.map(([name, field]) => [name, withoutDefaults(field)]));
}

/** Magenta's counters, those at zero left out. */
function counters({ stats }: Extraction): unknown {
  return withoutDefaults({
    polyphonic_tracks_discarded: stats.polyphonicTracksDiscarded,
    melodies_discarded_too_short: stats.melodiesDiscardedTooShort,
    melodies_discarded_too_few_pitches: stats.melodiesDiscardedTooFewPitches,
    melodies_discarded_too_long: stats.melodiesDiscardedTooLong,
    melodies_truncated: stats.melodiesTruncated,
    ...(stats.melodyLengthsInBars.size > 0 && { melody_lengths_in_bars: Object.fromEntries(stats.melodyLengthsInBars) }),
  });
}

function quantized(sequence: NoteSequence): NoteSequence {
  const result = quantizeNoteSequence(sequence, 4);
  if (!result.ok) throw new Error(result.detail);
  return result.sequence;
}

const tuples = {
  tempos: (sequence: NoteSequence) => sequence.tempos.map(({ time, qpm }) => [time, qpm]),
  metres: (sequence: NoteSequence) => sequence.timeSignatures.map(({ time, numerator, denominator }) => [time, numerator, denominator]),
  keys: (sequence: NoteSequence) => sequence.keySignatures.map(({ time, key, mode }) => [time, key, mode]),
};

describe.skipIf(!SHARED)('Magenta’s test files', () => {
  it('become its NoteSequences', () => {
    const expected = Object.entries(goldenJson<Record<string, object>>('midi_to_ns.json'));
    expect(expected).toHaveLength(9);
    for (const [file, sequence] of expected) {
      expectSame(protoJson(midiToNoteSequence(sharedBytes(`spec/golden/midi/${file}`))), sequence, file);
    }
  });

  it('yield its melodies, with training settings and with looser ones', () => {
    interface Piece {
      total_quantized_steps: number;
      ts: [number, number];
      qpm: number;
      melodies: { start: number; end: number; spb: number; events: number[] }[];
      stats: object;
    }
    const settings = { train: TRAINING_EXTRACTION, loose: { ...PRIMER_EXTRACTION, minBars: 1, gapBars: 1 } };
    const pieces = Object.entries(goldenJson<Record<string, Piece>>('extract.json'));
    expect(pieces).toHaveLength(24);
    for (const [id, expected] of pieces) {
      const [, file = '', part = '', setting = ''] = /^(.*)#(\d+)\/(\w+)$/.exec(id) ?? [];
      const parts = splitOnTimeChanges(midiToNoteSequence(sharedBytes(`spec/golden/midi/${file}`)));
      const sequence = quantized(parts[Number(part)] as NoteSequence);
      const extraction = extractMelodies(sequence, settings[setting as keyof typeof settings]);
      const [metre, tempo] = [sequence.timeSignatures[0], sequence.tempos[0]];
      const found = {
        total_quantized_steps: sequence.totalQuantizedSteps,
        ts: [metre?.numerator, metre?.denominator],
        qpm: tempo?.qpm,
        melodies: extraction.melodies.map(({ melody }) => ({
          start: melody.startStep,
          end: endStep(melody),
          spb: melody.stepsPerBar,
          events: melody.events,
        })),
        stats: counters(extraction),
      };
      expectSame(found, { ...expected, stats: withoutEmpty(expected.stats) }, id);
    }
  });

  it('squash as it squashes', () => {
    const cases =
      goldenJson<{ in: number[]; min: number; max: number; key: number | null; melody_key: number; amount: number; out: number[] }[]>(
        'squash.json',
      );
    expect(cases).toHaveLength(36);
    for (const { in: events, min, max, key, melody_key, amount, out } of cases) {
      expect(melodyKey(events)).toBe(melody_key);
      expect(squash(events, { minPitch: min, maxPitch: max, transposeToKey: key })).toEqual({ events: out, amount });
    }
  });

  it('quantize times as it does', () => {
    const vectors = goldenJson<[number, number, number][]>('pipeline/quantize_vectors.json');
    expect(vectors).toHaveLength(1500);
    for (const [seconds, stepsPerSecond, step] of vectors) expect(quantizeToStep(seconds, stepsPerSecond)).toBe(step);
  });
});

function withoutEmpty(stats: object): unknown {
  return withoutDefaults(Object.fromEntries(Object.entries(stats).filter(([, value]) => JSON.stringify(value) !== '{}')));
}

/** The header fields of one file's golden line. */
interface Song {
  file: string;
  ticks_per_quarter: number;
  num_notes: number;
  total_time: number;
  tempos: number[][];
  time_signatures: number[][];
  key_signatures: number[][];
  instruments: [index: number, program: number, isDrum: boolean, notes: number][];
  num_control_changes: number;
  num_pitch_bends: number;
}

function songFacts(file: string, sequence: NoteSequence): Song {
  const instruments = new Map<number, [number, number, boolean, number]>();
  for (const { instrument, program, isDrum } of sequence.notes) {
    const row = instruments.get(instrument) ?? [instrument, program, isDrum, 0];
    row[3]++;
    instruments.set(instrument, row);
  }
  return {
    file,
    ticks_per_quarter: sequence.ticksPerQuarter,
    num_notes: sequence.notes.length,
    total_time: sequence.totalTime,
    tempos: tuples.tempos(sequence),
    time_signatures: tuples.metres(sequence),
    key_signatures: tuples.keys(sequence),
    instruments: [...instruments.values()],
    num_control_changes: sequence.controlChanges.length,
    num_pitch_bends: sequence.pitchBends.length,
  };
}

describe.skipIf(!SHARED)('complete note lists', () => {
  interface Notes extends Song {
    sha1: string;
    notes_fields: string[];
    notes: number[][];
    quantized: { total_quantized_steps: number; start_end: number[][] }[];
  }
  const folders: Record<string, string> = {
    'note-seq': 'spec/golden/midi',
    magenta: 'spec/golden/midi',
    nottingham: 'corpora/nottingham',
    pop909: 'corpora/pop909',
  };
  const songs = SHARED ? goldenLines<Notes>('pipeline/notes_full.jsonl') : [];

  it('are the same to the last bit, in seconds and in steps', () => {
    let compared = 0;
    for (const { sha1: _, notes_fields: __, notes, quantized: parts, ...facts } of songs) {
      const [folder = '', name = ''] = facts.file.split('/');
      if (folders[folder] === undefined) continue; // pretty-midi/example.mid is not among the shared files
      const sequence = midiToNoteSequence(sharedBytes(`${folders[folder]}/${name}`));
      expectSame(songFacts(facts.file, sequence), facts, facts.file);
      const rows = sequence.notes.map((n) => [n.instrument, n.program, Number(n.isDrum), n.pitch, n.velocity, n.startTime, n.endTime]);
      expectSame(rows, notes, facts.file);
      const steps = splitOnTimeChanges(sequence).map((part) => {
        const { totalQuantizedSteps, notes: inSteps } = quantized(part);
        return {
          total_quantized_steps: totalQuantizedSteps,
          start_end: inSteps.map(({ quantizedStartStep, quantizedEndStep }) => [quantizedStartStep, quantizedEndStep]),
        };
      });
      expectSame(steps, parts, facts.file);
      compared++;
    }
    expect(compared).toBe(36);
  });
});

describe.skipIf(!SHARED).each([
  ['nottingham', 'melodies_nottingham.jsonl', 1034, 1104, 1007],
  ['pop909', 'melodies_pop909_001-200.jsonl', 200, undefined, undefined],
])('the corpus %s', (folder, golden, files, parts, melodies) => {
  interface Part {
    start_time: number;
    total_time: number;
    num_notes: number;
    total_quantized_steps: number;
    time_signature: number[];
    qpm: number;
    stats: object;
    melodies: object[];
  }
  interface Line extends Song {
    sha1: string;
    subsequences: Part[];
  }

  it('yields Magenta’s parts, steps and melodies, file by file', () => {
    const lines = goldenLines<Line>(`pipeline/${golden}`);
    expect(lines).toHaveLength(files);
    for (const { sha1: _, subsequences, ...facts } of lines) {
      const sequence = midiToNoteSequence(sharedBytes(`corpora/${folder}/${facts.file}`));
      expectSame(songFacts(facts.file, sequence), facts, facts.file);
      const found = splitOnTimeChanges(sequence).map((part): Part => {
        const inSteps = quantized(part);
        const extraction = extractMelodies(inSteps);
        const [metre, tempo] = [inSteps.timeSignatures[0], inSteps.tempos[0]];
        return {
          start_time: part.subsequenceInfo?.startTimeOffset ?? -1,
          total_time: part.totalTime,
          num_notes: part.notes.length,
          total_quantized_steps: inSteps.totalQuantizedSteps,
          time_signature: [metre?.numerator ?? 0, metre?.denominator ?? 0],
          qpm: tempo?.qpm ?? 0,
          stats: counters(extraction) as object,
          melodies: extraction.melodies.map(({ melody }) => ({
            start_step: melody.startStep,
            end_step: endStep(melody),
            steps_per_bar: melody.stepsPerBar,
            steps_per_quarter: melody.stepsPerQuarter,
            major_key: melodyKey(melody.events),
            squash_48_84_0: squash(melody.events, { minPitch: 48, maxPitch: 84, transposeToKey: 0 }).amount,
            events: melody.events,
          })),
        };
      });
      expectSame(found, subsequences, facts.file);
    }
    const all = lines.flatMap(({ subsequences }) => subsequences);
    if (parts !== undefined) expect(all).toHaveLength(parts);
    if (melodies !== undefined) expect(all.flatMap((part) => part.melodies)).toHaveLength(melodies);
  });
});
