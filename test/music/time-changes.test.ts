// Expected parts are worked out by hand from spec B.1.
import { describe, expect, it } from 'vitest';
import { splitOnTimeChanges } from '../../src/music/time-changes.js';
import { note, sequenceOf } from './sequences.js';

const qpm = (time: number, value: number) => ({ time, qpm: value });
const metre = (time: number, numerator: number, denominator: number) => ({ time, numerator, denominator });
const control = (time: number, controlNumber: number, controlValue: number, instrument = 0) => ({
  time,
  controlNumber,
  controlValue,
  instrument,
  program: 0,
  isDrum: false,
});

/** Offset and length of each part. */
const spans = (parts: ReturnType<typeof splitOnTimeChanges>) =>
  parts.map(({ subsequenceInfo, totalTime }) => [subsequenceInfo?.startTimeOffset, totalTime]);

describe('splitting on time changes', () => {
  it('leaves a song of one tempo and metre in one part', () => {
    const song = sequenceOf([note(60, 0, 1)], { tempos: [qpm(0, 90)], timeSignatures: [metre(0, 3, 4)] });
    const [part, ...others] = splitOnTimeChanges(song);
    expect(others).toEqual([]);
    expect(part).toEqual({ ...song, subsequenceInfo: { startTimeOffset: 0, endTimeOffset: 0 } });
  });

  it('cuts where tempo or metre really change', () => {
    const song = sequenceOf([note(60, 0, 1), note(62, 2, 3), note(64, 4, 5), note(65, 6, 8)], {
      tempos: [qpm(0, 120), qpm(2, 120), qpm(4, 100)],
      timeSignatures: [metre(1, 4, 4), metre(2, 3, 4), metre(6, 3, 4), metre(8, 2, 4), metre(9, 5, 4)],
    });
    expect(spans(splitOnTimeChanges(song))).toEqual([
      [0, 1],
      [2, 1],
      [4, 4],
    ]);
  });

  it('cuts once for two changes at one time, and not at all at time 0', () => {
    const song = sequenceOf([note(60, 0, 4)], { tempos: [qpm(0, 60), qpm(2, 90)], timeSignatures: [metre(0, 6, 8), metre(2, 3, 4)] });
    expect(splitOnTimeChanges(song)).toHaveLength(2);
  });

  it('compares with the last value, so there and back are two cuts', () => {
    const song = sequenceOf([note(60, 0, 4)], { tempos: [qpm(1, 90), qpm(2, 120)] });
    expect(splitOnTimeChanges(song)).toHaveLength(3);
  });

  it('gives notes to the part they begin in and ends them with it', () => {
    const song = sequenceOf([note(64, 2, 3), note(60, 1, 2.5), note(62, 0, 1)], { tempos: [qpm(0, 120), qpm(2, 60)] });
    const [first, second] = splitOnTimeChanges(song);
    expect(first?.notes.map(({ pitch, startTime, endTime }) => [pitch, startTime, endTime])).toEqual([
      [62, 0, 1],
      [60, 1, 2],
    ]);
    expect(second?.notes.map(({ pitch, startTime, endTime }) => [pitch, startTime, endTime])).toEqual([[64, 0, 1]]);
    expect(song.notes[0]).toEqual(note(64, 2, 3));
  });

  it('makes empty parts too, and none of a song without notes', () => {
    const tempos = [qpm(0, 120), qpm(1, 90), qpm(2, 60)];
    const parts = splitOnTimeChanges(sequenceOf([note(60, 0, 1), note(60, 2, 3)], { tempos }));
    expect(parts.map(({ notes }) => notes.length)).toEqual([1, 0, 1]);
    expect(parts[1]?.subsequenceInfo).toEqual({ startTimeOffset: 1, endTimeOffset: 2 });
    expect(splitOnTimeChanges(sequenceOf([], { tempos }))).toEqual([]);
  });

  it('repeats what is in force at the beginning of each part', () => {
    const chord = (time: number, text: string) => ({ time, text, annotationType: 1 });
    const song = sequenceOf([note(60, 0, 6)], {
      tempos: [qpm(0, 120), qpm(2, 90), qpm(4, 60)],
      keySignatures: [
        { time: 1, key: 2, mode: 0 },
        { time: 4, key: 5, mode: 1 },
      ],
      timeSignatures: [metre(0, 3, 4)],
      textAnnotations: [
        chord(0.5, 'C'),
        { time: 2, text: 'beat', annotationType: 2 },
        { time: 3, text: 'words', annotationType: 0 },
        chord(3, 'G'),
      ],
    });
    const parts = splitOnTimeChanges(song);
    expect(parts.map(({ tempos }) => tempos)).toEqual([[qpm(0, 120)], [qpm(0, 90)], [qpm(0, 60)]]);
    expect(parts.map(({ timeSignatures }) => timeSignatures)).toEqual([[metre(0, 3, 4)], [metre(0, 3, 4)], [metre(0, 3, 4)]]);
    expect(parts.map(({ keySignatures }) => keySignatures.map(({ time, key }) => [time, key]))).toEqual([[[1, 2]], [[0, 2]], [[0, 5]]]);
    expect(parts.map(({ textAnnotations }) => textAnnotations.map(({ time, text }) => [time, text]))).toEqual([
      [[0.5, 'C']],
      [
        [0, 'C'],
        [1, 'G'],
        [0, 'beat'],
      ],
      [[0, 'G']],
    ]);
  });

  it('keeps only pedals among the controllers, each instrument’s own, and no bends', () => {
    const song = sequenceOf([note(60, 0, 4)], {
      tempos: [qpm(0, 120), qpm(2, 90)],
      controlChanges: [
        control(0.5, 64, 127),
        control(0.5, 64, 100, 1),
        control(1, 7, 90),
        control(1, 67, 1),
        control(1.5, 64, 0),
        control(2, 66, 9),
      ],
      pitchBends: [{ time: 1, bend: 5, instrument: 0, program: 0, isDrum: false }],
    });
    const parts = splitOnTimeChanges(song).map(({ controlChanges, pitchBends }) => {
      expect(pitchBends).toEqual([]);
      return controlChanges.map(({ time, controlNumber, controlValue, instrument }) => [time, controlNumber, controlValue, instrument]);
    });
    expect(parts).toEqual([
      [
        [0.5, 64, 127, 0],
        [0.5, 64, 100, 1],
        [1, 67, 1, 0],
        [1.5, 64, 0, 0],
      ],
      [
        [0, 64, 0, 0],
        [0, 64, 100, 1],
        [0, 67, 1, 0],
        [0, 66, 9, 0],
      ],
    ]);
  });

  it('refuses a quantized song', () => {
    expect(() => splitOnTimeChanges(sequenceOf([], { quantizationInfo: { stepsPerQuarter: 4 } }))).toThrow(/quantized/);
  });

  it('refuses a song that would repeat its pedals without end', () => {
    const pedals = Array.from({ length: 2000 }, (_, instrument) => control(0, 64, 1, instrument));
    const tempos = Array.from({ length: 2000 }, (_, k) => qpm(k / 1000, 100 + (k % 2)));
    expect(() => splitOnTimeChanges(sequenceOf([note(60, 0, 9)], { tempos, controlChanges: pedals }))).toThrow(/pedals/);
  });
});
