// Sequences are those that the kitty keyboard protocol and the manuals of xterm and the Linux console give for the keys.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KeyEvent, KeyReader } from '../../../src/session/keyboard/key-reader.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const told = (event: ReturnType<KeyReader['read']>[number]): string => {
  if (event.type !== 'key') return event.type;
  const { key, place, action, shift, alt, ctrl } = event;
  const modifiers = `${ctrl ? 'ctrl-' : ''}${alt ? 'alt-' : ''}${shift ? 'shift-' : ''}`;
  return `${modifiers}${key}${place === key ? '' : `@${place}`}${action === 'press' ? '' : ` ${action}`}`;
};
const read = (text: string): string[] => {
  const reader = new KeyReader();
  return [...reader.read(bytes(text)), ...reader.flush()].map(told);
};

describe('older terminals', () => {
  test.each([
    ['az;/', ['a', 'z', ';', '/']],
    ['A?', ['shift-a', 'shift-/']],
    [' \t\r\x7f\x08', ['space', 'tab', 'enter', 'backspace', 'backspace']],
    ['\x03\x1a', ['ctrl-c', 'ctrl-z']],
    ['\x1b[A\x1b[B\x1b[C\x1b[D', ['up', 'down', 'right', 'left']],
    ['\x1bOA\x1bOP\x1bOS', ['up', 'f1', 'f4']],
    ['\x1b[H\x1b[1~\x1b[5~\x1b[6~\x1b[15~\x1b[24~', ['home', 'home', 'page-up', 'page-down', 'f5', 'f12']],
    ['\x1b[1;2A\x1b[1;5C\x1b[5;3~', ['shift-up', 'ctrl-right', 'alt-page-up']],
    ['\x1ba', ['alt-a']],
    ['\x1b', ['escape']],
    ['\x1b\x1b[A', ['escape', 'up']],
    ['é', ['é']],
  ])('%j', (text, keys) => expect(read(text)).toEqual(keys));
});

describe('the kitty protocol', () => {
  test.each([
    ['\x1b[97u\x1b[97;1:2u\x1b[97;1:3u', ['a', 'a repeat', 'a release']],
    ['\x1b[97:65;2u', ['shift-a']],
    ['\x1b[99;5u', ['ctrl-c']],
    // The key left of S on a French keyboard types q and lies where a US keyboard has a.
    ['\x1b[113::97;1:1u', ['q@a']],
    ['\x1b[27u\x1b[27;1:3u', ['escape', 'escape release']],
    ['\x1b[1;1:3A\x1b[32u\x1b[13u', ['up release', 'space', 'enter']],
    // Shift alone, and keys of media players, are nothing.
    ['\x1b[57441;2u\x1b[57428u', []],
    // Caps lock counts 64.
    ['\x1b[97;65u', ['a']],
    ['\x1b[?15u\x1b[?62;22c', ['kitty', 'attributes']],
  ])('%j', (text, keys) => expect(read(text)).toEqual(keys));
});

test('it does not matter in which pieces a sequence comes', () => {
  const text = 'a\x1b[97;1:3u\x1b[1;5A\x1bOPé\x1b[?1u\x1b[?6cz';
  const whole = new KeyReader().read(bytes(text)).map(told);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: bytes(text).length }), { maxLength: 8 }), (cuts) => {
      const reader = new KeyReader();
      const edges = [0, ...cuts.sort((a, b) => a - b), bytes(text).length];
      const pieces = edges.slice(1).flatMap((end, k) => reader.read(bytes(text).subarray(edges[k], end)));
      expect(pieces.map(told)).toEqual(whole);
    }),
  );
});

test('whatever comes, it reads on, and a key after it is a key', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      const reader = new KeyReader();
      reader.read(noise);
      reader.flush();
      const events = [...reader.read(bytes(`${'~'.repeat(3)}\x1b[A`))];
      expect(told(events.at(-1) as KeyEvent)).toBe('up');
    }),
  );
});

test('a sequence without an end is given up, not kept for ever', () => {
  const reader = new KeyReader();
  reader.read(bytes(`\x1b[${'1;'.repeat(5000)}`));
  expect(reader.read(bytes('a')).map(told)).toEqual(['a']);
});
