// Where sound is kept while it is rendered: in a file as it is, in memory as 16-bit parts of its peak.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/audio/memory-store.js';
import type { SoundStore } from '../../src/audio/sound-store.js';
import { Spool } from '../../src/audio/spool.js';
import { temporaryFolder } from '../support/folder.js';

const FRAMES = 5000;
const valueAt = (i: number): number => Math.fround(Math.sin(i) * (i < 3000 ? 0.5 : 0.001));

describe.each([
  ['a file', (): SoundStore => new Spool(join(temporaryFolder(), 'spool')), 0],
  ['memory', (): SoundStore => new MemoryStore(), 0.5 / 32_767],
])('sound kept in %s', (_, make, lost) => {
  const filled = (): SoundStore => {
    const store = make();
    for (let at = 0; at < FRAMES; at += 700) {
      const frames = Math.min(700, FRAMES - at);
      const left = Float32Array.from({ length: 700 }, (_, i) => valueAt(at + i));
      store.write({ left, right: left.map((value) => -value / 2), frames });
      // What was written is not looked at again.
      left.fill(9);
    }
    return store;
  };

  it('comes back as it was, in pieces of any size', () => {
    const store = filled();
    for (const [frames, size] of [
      [FRAMES, 512],
      [FRAMES, 9000],
      [1234, 100],
      [0, 10],
    ] as const) {
      // biome-ignore format: short
      const [left, right]: number[][] = [[], []];
      for (const piece of store.read(frames, size)) {
        expect(piece.frames).toBeLessThanOrEqual(size);
        left?.push(...piece.left.subarray(0, piece.frames));
        right?.push(...piece.right.subarray(0, piece.frames));
      }
      const most = (found: readonly number[] = [], factor: number): number =>
        found.reduce((worst, value, i) => Math.max(worst, Math.abs(value - Math.fround(valueAt(i) * factor))), 0);
      expect([left?.length, right?.length]).toEqual([frames, frames]);
      expect(Math.max(most(left, 1), most(right, -0.5))).toBeLessThanOrEqual(lost * 0.51);
    }
  });

  it('is known by its loudest sample, and by where it falls silent', () => {
    const store = filled();
    expect(store.peak).toBeCloseTo(0.5, 4);
    // Windows of 1024: the last loud sample is in the third one.
    expect(store.framesAbove(0.1)).toBe(3072);
    expect(store.framesAbove(1e-4)).toBe(FRAMES);
    expect(store.framesAbove(1)).toBe(0);
  });
});
