// Finding and opening soundfonts: by path, by name, and those that are damaged or something else.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { SoundBankLoader } from 'spessasynth_core';
import { describe, expect, it } from 'vitest';
import { createOggEncoder } from 'wasm-media-encoders';
import { findSoundFont, openSoundFont, ownSoundFont, readSoundFont } from '../../src/audio/soundfont.js';
import { Synthesizer } from '../../src/audio/synthesizer.js';
import { MstError } from '../../src/core/errors.js';
import { temporaryFolder } from '../support/folder.js';
import { centsAbove, hertzOf, ownFont, playNote, soundBankBytes } from './listening.js';

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

const SOME: readonly (readonly [program: number, key: number])[] = [
  [4, 60],
  [24, 64],
  [73, 72],
  [80, 69],
];

/** Some sounds of mst as an .sf3 file: each sample in Ogg Vorbis, by an encoder compiled from Xiph's own. */
async function asSf3(): Promise<Uint8Array<ArrayBuffer>> {
  const bank = SoundBankLoader.fromArrayBuffer(soundBankBytes().slice().buffer);
  const kept = new Set(SOME.map(([program]) => program));
  for (const preset of bank.presets.filter(({ program, isGMGSDrum }) => isGMGSDrum || !kept.has(program))) bank.deletePreset(preset);
  bank.removeUnusedElements();
  const encoder = await createOggEncoder();
  await bank.setSampleFormat({
    format: 'compressed',
    async compressionFunction(samples, sampleRate) {
      encoder.configure({ channels: 1, sampleRate, vbrQuality: 6 });
      return Uint8Array.from([...encoder.encode([samples]), ...encoder.finalize()]);
    },
  });
  return new Uint8Array(bank.writeSF2({ software: 'test' }));
}

describe('a compressed soundfont', () => {
  it('plays as the one it was made of: the same pitch, about as loud', async () => {
    const bytes = await asSf3();
    expect(Buffer.from(bytes).includes('OggS')).toBe(true);
    const path = join(temporaryFolder({ 'small.sf3': bytes }), 'small.sf3');
    const [font, own] = [await openSoundFont(path), await ownFont()];
    const loudness = (sound: Float64Array): number => Math.sqrt(sound.reduce((sum, value) => sum + value * value, 0) / sound.length);
    for (const [program, key] of SOME) {
      const note = { program, key, held: 0.8, length: 1 };
      const [small, whole] = [playNote(font, note), playNote(own, note)];
      expect(Math.abs(centsAbove(small, hertzOf(key)))).toBeLessThan(5);
      expect(Math.abs(20 * Math.log10(loudness(small) / loudness(whole)))).toBeLessThan(1);
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
