// Expected values come from the definition of the modes: without sharps and flats each has its tonic on a white key of its own.
import { describe, expect, it } from 'vitest';
import { modeNamed, sharpsOf, tonicOf } from '../../src/music/key-signatures.js';

const WHITE: readonly (readonly [name: string, mode: number, tonic: number])[] = [
  ['Ionian', 0, 0],
  ['dorian', 4, 2],
  ['PHRYGIAN', 5, 4],
  ['Lydian', 6, 5],
  ['mix', 3, 7],
  ['Aeolian', 1, 9],
  ['locrian', 7, 11],
  ['major', 0, 0],
  ['minor', 1, 9],
];

describe('key signatures', () => {
  it.each(WHITE)('%s without sharps and flats', (name, mode, tonic) => {
    expect(modeNamed(name)).toBe(mode);
    expect([tonicOf(0, mode), sharpsOf(tonic, mode)]).toEqual([tonic, 0]);
    // Each sharp is a fifth up, each flat a fifth down.
    for (let sharps = -7; sharps <= 7; sharps++) expect(tonicOf(sharps, mode)).toBe((tonic + 7 * sharps + 84) % 12);
    for (let key = 0; key < 12; key++) expect(tonicOf(sharpsOf(key, mode), mode)).toBe(key);
  });

  it('are written with seven sharps or flats at most', () => {
    for (const [, mode] of WHITE) for (let key = 0; key < 12; key++) expect(Math.abs(sharpsOf(key, mode))).toBeLessThanOrEqual(7);
  });

  it.each(['', 'm', 'exp', 'none', 'toString'])('"%s" names no mode', (name) => {
    expect(modeNamed(name)).toBeUndefined();
  });
});
