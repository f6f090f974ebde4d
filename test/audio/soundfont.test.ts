// Finding and opening soundfonts: by path, by name, and those that are damaged or something else.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSoundFont, openSoundFont, ownSoundFont, readSoundFont } from '../../src/audio/soundfont.js';
import { Synthesizer } from '../../src/audio/synthesizer.js';
import { MstError } from '../../src/core/errors.js';
import { temporaryFolder } from '../support/folder.js';
import { soundBankBytes } from './listening.js';

describe('a soundfont is found', () => {
  const folders = (): { current: string; installed: string } => {
    const current = temporaryFolder({ 'mine.sf2': 'x' });
    const installed = join(current, 'installed');
    mkdirSync(installed);
    for (const name of ['FluidR3_GM.sf2', 'TimGM6mb.sf3', 'readme.txt']) writeFileSync(join(installed, name), 'x');
    return { current, installed };
  };

  it.each([
    ['mine.sf2', 'mine.sf2'],
    ['FluidR3_GM', 'installed/FluidR3_GM.sf2'],
    ['fluidr3_gm.SF2', 'installed/FluidR3_GM.sf2'],
    ['TimGM6mb', 'installed/TimGM6mb.sf3'],
  ])('%s', (asked, found) => {
    const { current, installed } = folders();
    expect(findSoundFont(asked, current, ['/nowhere', installed])).toBe(join(current, found));
  });

  it('as the one of mst when none is asked for', () => {
    expect(findSoundFont(undefined, '/')).toBe(ownSoundFont());
  });

  it('or the error names those that are there', () => {
    const { current, installed } = folders();
    expect(() => findSoundFont('Fluid', current, [installed])).toThrow('There is no soundfont "Fluid".');
    try {
      findSoundFont('Fluid', current, [installed]);
    } catch (error) {
      expect((error as MstError).hint).toContain('FluidR3_GM, TimGM6mb');
    }
  });
});

describe("a stranger's soundfont", () => {
  it('is refused when it is something else, empty, cut short or a folder', async () => {
    const bytes = soundBankBytes();
    const folder = temporaryFolder({ 'a.sf2': 'no soundfont', 'b.sf2': '', 'c.sf2': bytes.subarray(0, 100_000) });
    await expect(openSoundFont(join(folder, 'a.sf2'))).rejects.toThrow('is not a soundfont');
    await expect(openSoundFont(join(folder, 'b.sf2'))).rejects.toThrow('is not a soundfont');
    await expect(openSoundFont(join(folder, 'c.sf2'))).rejects.toThrow('is cut short');
    await expect(openSoundFont(folder)).rejects.toThrow(MstError);
    await expect(openSoundFont(join(folder, 'd.sf2'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is played or refused in words, whatever is wrong within it', async () => {
    const whole = soundBankBytes();
    // The headers of presets, instruments and samples lie at the end.
    const tables = 90_000;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(tables - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }), async (changes) => {
        const damaged = whole.slice();
        for (const [back, value] of changes) damaged[damaged.length - 1 - back] = value;
        try {
          const synthesizer = new Synthesizer(await readSoundFont(damaged, 'damaged.sf2'), { rate: 44_100 });
          const [left, right] = [new Float32Array(64), new Float32Array(64)];
          for (const key of [30, 60, 90]) synthesizer.send([0x90, key, 100]);
          for (let block = 0; block < 4; block++) synthesizer.render(left, right, 0);
        } catch (error) {
          expect(error).toBeInstanceOf(MstError);
          expect((error as MstError).code).toBe('bad-soundfont');
        }
      }),
      { numRuns: 8, seed: 1 },
    );
  });
});
