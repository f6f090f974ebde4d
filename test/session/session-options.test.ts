// From words to the plan of a session: expected values are what the help of each option says.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { createNoteSequence } from '../../src/music/note-sequence.js';
import { noteSequenceToMidi } from '../../src/music/note-sequence-to-midi.js';
import { planSession, type SessionWords } from '../../src/session/session-options.js';

const current = mkdtempSync(join(tmpdir(), 'mst-options-'));
afterAll(() => rmSync(current, { recursive: true }));
const note = { pitch: 60, velocity: 80, startTime: 0, endTime: 1, instrument: 0, program: 0, isDrum: false };
writeFileSync(
  join(current, 'waltz.mid'),
  noteSequenceToMidi(
    createNoteSequence({
      ticksPerQuarter: 480,
      tempos: [{ time: 0, qpm: 96 }],
      timeSignatures: [{ time: 0, numerator: 3, denominator: 4 }],
      notes: [note],
      totalTime: 1,
    }),
  ),
);

const USUAL: SessionWords = {
  model: ['ff4'],
  mix: [],
  temperature: 1,
  takes: 3,
  turns: 'bars',
  lengths: undefined,
  'count-in': undefined,
  'play-over': undefined,
  'hand-over-key': undefined,
  qpm: undefined,
  metre: undefined,
  metronome: 'on',
  clock: undefined,
  input: [],
  wait: false,
  legato: false,
  output: [],
  virtual: false,
  thru: false,
  sound: 'auto',
  soundfont: undefined,
  volume: undefined,
  latency: undefined,
  'click-output': undefined,
  'you-channel': undefined,
  'you-program': undefined,
  'model-channel': 1,
  'model-program': undefined,
  'click-channel': 10,
  'click-program': undefined,
  cc: [],
  learn: undefined,
  simulate: false,
};
const plan = (words: Partial<SessionWords> = {}, { hasKeyboard = true } = {}) =>
  planSession(
    { ...USUAL, ...words },
    {
      defaultModel: () => 'usual',
      findModel: (name) => ({ name, directory: `/models/${name}` }),
      findSoundFont: (asked) => `/sounds/${asked ?? 'own'}.sf2`,
      current,
      seed: 5,
      hasKeyboard,
    },
  );
const refusal = (words: Partial<SessionWords>, around = {}): MstError => {
  try {
    plan(words, around);
  } catch (error) {
    if (error instanceof MstError) return error;
    throw error;
  }
  throw new Error('it was not refused');
};
const alone = (model: string) => [{ model, weight: 1 }];

