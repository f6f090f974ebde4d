// What the answers of both requests are, without a server: expected values are arithmetic on tempo and lengths.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../../src/model/model.js';
import { answerCall, heardBeats, knownBeats, planAnswer, type Tone, type Wish } from '../../../src/serve/answer/answer.js';
import { continueSequence, readContinueBody } from '../../../src/serve/answer/continue.js';
import { predict, readDuration, readPredictBody } from '../../../src/serve/answer/predict.js';
import { randomModel } from '../../support/models.js';
import { bodyOf, type Tone as CallTone, eighths, midiOf, readPredicted, THREE } from '../support/calls.js';

const model = openModel(randomModel('lookback_rnn', [8]));
const never = (): boolean => false;
const answered = (call: readonly CallTone[], duration: number, seed = 1) => {
  const midi = predict(model, { kind: 'predict', midi: midiOf(call), duration, temperature: 1, seed }, never);
  if (midi === undefined) throw new Error('stopped');
  return readPredicted(midi);
};
const wish = (tones: readonly Tone[], rest: Partial<Wish> = {}): Wish => ({
  tones,
  lastEnd: tones.reduce((last, { end }) => Math.max(last, end), 0),
  beats: knownBeats([{ time: 0, qpm: 120 }]),
  length: { steps: 16 },
  temperature: 1,
  seed: 1,
  ...rest,
});
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe('predict', () => {
  it('three notes and an answer: format 1, tempo 120, the second track has the notes, the call as it was, the answer a 16th later', () => {
    const { format, qpm, counts, tones } = answered(THREE, 5.5);
    expect({ format, qpm, tracks: counts.length, conductor: counts[0] }).toEqual({ format: 1, qpm: 120, tracks: 2, conductor: 0 });
    expect(counts[1]).toBe(tones.length);
    THREE.forEach(([pitch, start, length], k) => {
      expect(tones[k]).toMatchObject({ pitch });
      expect(tones[k]?.start).toBeCloseTo(start, 3);
      expect(tones[k]?.end).toBeCloseTo(start + length, 3);
    });
    const answer = tones.slice(3);
    expect(answer[0]?.start).toBeCloseTo(1.5 + 0.125, 3);
    for (const { start, end } of answer) {
      expect(start).toBeGreaterThan(1.5);
      expect(end).toBeLessThanOrEqual(5.5 + 1e-3);
      // On the grid of 16ths that begins where the call ended.
      expect(((start - 1.5) / 0.125) % 1).toBeCloseTo(Math.round((start - 1.5) / 0.125) - Math.floor((start - 1.5) / 0.125), 1);
    }
  });

  it('more than four notes have a tempo of their own, and the 16th is one of it', () => {
    const { qpm, tones } = answered(eighths(8, 96), 8);
    const lastEnd = (7 * 30 + 27) / 96;
    expect([96, 192].some((expected) => Math.abs(qpm - expected) < 0.2)).toBe(true);
    expect(tones[8]?.start).toBeCloseTo(lastEnd + 15 / qpm, 2);
  });

  it('the same seed gives the same answer, another one another', () => {
    expect(answered(THREE, 6, 4)).toEqual(answered(THREE, 6, 4));
    expect(answered(THREE, 6, 5)).not.toEqual(answered(THREE, 6, 4));
  });

  it('chords and several tracks come back in the second track; drums have one of their own', () => {
    const chords: CallTone[] = [[60, 0, 1], [64, 0, 1], [67, 0, 1], [72, 1, 0.5]]; // biome-ignore format: short
    const { counts, tones } = answered(chords, 4);
    expect(tones.slice(0, 4).map(({ pitch }) => pitch).sort()).toEqual([60, 64, 67, 72]); // biome-ignore format: short
    expect(counts).toEqual([0, tones.length]);
  });

  it('an empty call is answered from the beginning', () => {
    const { tones } = answered([], 3);
    expect(tones[0]?.start).toBeCloseTo(0.125, 3);
  });

  it('refuses what leaves no room, too much, and what is no MIDI', () => {
    const lacks =
      (duration: number): (() => unknown) =>
      () =>
        answered(THREE, duration);
    for (const duration of [0.5, 1.5, 1.6, 1.74]) expect(lacks(duration)).toThrow(/no room for an answer/);
    expect(lacks(1.76)).not.toThrow();
    expect(() => answered([[60, 0, 301]], 300)).toThrow(/lasts until 301\.0 s/);
    const many = Array.from({ length: 4097 }, (_, k): CallTone => [60, k * 0.01, 0.005]);
    expect(() => answered(many, 60)).toThrow(/has 4097 notes/);
    expect(() => predict(model, { kind: 'predict', midi: new Uint8Array([1, 2, 3]), duration: 5, temperature: 1, seed: 1 }, never)).toThrow(
      expect.objectContaining({ code: 'bad-midi' }),
    );
  });

  it('stops between two steps when nobody waits', () => {
    let asked = 0;
    const stop = (): boolean => ++asked > 20;
    const midi = midiOf(THREE);
    expect(predict(model, { kind: 'predict', midi, duration: 200, temperature: 1, seed: 1 }, stop)).toBeUndefined();
    expect(asked).toBe(21);
  });
});

