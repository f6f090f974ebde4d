import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogEntry } from '../../../src/jam/log/log-entry.js';
import type { Status } from '../../../src/jam/status.js';
import type { KeyEvent } from '../../../src/session/keyboard/key-reader.js';
import { keyHelp, wishOf } from '../../../src/session/keyboard/session-keys.js';
import { drawScreen, type ScreenFacts, ScreenWriter } from '../../../src/session/screen/screen.js';
import { fitText, screenStyle } from '../../../src/session/screen/screen-text.js';
import { TurnLines } from '../../../src/session/screen/turn-lines.js';
import { status } from '../support/status.js';

const facts: ScreenFacts = {
  now: 10,
  inputs: ['USB Piano'],
  outputs: ['Synth'],
  file: 'sessions/a.jsonl',
  notice: null,
  help: keyHelp(60),
};
const PLAIN = { color: false, unicode: false };
const BLOCKS = { color: false, unicode: true };
// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes are control characters
const withoutColors = (text: string): string => text.replaceAll(/\x1b\[\d+m/g, '');
const draw = (changes: Partial<Status> = {}, more: Partial<ScreenFacts> = {}, style = PLAIN) =>
  drawScreen({ ...status, ...changes }, { ...facts, ...more }, 60, 20, style).map(withoutColors);

describe('the screen', () => {
  test('says whose turn it is, how much is left, where the music is and with whom', () => {
    const [turn, beat, model] = draw();
    expect(turn).toMatch(/^ MODEL {5}#####\.{15} 2\.5 beats left {3}bars 2\+2 *$/);
    expect(beat).toMatch(/^ o \* o o {3}120 bpm {3}bar 4 {3}takes 1 \[2\] 3 *$/);
    expect(model).toMatch(/^ with ff4 70% \+ coldplay 30% {3}temperature 1\.10 *$/);
  });

  test('says how the last answer came, the ports, and where it is recorded, or what happened', () => {
    const text = draw().join('\n');
    expect(text).toContain('answer 0.4 ms after its beat, made in 12 ms');
    expect(text).toContain('in: USB Piano   out: Synth');
    expect(text).toContain(' sessions/a.jsonl');
    const lastAnswer = { turn: 1, offset: -0.0251, generation: null, lateNotes: 2 };
    const troubled = draw({ lastAnswer, answers: { turns: 5, missed: 1 } }, { notice: 'USB Piano is gone.', inputs: [] }).join('\n');
    expect(troubled).toContain('answer 25 ms before its beat, 2 too late, 1 of 5 missed');
    expect(troubled).toContain(' USB Piano is gone.');
    expect(troubled).toContain('in: nothing ');
    expect(troubled).not.toContain('sessions/a.jsonl');
  });

  test('what happens at every phase has its word', () => {
    const words = (['ready', 'count-in', 'waiting', 'you', 'model', 'ended'] as const).map((phase) =>
      draw({ phase, left: null })[0]?.trim(),
    );
    expect(words.map((text) => text?.split('  ')[0])).toEqual(['READY', 'COUNT-IN', 'PLAY', 'YOUR TURN', 'MODEL', 'THE END']);
  });

  test('music that stands still says what it waits for', () => {
    expect(draw({ held: true, left: null })[0]).toMatch(/^ STOPPED {3}waiting for the MIDI clock {3}bars 2\+2 *$/);
  });

  test('the roll has what was played left of its middle, what will be right of it', () => {
    const rows = draw().slice(4);
    const rowOf = (mark: RegExp) => rows.filter((text) => mark.test(text.slice(4)));
    const c4 = rows.find((text) => text.startsWith('C4')) ?? '';
    const c5 = rows.find((text) => text.startsWith('C5')) ?? '';
    // 56 columns of 8 seconds: a second is 7 columns, and 10 s stands at column 4 + 28.
    expect([c4.indexOf('#'), c4.lastIndexOf('#'), c4[32]]).toEqual([32 - 21, 32 - 15, '|']);
    expect([c5.indexOf('='), c5.lastIndexOf('=')]).toEqual([32 + 14, 32 + 20]);
    expect(rowOf(/[#=]/).length).toBeGreaterThanOrEqual(4);
  });

  test('the keyboard marks what sounds', () => {
    const keyboard = draw().find((text) => text.includes('._.__')) ?? '';
    // 60 keys, middle C in the middle.
    expect([keyboard[30], keyboard[34], keyboard[37]]).toEqual(['C', '#', '=']);
  });

  test('every picture has exactly the size of the terminal, whatever it shows', () => {
    const note = fc.record({
      voice: fc.constantFrom('you' as const, 'model' as const),
      pitch: fc.integer({ min: 0, max: 127 }),
      velocity: fc.constant(64),
      start: fc.double({ min: 0, max: 20, noNaN: true }),
      end: fc.option(fc.double({ min: 0, max: 20, noNaN: true })),
    });
    const strange = fc.string({ unit: 'binary', maxLength: 80 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 60 }),
        fc.array(note),
        strange,
        fc.boolean(),
        (columns, rows, roll, name, color) => {
          const lines = drawScreen({ ...status, roll, models: [{ model: name, weight: 1 }] }, { ...facts, notice: name }, columns, rows, {
            color,
            unicode: !color,
          });
          expect(lines).toHaveLength(rows);
          // Asked of vitest line by line it would take seconds.
          const shown = lines.map(withoutColors);
          expect(shown.filter((text) => /\p{C}/u.test(text) || fitText(text, columns) !== text)).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('without colours there are none, and without Unicode only ASCII', () => {
    const text = drawScreen(status, facts, 80, 24, PLAIN).join('');
    expect(/^[\x20-\x7e]*$/.test(text)).toBe(true);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: so do all codes begin
    expect(/\x1b/.test(drawScreen(status, facts, 80, 24, BLOCKS).join(''))).toBe(false);
    expect(drawScreen(status, facts, 80, 24, { color: true, unicode: true }).join('')).toContain('\x1b[36m');
  });

  test.each([
    [
      { color: true, term: 'xterm-256color', locale: 'en_US.UTF-8' },
      { color: true, unicode: true },
    ],
    [{ color: true, term: 'dumb', locale: 'C.utf8' }, PLAIN],
    [{ color: false, term: 'xterm', locale: 'C' }, PLAIN],
    [{ color: true }, { color: true, unicode: false }],
  ])('%j', (environment, style) => expect(screenStyle(environment)).toEqual(style));
});

test('text is cut by what it takes on the screen', () => {
  expect(fitText('abc', 5)).toBe('abc  ');
  expect(fitText('abcdef', 3)).toBe('abc');
  expect(fitText('日本', 3)).toBe('日 ');
  expect(fitText('a\x1b[31m\nb', 8)).toBe('a[31mb  ');
});

/** What a terminal shows after such writing: only what the writer uses is understood. */
function terminal(writing: string, rows: number): string[] {
  const shown: string[] = new Array(rows).fill('');
  let row = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is read here
  for (const [, code, text = ''] of writing.matchAll(/\x1b\[((?:\d+;1)?[HJm]|\d+[Jm])([^\x1b]*)/g)) {
    if (code === '2J') shown.fill('');
    else if (code?.endsWith('H')) row = Number.parseInt(code, 10) - 1 || 0;
    if (text !== '') shown[row] = text;
  }
  return shown;
}

test('only lines that changed are written, and the terminal shows the picture', () => {
  const writer = new ScreenWriter();
  const first = ['one', 'two', 'three'];
  const second = ['one', 'TWO', 'three'];
  const begin = writer.frame(first, 5);
  expect(terminal(begin, 3)).toEqual(first);
  const change = writer.frame(second, 5);
  expect(change).toBe('\x1b[2;1HTWO');
  expect(terminal(begin + change, 3)).toEqual(second);
  expect(writer.frame(second, 5)).toBe('');
  expect(terminal(writer.frame(second, 6), 3)).toEqual(second);
  writer.forget();
  expect(terminal(writer.frame(second, 6), 3)).toEqual(second);
});

test('without a screen, each turn is a line', () => {
  const lines = new TurnLines();
  const job = {
    id: 1,
    turn: 1,
    mix: [{ model: 'folk', weight: 1 }],
    primer: [60],
    steps: 32,
    done: 0,
    takes: [0],
    temperature: 1,
    seed: 1,
  };
  const entries: LogEntry[] = [
    { t: 0, type: 'in', source: 0, bytes: '903b40' },
    { t: 0, type: 'turn', turn: 0, whose: 'you', quarter: 0 },
    { t: 100, type: 'in', source: 0, bytes: '903c40' },
    { t: 200, type: 'in', source: 0, bytes: '903c00' },
    { t: 300, type: 'in', source: 0, bytes: 'b04000' },
    { t: 3_500_000, type: 'out', voice: 'model', bytes: '903d40' },
    { t: 4_000_000, type: 'out', voice: 'model', bytes: '903e40' },
    { t: 4_000_000, type: 'turn', turn: 1, whose: 'model', quarter: 8 },
    { t: 4_000_000, type: 'reply', turn: 1, job, generation: 11_000, swing: 0, velocities: [80, 80] },
    { t: 4_000_000, type: 'out', voice: 'model', bytes: '904040' },
    { t: 4_000_000, type: 'out', voice: 'click', bytes: '992540' },
    { t: 4_000_400, type: 'sent', turn: 1, actual: 4_000_300 },
    { t: 4_500_000, type: 'out', voice: 'model', bytes: '914040' },
    { t: 4_600_000, type: 'late', turn: 1, notes: 1 },
    { t: 4_650_000, type: 'dropped', voice: 'model', due: 4_500_000, bytes: '914040' },
    { t: 4_650_000, type: 'dropped', voice: 'click', due: 4_500_000, bytes: '992540' },
    { t: 8_000_000, type: 'turn', turn: 2, whose: 'you', quarter: 16 },
    { t: 9_000_000, type: 'end' },
  ];
  expect(entries.flatMap((entry) => lines.entry(entry) ?? [])).toEqual([
    '  1  you      4.0 s  2 notes',
    '  2  model    4.0 s  2 notes, folk, 0.3 ms after its beat, made in 11 ms, 2 too late',
    '  3  you      1.0 s  0 notes',
  ]);
});

describe('keys', () => {
  const key = (name: string, changes: Partial<KeyEvent> = {}): KeyEvent => ({
    type: 'key',
    key: name,
    place: name,
    action: 'press',
    shift: false,
    alt: false,
    ctrl: false,
    ...changes,
  });
  const models = [[{ model: 'a', weight: 1 }], status.models, [{ model: 'b', weight: 1 }]];
  const wish = (name: string, changes: Partial<Status> = {}) => wishOf(key(name), { status: { ...status, ...changes }, models });

  test.each([
    ['space', {}, { type: 'hand-over' }],
    ['up', { temperature: 0.2 }, { type: 'temperature', temperature: 0.3 }],
    ['down', { temperature: 0.1 }, { type: 'temperature', temperature: 0.1 }],
    ['page-up', { qpm: 118.4 }, { type: 'tempo', qpm: 123 }],
    ['page-down', { qpm: 22 }, { type: 'tempo', qpm: 20 }],
    ['tab', { mode: 'solo' }, { type: 'mode', mode: 'bars' }],
    ['home', {}, { type: 'exchanges', exchanges: [{ you: 3, model: 3 }] }],
    ['end', { exchanges: [{ you: 1, model: 0 }] }, { type: 'exchanges', exchanges: [{ you: 1, model: 0 }] }],
    ['1', {}, { type: 'models', models: [[{ model: 'b', weight: 1 }]] }],
    ['1', { models: [{ model: 'b', weight: 1 }] }, { type: 'models', models: [[{ model: 'a', weight: 1 }]] }],
    ['8', { loop: true }, { type: 'loop', on: false }],
    ['`', {}, { type: 'metronome', metronome: 'count-in' }],
    ['f2', {}, { type: 'keep-take', take: 1 }],
    ['f2', { takes: null }, undefined],
    ['left', {}, { type: 'octave', by: -1 }],
    ['backspace', {}, { type: 'panic' }],
    ['escape', {}, { type: 'stop' }],
    ['z', {}, undefined],
  ] as const)('%s %j', (name, changes, expected) => expect(wish(name, changes as Partial<Status>)).toEqual(expected));

  test('Ctrl-C ends the session, a key let go asks for nothing', () => {
    expect(wishOf(key('c', { ctrl: true }), { status, models })).toEqual({ type: 'stop' });
    expect(wishOf(key('space', { action: 'release' }), { status, models })).toBeUndefined();
    expect(wishOf(key('space', { ctrl: true }), { status, models })).toBeUndefined();
  });

  test('a key that is held asks again only for more or less of something', () => {
    const held = (name: string) => wishOf(key(name, { action: 'repeat' }), { status, models });
    expect(held('up')).toEqual(wish('up'));
    expect(['space', 'enter', 'tab', '8', '`', 'right'].map(held)).toEqual(new Array(6).fill(undefined));
  });

  test('the help names every key and fits', () => {
    for (const columns of [60, 100]) {
      const lines = keyHelp(columns);
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
      for (const name of ['escape end', 'space hand over', 'F1-F3', '` metronome']) expect(lines.join('\n')).toContain(name);
    }
    // All of it has room on the smallest screen.
    expect(keyHelp(60).length).toBeLessThanOrEqual(5);
  });
});