describe('who answers', () => {
  test('one model, several in turn, the default one', () => {
    expect(plan().settings).toMatchObject({ models: [alone('ff4')], seed: 5 });
    expect(plan({ model: ['a', 'b,c'] }).settings.models).toEqual([alone('a'), alone('b'), alone('c')]);
    expect(plan({ model: [] }).models).toEqual([{ name: 'usual', directory: '/models/usual' }]);
  });

  test('a mix answers, and its models are opened; others can be switched to', () => {
    const { settings, models, partners } = plan({ model: ['c'], mix: ['a=0.7, b=.3'] });
    const mix = [
      { model: 'a', weight: 0.7 },
      { model: 'b', weight: 0.3 },
    ];
    expect(settings.models).toEqual([mix]);
    expect(models.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c']);
    expect(partners).toEqual([mix, alone('c')]);
    for (const bad of ['a', 'a=', '=1', 'a=0', 'a=-1', 'a=0.5,b']) expect(refusal({ mix: [bad] }).code).toBe('usage');
  });
});

describe('turns and beat', () => {
  test.each([
    ['bars', '2', [{ you: 2, model: 2 }]],
    ['bars', '4+2', [{ you: 4, model: 2 }]],
    [
      'trade',
      '4+4,2+2',
      [
        { you: 4, model: 4 },
        { you: 2, model: 2 },
      ],
    ],
    ['seconds', '5+8', [{ you: 5, model: 8 }]],
    ['phrase', '4', [{ you: 0, model: 4 }]],
  ] as const)('--turns %s --lengths %s', (turns, lengths, exchanges) => {
    expect(plan({ turns, lengths }).settings.exchanges).toEqual(exchanges);
  });

  test.each([
    ['bars', 'two'],
    ['bars', ''],
    ['bars', '2+'],
    ['bars', '0+2'],
    ['phrase', '2+2'],
    ['solo', '2'],
    ['continue', '2'],
  ] as const)('--turns %s --lengths %j is refused', (turns, lengths) => {
    expect(refusal({ turns, lengths }).code).toBe('usage');
  });

  test('metres are whole quarter notes', () => {
    expect(plan({ metre: '3/4' }).settings.beatsPerBar).toBe(3);
    expect(plan({ metre: '6/8' }).settings.beatsPerBar).toBe(3);
    expect(plan({ metre: '2/2' }).settings.beatsPerBar).toBe(4);
    for (const metre of ['5/8', '0/4', '17/4', '4', '4/0', '4/3']) expect(refusal({ metre }).code).toBe('usage');
  });

  test('a file that plays brings its tempo and metre, unless others are asked for', () => {
    expect(plan({ input: ['waltz.mid'] }).settings).toMatchObject({ qpm: 96, beatsPerBar: 3 });
    expect(plan({ input: ['waltz.mid'], qpm: 100, metre: '4/4' }).settings).toMatchObject({ qpm: 100, beatsPerBar: 4 });
    expect(refusal({ input: ['nowhere.mid'] }).code).toBe('not-found');
  });
});

describe('ports and sounds', () => {
  test('without a word: everything there is to play on, the first output there is', () => {
    expect(plan()).toMatchObject({
      inputs: [{ kind: 'keyboard' }, { kind: 'all' }],
      outputs: [{ kind: 'first' }],
      settings: { latency: 0 },
    });
    expect(plan({}, { hasKeyboard: false }).inputs).toEqual([{ kind: 'all' }]);
  });

  test('what is named is used, and nothing else', () => {
    const { inputs, outputs, clickOutput } = plan({
      input: ['Keystation', 'waltz.mid', 'keyboard'],
      output: ['2', '/dev/midi1'],
      virtual: true,
      'click-output': 'drums',
    });
    expect(inputs.map(({ kind }) => kind)).toEqual(['port', 'file', 'keyboard', 'virtual']);
    expect(outputs).toEqual([{ kind: 'port', wanted: '2' }, { kind: 'raw', path: '/dev/midi1' }, { kind: 'virtual' }]);
    expect(clickOutput).toEqual({ kind: 'port', wanted: 'drums' });
  });

  test('channels and programs count from 1, in MIDI from 0; latency is given in milliseconds', () => {
    const { settings } = plan({
      'model-channel': 3,
      'model-program': 128,
      thru: true,
      'you-channel': 16,
      'you-program': 1,
      latency: 80,
    });
    expect(settings.voices).toEqual({
      you: { channel: 15, program: 0 },
      model: { channel: 2, program: 127 },
      click: { channel: 9, program: null },
    });
    expect(settings.latency).toBe(0.08);
  });

  test('controllers', () => {
    expect(plan({ cc: ['temperature=21', 'loop=22,panic=23'] }).settings.learned).toEqual({ temperature: 21, loop: 22, panic: 23 });
    for (const cc of ['volume=7', 'temperature', 'temperature=128', 'tempo=5,loop=5']) expect(refusal({ cc: [cc] }).code).toBe('usage');
  });
});

test.each<[string, Partial<SessionWords>, object?]>([
  ['simulate without a file', { simulate: true }],
  ['simulate with a keyboard', { simulate: true, input: ['waltz.mid', 'keyboard'] }],
  ['simulate with an output', { simulate: true, input: ['waltz.mid'], output: ['synth'] }],
  ['simulate with ports', { simulate: true, input: ['waltz.mid'], virtual: true }],
  ['legato without the computer keyboard', { legato: true, input: ['waltz.mid'] }],
  ['simulate with latency', { simulate: true, input: ['waltz.mid'], latency: 5 }],
  ['simulate with a clock', { simulate: true, input: ['waltz.mid'], clock: 'out' }],
  ['a clock from nowhere', { input: ['keyboard'], clock: 'in' }],
  ['a controller from nowhere', { input: ['keyboard'], learn: 'tempo' }],
  ['a keyboard that is none', { input: ['keyboard'] }, { hasKeyboard: false }],
  ['a count-in where the first note begins', { turns: 'phrase', 'count-in': 1 }],
  ['a key that hands over by the clock', { turns: 'bars', 'hand-over-key': 36 }],
  ['a click that is off', { metronome: 'off', 'click-output': 'drums' }],
  ['a channel for what is not passed on', { 'you-channel': 2 }],
  ['waiting without a file', { wait: true }],
])('%s is refused with one error and a hint', (_, words, around) => {
  const { code, hint } = refusal(words, around);
  expect(code).toBe('usage');
  expect(hint).toBeTruthy();
});

describe('the loudspeaker', () => {
  test('sounds where there is no MIDI output, and none was named', () => {
    expect(plan()).toMatchObject({
      outputs: [{ kind: 'first' }],
      speaker: { when: 'alone', soundFont: '/sounds/own.sf2', volume: 1, latency: undefined },
    });
    for (const words of [{ output: ['2'] }, { virtual: true }, { sound: 'off' as const }]) expect(plan(words).speaker).toBeUndefined();
    const calls = { simulate: true, input: ['waltz.mid'] };
    expect(plan(calls).speaker).toBeUndefined();
  });

  test('asked for, it sounds alone, or beside MIDI outputs that are named', () => {
    const sound = 'speaker';
    expect(plan({ sound, soundfont: 'FluidR3_GM', volume: 50, latency: 80 })).toMatchObject({
      outputs: [],
      speaker: { when: 'always', soundFont: '/sounds/FluidR3_GM.sf2', volume: 0.5, latency: 0.08 },
    });
    expect(plan({ sound, output: ['2'] })).toMatchObject({ outputs: [{ kind: 'port', wanted: '2' }], speaker: { when: 'always' } });
  });

  test('gives you a sound and a channel of your own without --thru', () => {
    expect(plan({ sound: 'speaker', 'you-program': 12 }).settings.voices.you).toEqual({ channel: 0, program: 11 });
    expect(plan({ sound: 'speaker', 'you-channel': 3 }).settings.voices.you).toEqual({ channel: 2, program: null });
    expect(refusal({ 'you-program': 12 }).hint).toContain('--sound speaker');
  });

  test.each<[Partial<SessionWords>, string]>([
    [{ sound: 'speaker', simulate: true, input: ['waltz.mid'] }, '--simulate sounds nowhere'],
    [{ soundfont: 'a', simulate: true, input: ['waltz.mid'] }, '--soundfont and --volume'],
    [{ sound: 'off', volume: 20 }, '--soundfont and --volume'],
  ])('refuses %j', (words, why) => {
    expect(refusal(words)).toMatchObject({ code: 'usage', message: expect.stringContaining(why) });
  });
});