describe('the body and the duration of /predict', () => {
  it('are taken as they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(readPredictBody(new TextEncoder().encode(bodyOf(bytes)))).toEqual(bytes);
      }),
    );
    for (const [text, seconds] of [['5', 5], ['7.25', 7.25], ['300', 300], ['0.5', 0.5]] as const) expect(readDuration(text)).toBe(seconds); // biome-ignore format: short
  });

  it.each(['', '[', '[1,', 'null', '{}', '"MThd"', '[256]', '[-1]', '[1.5]', '["1"]', '[null]', '[[1]]', '\u{fffd}'])(
    '%j is refused',
    (text) => {
      expect(() => readPredictBody(new TextEncoder().encode(text))).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );

  it('bytes that are no text are refused', () => {
    expect(() => readPredictBody(Uint8Array.of(0x5b, 0xff, 0x5d))).toThrow(/must be a JSON array of the bytes of a MIDI file/);
  });

  it.each([undefined, '', 'NaN', 'Infinity', '-1', '0', '0.0', '1e3', '301', '99999999999', ' 5', '5s', '0x10'])(
    'a duration of %j is refused',
    (text) => {
      expect(() => readDuration(text)).toThrow(/duration must be a number of seconds above 0, at most 300/);
    },
  );
});

describe('answerCall', () => {
  const tone = (pitch: number, start: number, end: number): Tone => ({ pitch, velocity: 80, start, end });

  it('begins with a note a 16th after the call, has no gaps in time, and ends with what was asked for', () => {
    const random = fc.record({
      starts: fc.array(fc.double({ min: 0.01, max: 0.9, noNaN: true }), { minLength: 1, maxLength: 12 }),
      pitch: fc.integer({ min: 0, max: 127 }),
      qpm: fc.integer({ min: 30, max: 300 }),
      steps: fc.integer({ min: 1, max: 24 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(random, ({ starts, pitch, qpm, steps, seed }) => {
        let now = 0;
        const tones = starts.map((gap, k) => {
          const start = now;
          now += gap;
          return tone((pitch + k) % 128, start, now);
        });
        const answer = answerCall(model, wish(tones, { beats: knownBeats([{ time: 0, qpm }]), length: { steps }, seed }), never) ?? [];
        const step = 15 / qpm;
        expect(answer[0]?.start).toBeCloseTo(now + step, 6);
        answer.forEach(({ pitch: sounds, start, end }, k) => {
          expect(sounds).toBeGreaterThanOrEqual(0);
          expect(sounds).toBeLessThanOrEqual(127);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual((answer[k + 1]?.start ?? now + step * (steps + 1)) + 1e-6);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('leaves out whole bars of rest before the call, and keeps where in the bar it begins', () => {
    const plan = (from: number) => planAnswer(wish([tone(60, from, from + 0.5), tone(62, from + 0.5, from + 1)])).primer;
    // At 120 a 16th is 0.125 s, a bar 2 s. From beat 2 of the fourth bar: four steps of rest, two notes of four steps, one step to the answer.
    expect(plan(6.5)).toEqual([-2, -2, -2, -2, 60, -2, -2, -2, 62, -2, -2, -2, -1]);
    expect(plan(0.5)).toEqual(plan(6.5));
  });

  it('heard beats lie on the notes', () => {
    const tones = [0, 1, 2, 3, 4, 5].map((k) => tone(60, 0.37 + k * 0.5, 0.6 + k * 0.5));
    const beats = heardBeats(tones);
    expect(beats.qpm).toBeCloseTo(120, 1);
    expect(beats.quarterAt(0.37)).toBeCloseTo(0, 3);
    expect(beats.secondsAt(beats.quarterAt(2.2))).toBeCloseTo(2.2, 9);
  });

  it('follows a change of tempo', () => {
    const beats = knownBeats([{ time: 0, qpm: 60 }, { time: 2, qpm: 120 }]); // biome-ignore format: short
    const [first] = answerCall(model, wish([tone(60, 0, 1), tone(62, 1, 3)], { beats }), never) ?? [];
    expect(first?.start).toBeCloseTo(3.125, 9);
  });

  it('refuses more 16ths than there may be', () => {
    expect(() => planAnswer(wish([tone(60, 0, 1)], { length: { steps: 4090 } }))).toThrow(/Call and answer have 4099 16ths/);
  });
});

describe('continueSequence', () => {
  const notes = [{ pitch: 60, startTime: 0, endTime: 0.5, velocity: 70 }, { pitch: 64, startTime: 0.5, endTime: 1 }]; // biome-ignore format: short
  const ask = (body: object, seed = 1) => {
    const { model: _, ...read } = readContinueBody(encode(body));
    return JSON.parse(continueSequence(model, { seed, ...read }, never) ?? 'null');
  };

  it("gives the answer alone, in the call's time, for so many steps or seconds", () => {
    const { notes: steps, tempos } = ask({ sequence: { notes, tempos: [{ qpm: 120 }] }, steps: 8 });
    expect(tempos).toEqual([{ time: 0, qpm: 120 }]);
    expect(steps[0].startTime).toBeCloseTo(1.125, 9);
    expect(steps.at(-1).endTime).toBeLessThanOrEqual(1.125 + 1 + 1e-9);
    const seconds = ask({ sequence: { notes, tempos: [{ qpm: 120 }] }, seconds: 3 });
    expect(seconds.notes.at(-1).endTime).toBeLessThanOrEqual(4 + 1e-9);
    expect(seconds.notes[0]).toMatchObject({ velocity: 75, pitch: expect.any(Number) });
  });

  it('reads and writes sequences in steps as Magenta.js does', () => {
    const quantized = {
      quantizationInfo: { stepsPerQuarter: 4 },
      tempos: [{ time: 0, qpm: 60 }],
      // 64-bit numbers of protocol buffers are text in JSON.
      notes: [{ pitch: 60, quantizedStartStep: '0', quantizedEndStep: '4' }, { pitch: 62, quantizedStartStep: 4, quantizedEndStep: 6 }], // biome-ignore format: short
    };
    const answer = ask({ sequence: quantized, steps: 16 });
    expect(answer.quantizationInfo).toEqual({ stepsPerQuarter: 4 });
    expect(answer.notes[0]).toMatchObject({ quantizedStartStep: 7, startTime: 7 / 4 });
    for (const note of answer.notes) {
      expect(note.startTime).toBeCloseTo(note.quantizedStartStep / 4, 9);
      expect(note.quantizedEndStep).toBeLessThanOrEqual(7 + 16);
    }
    // Steps have one tempo, wherever it is said to begin.
    expect(ask({ sequence: { ...quantized, tempos: [{ time: 1.2, qpm: 60 }] }, steps: 16 })).toEqual(answer);
  });

  it('the same seed gives the same answer', () => {
    const body = { sequence: { notes }, steps: 32 };
    expect(ask({ ...body, seed: 5 })).toEqual(ask({ ...body, seed: 5 }, 99));
    expect(ask({ ...body, seed: 6 })).not.toEqual(ask({ ...body, seed: 5 }));
  });

  it.each([
    [[], /The body/],
    [{ sequence: { notes } }, /either "seconds" or "steps"/],
    [{ sequence: { notes }, steps: 4, seconds: 4 }, /either "seconds" or "steps"/],
    [{ sequence: { notes }, steps: 4, extra: 1 }, /another name/],
    [{ steps: 4 }, /^sequence must be a NoteSequence/],
    [{ sequence: { notes: 5 }, steps: 4 }, /^sequence\.notes must be a list of at most 4096/],
    [{ sequence: { notes: [null] }, steps: 4 }, /^sequence\.notes\[0\] must be an object/],
    [{ sequence: { notes: [{ ...notes[0], pitch: 128 }] }, steps: 4 }, /^sequence\.notes\[0\]\.pitch must be a whole number from 0 to 127/],
    [{ sequence: { notes: [notes[0], { ...notes[0], pitch: '60' }] }, steps: 4 }, /^sequence\.notes\[1\]\.pitch/],
    [{ sequence: { notes: [{ ...notes[0], startTime: -1 }] }, steps: 4 }, /startTime must be a number from 0 to 300/],
    [{ sequence: { notes: [{ ...notes[0], endTime: 0 }] }, steps: 4 }, /^The end of sequence\.notes\[0\] must be after its beginning/],
    [{ sequence: { notes, tempos: [{ qpm: 0 }] }, steps: 4 }, /^sequence\.tempos\[0\]\.qpm/],
    [{ sequence: { notes, quantizationInfo: { stepsPerSecond: 100 } }, steps: 4 }, /stepsPerQuarter/],
    [{ sequence: { notes }, steps: 0 }, /^steps must be/],
    [{ sequence: { notes }, steps: 1.5 }, /^steps must be/],
    [{ sequence: { notes }, seconds: 301 }, /^seconds must be/],
    [{ sequence: { notes }, steps: 4, temperature: -1 }, /^temperature must be a number from 0 to 10/],
    [{ sequence: { notes }, steps: 4, seed: 0.5 }, /^seed must be/],
    [{ sequence: { notes }, steps: 4, model: 7 }, /^model must be/],
  ])('refuses %j', (body, message) => {
    const tell = (): unknown => {
      try {
        return readContinueBody(encode(body));
      } catch (error) {
        const { message: text, hint = '' } = error as { message: string; hint?: string };
        return text.match(message) !== null || hint.match(message) !== null;
      }
    };
    expect(tell()).toBe(true);
  });
});
