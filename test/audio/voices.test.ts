// The sounds of mst as they are heard: every voice in tune in every octave, without clicks where it loops and ends, without aliases.

import { describe, expect, it } from 'vitest';
import { readSoundFont } from '../../src/audio/soundfont.js';
import { kit } from '../../src/audio/synthesis/kit.js';
import { programs } from '../../src/audio/synthesis/programs.js';
import { synthesiseSoundBank } from '../../src/audio/synthesis/sound-bank.js';
import { voices } from '../../src/audio/synthesis/voices/index.js';
import { below, betweenHarmonics, centsAbove, hertzOf, playNote, RATE, sharpness, soundBankBytes } from './listening.js';

const bank = synthesiseSoundBank();
const synthesised = readSoundFont(bank, 'synthesised.sf2');

/** A program of every voice that plays it plainly. Voices whose overtones are no harmonics are judged by their lowest tone. */
const plain: Readonly<Record<keyof typeof voices, { program: number; from?: number; to?: number; struck?: true }>> = {
  piano: { program: 0 },
  electricPiano: { program: 4 },
  glassPiano: { program: 5 },
  steelGuitar: { program: 25 },
  nylonGuitar: { program: 24 },
  harpsichord: { program: 6 },
  fingerBass: { program: 33, from: 28, to: 76 },
  slapBass: { program: 36, from: 28, to: 76 },
  tonewheelOrgan: { program: 16 },
  churchOrgan: { program: 19 },
  bowedStrings: { program: 48 },
  choir: { program: 52 },
  flute: { program: 73, from: 48 },
  clarinet: { program: 71 },
  oboe: { program: 68 },
  saxophone: { program: 64 },
  brass: { program: 56 },
  square: { program: 80 },
  pulse: { program: 86 },
  triangle: { program: 78 },
  saw: { program: 81 },
  warmSaw: { program: 50 },
  drivenGuitar: { program: 30 },
  marimba: { program: 12, struck: true },
  vibraphone: { program: 11, struck: true },
  glockenspiel: { program: 9, from: 60, struck: true },
  bell: { program: 14, from: 48, struck: true },
};

const keysOf = ({ from = 36, to = 96 }: { from?: number; to?: number }): number[] =>
  Array.from({ length: Math.floor((to - from) / 12) + 1 }, (_, octave) => from + 12 * octave);
const part = (signal: Float64Array, from: number, to: number): Float64Array =>
  signal.subarray(Math.round(from * RATE), Math.round(to * RATE));

describe.each(Object.entries(plain))('%s', (_, { program, struck, ...range }) => {
  it('is in tune within 5 cents in every octave, and does not click while it sounds or when it ends', async () => {
    const font = await synthesised;
    for (const key of keysOf(range)) {
      const sound = playNote(font, { program, key, held: 0.8, length: 1.1 });
      const held = part(sound, 0.1, 0.8);
      const cents = centsAbove(struck ? below(held, hertzOf(key) * 1.3) : held, hertzOf(key));
      expect(Math.abs(cents), `cents of key ${key}`).toBeLessThan(5);
      expect(sharpness(part(sound, 0.3, 0.79), hertzOf(key)), `click within key ${key}`).toBeLessThan(3);
      // While a key is let go there may be no edge sharper than those of the attack.
      const edge = (signal: Float64Array): number =>
        signal.reduce((most, value, i) => Math.max(most, Math.abs(value - (signal[i - 1] ?? value))), 0);
      expect(edge(part(sound, 0.79, 1.1)), `edge at the end of key ${key}`).toBeLessThan(1.2 * edge(part(sound, 0, 0.79)));
    }
  });
});

