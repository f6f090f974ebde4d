// Where files are written that are made of others.

import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planOutputs } from '../../../src/pipeline/songs/planned-output.js';

describe('planOutputs', () => {
  const current = resolve('/not/there');
  const plan = (inputs: readonly string[]) =>
    planOutputs(inputs, { out: undefined, outputDir: 'out', format: undefined, formats: ['wav', 'mp3'], current, force: true });

  it('gives each input a name of its own', () => {
    expect(plan(['a/song.mid', 'b/other.mid']).map(({ output }) => output)).toEqual([
      join(current, 'out/song.wav'),
      join(current, 'out/other.wav'),
    ]);
  });

  it.each([
    ['the same name', 'song.mid', 'song.midi'],
    ['names that differ in letter case alone', 'Song.mid', 'song.mid'],
    ['one name whose accent is composed in two ways', 'caf\u00e9.mid', 'cafe\u0301.mid'],
  ])('refuses %s, one of which would overwrite the other', (_, one, other) => {
    expect(() => plan([join('a', one), join('b', other)])).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining('would both become') }),
    );
  });
});
