// Repeats, endings and parts: the order of the notes, written out by hand (letters stand for the notes heard).
import { expect, test } from 'vitest';
import { pitches, play } from '../support/abc-tune.js';

const order = (body: string, fields = 'M:none\nL:1/4'): string => {
  const letters = new Map([...'CDEFGABcdefgab'].map((letter, i) => [[60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77, 79, 81, 83][i], letter]));
  return pitches(play(body, { fields }))
    .map((pitch) => letters.get(pitch))
    .join('');
};

test.each([
  ['A|B|]', 'AB'],
  ['|:A|B:|c', 'ABABc'],
  ['A|B:|c', 'ABABc'],
  ['|:A:|B:|c', 'AABBc'],
  ['|:A::B:|', 'AABB'],
  ['|:A:||:B:|', 'AABB'],
  ['|:A:|\n|:B:|', 'AABB'],
  ['|:A:|:B:|', 'AABB'],
  ['A||B:|', 'ABB'],
  ['A|]B:|', 'ABB'],
  ['|:A||B:|', 'ABAB'],
  ['A|:B:|c|d:|', 'ABBcdcd'],
  ['|:A|1B:|2c|]d', 'ABAcd'],
  ['|:A|[1B:|[2c|]d', 'ABAcd'],
  ['|:A [1B:| [2c|]', 'ABAc'],
  ['A|1B:|2c||D|1E:|2F|]', 'ABAcDEDF'],
  ['|:A|1B:|2c:|:D:|', 'ABAcDD'],
  ['|:A|1B:|2c:|', 'ABAc'],
  ['|:A|1B:|2c::D|1E:|2F:|', 'ABAcDEDF'],
  ['|:A|1B|2c|]', 'ABAc'],
  ['|:A|1B:|\n|2c|]', 'ABAc'],
  ['|:A|1,3B:|2c:|', 'ABAcAB'],
  ['|:A|1-3B:|4c|]', 'ABABABAc'],
  ['|:A|[1,2 B:|[3 c|d||', 'ABABAcd'],
  ['|:A|1B:|c', 'ABAc'],
  ['|::A::|B', 'AAAB'],
  ['|::A:|B', 'AAAB'],
  ['|:A::::B:|', 'AAABBB'],
  ['A[|]B:|', 'ABAB'],
  ['|:A|:B:|', 'ABB'],
  ['|:AB', 'AB'],
  ['G|:A|B:|', 'GABAB'],
  ['G|A:|c|d:|', 'GAGAcdcd'],
])('%s', (body, expected) => {
  expect(order(body)).toBe(expected);
});

test('parts are played in the order the header gives', () => {
  const body = 'P:A\nA|\nP:B\n|:B:|\nP:C\nc';
  expect(order(body, 'M:none\nL:1/4\nP:ABA')).toBe('ABBA');
  expect(order(body, 'M:none\nL:1/4\nP:A2.(BA)2 C')).toBe('AABBABBAc');
  expect(order(body)).toBe('ABBc');
  expect(order('G[P:A]A[P:B]B', 'M:none\nL:1/4\nP:BA')).toBe('GBA');
  expect(order('[P:A]A[P:B]B[P:A]c', 'M:none\nL:1/4\nP:AB')).toBe('AcB');
  expect(() => order(body, 'M:none\nL:1/4\nP:AD')).toThrow(/names part D/);
});

test('a tie leads into the repeat and into the second ending, with its accidental', () => {
  expect(pitches(play('|:^c4-|1c4:|2c2 c2|]'))).toEqual([73, 73, 72]);
  const sequence = play('|:c4|d4-:|d4');
  expect(sequence.notes.map(({ startTime, endTime }) => [startTime, endTime])).toEqual([
    [0, 4],
    [4, 8],
    [8, 12],
    [12, 20],
  ]);
});

test('a repeat of an overlay starts each layer at its bar', () => {
  expect(play('|:C2&E F|G2&B:|').notes.map(({ pitch, startTime }) => [pitch, startTime])).toEqual(
    [0, 4].flatMap((at) => [
      [60, at],
      [64, at],
      [65, at + 1],
      [67, at + 2],
      [71, at + 2],
    ]),
  );
});
