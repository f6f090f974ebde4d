// Scales. Expected notes: as musicians spell them.

import { describe, expect, it } from 'vitest';
import { pitchClassNamed, SCALE_NAMES, SCALES, type ScaleName, scaleOn } from '../../src/music/scales.js';

const named = (notes: string): number[] => notes.split(' ').map((note) => pitchClassNamed(note) as number);

describe('scales', () => {
  it.each<[string, ScaleName, string]>([
    ['C', 'major', 'C D E F G A B'],
    ['Eb', 'major', 'Eb F G Ab Bb C D'],
    ['A', 'minor', 'A B C D E F G'],
    ['D', 'dorian', 'D E F G A B C'],
    ['E', 'phrygian', 'E F G A B C D'],
    ['F', 'lydian', 'F G A B C D E'],
    ['G', 'mixolydian', 'G A B C D E F'],
    ['B', 'locrian', 'B C D E F G A'],
    ['A', 'harmonic-minor', 'A B C D E F G#'],
    ['A', 'melodic-minor', 'A B C D E F# G#'],
    ['E', 'phrygian-dominant', 'E F G# A B C D'],
    ['G', 'major-pentatonic', 'G A B D E'],
    ['E', 'minor-pentatonic', 'E G A B D'],
    ['C', 'major-blues', 'C D Eb E G A'],
    ['A', 'blues', 'A C D Eb E G'],
    ['C', 'whole-tone', 'C D E F# G# A#'],
    ['C', 'diminished', 'C D Eb F Gb Ab A B'],
    ['F#', 'chromatic', 'C C# D D# E F F# G G# A A# B'],
  ])('%s %s is %s', (tonic, scale, notes) => {
    expect(scaleOn(pitchClassNamed(tonic) as number, scale)).toEqual(new Set(named(notes)));
  });

  it('are written upwards from the tonic, within an octave', () => {
    for (const scale of SCALE_NAMES) {
      const steps: readonly number[] = SCALES[scale];
      expect(steps[0]).toBe(0);
      expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
      expect(Math.max(...steps)).toBeLessThan(12);
    }
  });
});

describe('names of notes', () => {
  it.each([
    ['C', 0],
    ['c', 0],
    ['F#', 6],
    ['Gb', 6],
    ['B♭', 10],
    ['bb', 10],
    ['Cb', 11],
    ['B#', 0],
    [' E ', 4],
  ])('%j is %i', (name, pitchClass) => expect(pitchClassNamed(name)).toBe(pitchClass));

  it.each(['H', '', 'C##', 'Dm', 'C4', 'do', 'Fis'])('%j is none', (name) => expect(pitchClassNamed(name)).toBeUndefined());
});
