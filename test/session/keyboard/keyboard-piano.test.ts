import { describe, expect, test } from 'vitest';
import { KeyboardPiano, type NoteEnds } from '../../../src/session/keyboard/keyboard-piano.js';

type Stroke = readonly [time: number, place: string, action?: 'press' | 'repeat' | 'release'];
/** What keys play: "+60" and "-60" with their times in milliseconds. */
function play(noteEnds: NoteEnds, strokes: readonly Stroke[], until = 0): string[] {
  const piano = new KeyboardPiano({ noteEnds, velocity: 77 });
  const heard = strokes.flatMap(([time, place, action = 'press']) => [
    ...piano.advance(time),
    ...(piano.key({ place, action, alt: false, ctrl: false }, time) ?? []),
  ]);
  return [...heard, ...piano.advance(until)].map(
    ({ time, bytes }) => `${Math.round(time * 1000)}${(bytes[0] as number) >= 0x90 ? '+' : '-'}${bytes[1]}`,
  );
}

test('two rows of keys are a piano: C4 and C5 at their left ends, black keys above the white', () => {
  const pitches = (keys: string) =>
    play(
      'release',
      [...keys].map((key) => [0, key] as const),
    ).map((entry) => Number(entry.split('+')[1]));
  expect(pitches('zxcvbnm')).toEqual([60, 62, 64, 65, 67, 69, 71]);
  expect(pitches('sdghj')).toEqual([61, 63, 66, 68, 70]);
  expect(pitches('qwertyu')).toEqual([72, 74, 76, 77, 79, 81, 83]);
  expect(pitches('23567')).toEqual([73, 75, 78, 80, 82]);
});

describe('where keys let go are told', () => {
  test('a note lasts as long as its key is held, repeats and all', () => {
    expect(
      play('release', [
        [0, 'z'],
        [0.5, 'z', 'repeat'],
        [0.6, 'c'],
        [0.9, 'z', 'release'],
        [1, 'c', 'release'],
      ]),
    ).toEqual(['0+60', '600+64', '900-60', '1000-64']);
  });
  test('two keys of the same pitch: struck again, ended once', () => {
    expect(
      play('release', [
        [0, ','],
        [0.1, 'q'],
        [0.2, ',', 'release'],
        [0.3, 'q', 'release'],
      ]),
    ).toEqual(['0+72', '100-72', '100+72', '300-72']);
  });
});

describe('where they are not', () => {
  test('a note ends when its key no longer repeats', () => {
    expect(
      play(
        'hold',
        [
          [0, 'z'],
          [0.5, 'z', 'repeat'],
          [0.53, 'z', 'repeat'],
        ],
        10,
      ),
    ).toEqual(['0+60', '680-60']);
    expect(play('hold', [[0, 'z']], 10)).toEqual(['0+60', '700-60']);
  });
  test('or when another is pressed', () => {
    expect(
      play(
        'hold',
        [
          [0, 'z'],
          [0.2, 'x'],
        ],
        0.3,
      ),
    ).toEqual(['0+60', '200-60', '200+62']);
  });
  test('a key struck again is a note again', () => {
    expect(
      play(
        'hold',
        [
          [0, 'z'],
          [0.25, 'z'],
          [0.5, 'z'],
        ],
        0.6,
      ),
    ).toEqual(['0+60', '250-60', '250+60', '500-60', '500+60']);
  });
  test('repeating by itself is told from that after it was seen once', () => {
    const held = (from: number): Stroke[] => [0, 0.5, 0.53, 0.56, 0.59].map((after) => [from + after, 'z'] as const);
    // The first time the note is struck once more; from then on the delay of half a second is known.
    expect(play('hold', [...held(0), ...held(2)], 10)).toEqual(['0+60', '500-60', '500+60', '740-60', '2000+60', '2740-60']);
  });
  test('legato: a note lasts until the next', () => {
    expect(
      play(
        'legato',
        [
          [0, 'z'],
          [9, 'x'],
          [9.3, 'x'],
        ],
        20,
      ),
    ).toEqual(['0+60', '9000-60', '9000+62', '9300-62', '9300+62']);
  });
});

test('octaves shift, and a note that sounds ends as it began', () => {
  const piano = new KeyboardPiano({ noteEnds: 'release' });
  const key = { place: 'z', alt: false, ctrl: false };
  piano.key({ ...key, action: 'press' }, 0);
  piano.shift(-1);
  expect(piano.lowest).toBe(48);
  expect(piano.key({ ...key, action: 'release' }, 1)).toEqual([{ time: 1, bytes: [0x80, 60, 0] }]);
  expect(piano.key({ ...key, action: 'press' }, 2)).toEqual([{ time: 2, bytes: [0x90, 48, 90] }]);
  expect(piano.allOff(3)).toEqual([{ time: 3, bytes: [0x80, 48, 0] }]);
  piano.shift(100);
  expect(piano.lowest).toBe(108);
  // 19 semitones above that is no pitch.
  expect(piano.key({ ...key, place: 't', action: 'press' }, 4)).toEqual([{ time: 4, bytes: [0x90, 127, 90] }]);
  expect(piano.key({ ...key, place: '6', action: 'press' }, 5)).toEqual([]);
});

test('other keys, and keys with ctrl, are not the piano’s', () => {
  const piano = new KeyboardPiano({ noteEnds: 'release' });
  expect(piano.key({ place: 'space', action: 'press', alt: false, ctrl: false }, 0)).toBeUndefined();
  expect(piano.key({ place: 'c', action: 'press', alt: false, ctrl: true }, 0)).toBeUndefined();
});
