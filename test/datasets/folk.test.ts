// The bundled corpus keeps its promises: real tunes, whole bars, notes in range, none twice, and enough of them to learn from.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findMelodies } from '../../src/extraction/find-melodies.js';
import { magentaMelodies } from '../../src/extraction/magenta-melodies.js';
import { type AbcBar, type AbcTune, abcToNoteSequence, parseAbc } from '../../src/notation/abc/abc.js';

const folder = fileURLToPath(new URL('../../datasets/folk', import.meta.url));
const tunes = readdirSync(folder)
  .filter((name) => name.endsWith('.abc'))
  .map((name) => ({ name, tune: only(parseAbc(readFileSync(join(folder, name), 'utf8'), { filename: name })) }));

function only<T>(items: readonly T[]): T {
  const [item, ...more] = items;
  if (item === undefined || more.length > 0) throw new Error('one is wanted');
  return item;
}

/** In 64ths of a whole note, so that sums are exact. */
const lengthOf = ({ length }: AbcBar): number => (64 * length.n) / length.d;
const fullOf = ({ full }: AbcBar): number => (full === undefined ? Number.NaN : (64 * full.n) / full.d);
const barsOf = (tune: AbcTune): AbcBar[] => only(tune.voices).bars.filter((bar) => bar.length.n > 0);
/** A bar line at which a strain begins or ends. */
const bounds = (line: string): boolean => line === '' || /[:\][12]|\|\|/.test(line);

/** Steps and intervals of the first twelve notes: the same for a tune in any key. */
function beginning(tune: AbcTune): string {
  const { notes, tempos } = abcToNoteSequence(tune);
  const stepsPerSecond = ((tempos[0]?.qpm ?? 120) / 60) * 4;
  const first = notes.toSorted((a, b) => a.startTime - b.startTime).slice(0, 12);
  return first
    .slice(1)
    .map(({ pitch, startTime }, i) => {
      const before = first[i] ?? { pitch: 0, startTime: 0 };
      return `${pitch - before.pitch}/${Math.round((startTime - before.startTime) * stepsPerSecond)}`;
    })
    .join(' ');
}

describe('datasets/folk', () => {
  it('has at least 80 tunes in several metres and modes', () => {
    expect(tunes.length).toBeGreaterThanOrEqual(80);
    const metres = new Set(tunes.map(({ tune }) => `${tune.metre?.numerator}/${tune.metre?.denominator}`));
    for (const metre of ['4/4', '3/4', '6/8', '2/4']) expect(metres).toContain(metre);
    expect(new Set(tunes.map(({ tune }) => tune.key.mode)).size).toBeGreaterThanOrEqual(4);
  });

  it('yields at least 20,000 events to learn from', () => {
    const events = tunes.flatMap(({ tune }) => findMelodies(abcToNoteSequence(tune)).melodies.map((m) => m.melody.events.length));
    expect(events.reduce((sum, n) => sum + n, 0)).toBeGreaterThanOrEqual(20_000);
  });

  it('has no two tunes that begin alike', () => {
    const seen = new Map<string, string>();
    for (const { name, tune } of tunes) {
      const key = beginning(tune);
      expect([name, seen.get(key)]).toEqual([name, undefined]);
      seen.set(key, name);
    }
  });

  it.each(tunes)('$name says what it is, its bars are full, and its melody is found', ({ tune }) => {
    for (const text of [tune.title, tune.origin, tune.rhythm, tune.source, tune.composers.join()]) expect(text).not.toBe('');
    expect(tune.metre).toBeDefined();
    const bars = barsOf(tune);
    expect(bars.filter((bar) => lengthOf(bar) === fullOf(bar)).length).toBeGreaterThanOrEqual(7);
    // A bar that is not full is a pick-up or the end of a strain that leaves room for one; somewhere the two make a whole.
    const partial = bars.filter((bar) => lengthOf(bar) !== fullOf(bar));
    for (const bar of partial) {
      const where = `line ${bar.position.line}, column ${bar.position.column}`;
      expect([where, bounds(bar.left) || bounds(bar.right)]).toEqual([where, true]);
      expect([where, partial.some((other) => lengthOf(other) + lengthOf(bar) === fullOf(bar))]).toEqual([where, true]);
    }
    const { notes, tempos } = abcToNoteSequence(tune);
    const stepsPerSecond = ((tempos[0]?.qpm ?? 120) / 60) * 4;
    for (const { pitch, startTime } of notes) {
      expect(pitch).toBeGreaterThanOrEqual(48);
      expect(pitch).toBeLessThanOrEqual(83);
      expect(startTime * stepsPerSecond).toBeCloseTo(Math.round(startTime * stepsPerSecond), 6);
    }
    expect(new Set(notes.map(({ pitch }) => pitch % 12)).size).toBeGreaterThanOrEqual(5);
    const { melodies } = magentaMelodies(abcToNoteSequence(tune));
    expect(melodies.length).toBe(1);
  });
});