describe('what the ears of these tests hear', () => {
  const tone = (hertz: number, seconds: number): Float64Array =>
    Float64Array.from(
      { length: Math.round(seconds * RATE) },
      (_, i) => Math.sin((2 * Math.PI * hertz * i) / RATE) + 0.5 * Math.sin((4 * Math.PI * hertz * i) / RATE + 1),
    );

  it.each([40, 110, 440, 1760])('five cents at %i hertz', (hertz) => {
    expect(centsAbove(tone(hertz * 2 ** (5 / 1200), 0.6), hertz)).toBeCloseTo(5, 0);
    expect(centsAbove(tone(hertz * 2 ** (-20 / 1200), 0.6), hertz)).toBeCloseTo(-20, 0);
  });

  it('a loop that is off by three samples', () => {
    const loop = tone(441, 0.1);
    const off = Float64Array.from({ length: loop.length * 5 }, (_, i) => loop[i % (loop.length - 3)] as number);
    expect(sharpness(off, 441)).toBeGreaterThan(5);
    expect(sharpness(tone(441, 0.5), 441)).toBeLessThan(1.2);
  });

  it('an alias 50 decibels below', () => {
    const aliased = tone(1000, 0.3).map((value, i) => value + 0.0035 * Math.sin((2 * Math.PI * 3370 * i) / RATE));
    expect(betweenHarmonics(aliased, 1000)).toBeCloseTo(20 * Math.log10(0.0035 / Math.hypot(1, 0.5)), 0);
    expect(betweenHarmonics(tone(1000, 0.3), 1000)).toBeLessThan(-80);
  });
});

describe('aliases', () => {
  it.each([80, 81, 86])('of program %i lie far below its tone', async (program) => {
    const font = await synthesised;
    for (const key of [48, 55, 62, 69, 76, 83, 90, 96]) {
      const held = part(playNote(font, { program, key, held: 0.6, length: 0.6 }), 0.2, 0.55);
      expect(betweenHarmonics(held, hertzOf(key)), `key ${key}`).toBeLessThan(-50);
    }
  });
});

describe('the bank', () => {
  it('is the same every time: what was built', () => {
    expect(Buffer.compare(bank, soundBankBytes()), 'the bank in dist is another: npm run build').toBe(0);
  });

  it('is a SoundFont below 3 MB with 128 programs and a kit', async () => {
    expect(bank.length).toBeLessThan(3_000_000);
    expect(new TextDecoder().decode(bank.subarray(0, 4))).toBe('RIFF');
    expect(new TextDecoder().decode(bank.subarray(8, 12))).toBe('sfbk');
    const { presets } = (await synthesised).bank;
    const melodic = presets.filter(({ isGMGSDrum }) => !isGMGSDrum);
    expect(melodic.map(({ program }) => program).sort((a, b) => a - b)).toEqual(Array.from({ length: 128 }, (_, k) => k));
    expect(presets.filter(({ isGMGSDrum }) => isGMGSDrum)).toHaveLength(1);
    expect(new Set(programs.map(([, voice]) => voice)).size).toBe(Object.keys(voices).length);
  });

  it('plays every drum of General MIDI', async () => {
    const keys = kit.flatMap((piece) => piece.keys.map(([key]) => key));
    for (let key = 35; key <= 81; key++) expect(keys).toContain(key);
    expect(new Set(keys).size).toBe(keys.length);
    const font = await synthesised;
    for (const key of [35, 38, 42, 46, 49, 51]) {
      const sound = playNote(font, { program: 0, channel: 9, key, held: 0.1, length: 0.4 });
      expect(Math.max(...part(sound, 0, 0.1).map(Math.abs)), `drum ${key}`).toBeGreaterThan(0.02);
    }
  });

  it('is as loud in one program as in another, within reason', async () => {
    const font = await synthesised;
    const loudness = Object.values(plain).map(({ program }) => {
      const sound = part(playNote(font, { program, key: 60, held: 0.5, length: 0.5 }), 0.05, 0.45);
      return 10 * Math.log10(sound.reduce((sum, value) => sum + value * value, 0) / sound.length);
    });
    const sorted = loudness.sort((a, b) => a - b);
    expect((sorted.at(-1) ?? 0) - (sorted[0] ?? 0)).toBeLessThan(14);
  });
});
