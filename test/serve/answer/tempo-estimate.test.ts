import { describe, expect, it } from 'vitest';
import { estimateTempo, phaseOf } from '../../../src/serve/answer/tempo-estimate.js';

/** Positions in quarter notes. */
const rhythms = {
  quarters: [0, 1, 2, 3, 4, 5, 6, 7],
  eighths: [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5],
  mixed: [0, 1, 1.5, 2, 3, 3.5, 3.75, 4, 5, 6, 7],
  dotted: [0, 0.75, 1, 1.75, 2, 2.75, 3, 4],
};
const played = (quarters: readonly number[], qpm: number, from = 0.3): number[] => quarters.map((quarter) => from + (quarter * 60) / qpm);

describe('estimateTempo', () => {
  it.each(Object.entries(rhythms))('%s are heard at their tempo or its double, wherever they begin', (_, quarters) => {
    for (const qpm of [100, 112, 120, 140, 160]) {
      for (const from of [0, 0.3, 17.123]) {
        const heard = estimateTempo(played(quarters, qpm, from));
        expect(heard > 1.5 * qpm ? heard / 2 : heard).toBeCloseTo(qpm, 1);
      }
    }
    expect(estimateTempo(played(quarters, 120))).toBeCloseTo(120, 1);
  });

  it.each([44, 60, 75, 90, 180, 250, 300])(
    'at %i quarter notes a minute, notes lie on the 16ths of what is heard (32nds where that was halved), 40 to 240',
    (qpm) => {
      for (const quarters of Object.values(rhythms)) {
        const heard = estimateTempo(played(quarters, qpm, 0));
        expect(heard).toBeGreaterThan(39.5);
        expect(heard).toBeLessThanOrEqual(240);
        const grid = qpm > 240 ? 7.5 : 15;
        for (const at of played(quarters, qpm, 0).map((start) => (start * heard) / grid))
          expect(Math.abs(at - Math.round(at))).toBeLessThan(0.1);
      }
    },
  );

  it('little unevenness does little harm, and chords count once', () => {
    const uneven = played(rhythms.mixed, 120).map((start, k) => start + 0.015 * Math.sin(k * 7.3));
    expect(Math.abs(estimateTempo(uneven) - 120)).toBeLessThan(2.5);
    const chords = played(rhythms.quarters, 130).flatMap((start) => [start, start + 0.004, start + 0.009]);
    expect(estimateTempo(chords)).toBeCloseTo(130, 0);
  });

  it('four notes or fewer have 120, whatever they are; so have notes that say nothing', () => {
    for (const starts of [[], [1], played([0, 1, 2, 3], 97)]) expect(estimateTempo(starts)).toBe(120);
    expect(estimateTempo(played([0, 1, 2, 3, 4], 97))).toBeCloseTo(97, 1);
    expect(estimateTempo([1, 1, 1, 1, 1, 1])).toBe(120);
  });

  it('a MIDI file holds it exactly: a quarter note is a whole number of microseconds', () => {
    for (let qpm = 61; qpm < 240; qpm += 7.3) {
      const microseconds = 6e7 / estimateTempo(played(rhythms.dotted, qpm));
      expect(Math.abs(microseconds - Math.round(microseconds))).toBeLessThan(1e-6);
    }
  });
});

it('phaseOf finds how far behind a grid notes are', () => {
  for (const phase of [-0.05, 0, 0.02, 0.06]) {
    expect(
      phaseOf(
        [0, 3, 4, 8, 9].map((step) => step * 0.125 + phase),
        0.125,
      ),
    ).toBeCloseTo(phase, 9);
  }
});
