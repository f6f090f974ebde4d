import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/core/nearest.js';

describe('nearest', () => {
  it('finds what was meant, and nothing when nothing is near', () => {
    const words = ['fetch', 'convert', 'models', 'doctor'];
    expect(['fecth', 'fetc', 'covnert', 'Models', 'docter'].map((word) => nearest(word, words))).toEqual([
      'fetch',
      'fetch',
      'convert',
      'models',
      'doctor',
    ]);
    expect(['x', 'generate', ''].map((word) => nearest(word, words))).toEqual([undefined, undefined, undefined]);
  });
});
