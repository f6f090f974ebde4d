// The log of a session: damaged and torn text, replay with the real model, and the MIDI file made of it, read by @tonejs/midi.

import tonejs from '@tonejs/midi';
import { describe, expect, it } from 'vitest';
import { decodeLog, encodeLogEntry } from '../../../src/jam/log/log.js';
import { checkAnswers, replayedLog } from '../../../src/jam/log/replay.js';
import { sessionToMidi } from '../../../src/jam/timeline/session-to-midi.js';
import {
  type Deed,
  type Jam,
  playJam,
  playNotes,
  readBack,
  ScaleThinker,
  sentNotes,
  starterModel,
  starterPlanner,
} from '../virtual-jam.js';

const { Midi } = tonejs;
const CALL = playNotes([
  [60, 2.2, 2.6],
  [64, 2.7, 3.1],
  [67, 3.2, 4],
]);
const textOf = (jam: Jam): string => jam.log.map(encodeLogEntry).join('');

describe('the text of a log', () => {
  const jam = playJam(CALL, { thinker: new ScaleThinker(), until: 12 });

  it('leaves out damaged lines and counts them', () => {
    const lines = textOf(jam).split('\n');
    lines.splice(
      3,
      1,
      '{"t":5,"type":"in","source":0,"bytes":"9z"}',
      'rubbish',
      '{"t":-1,"type":"end"}',
      '{"t":1,"type":"toString"}',
      '[]',
    );
    const { entries, damaged, torn } = decodeLog(lines.join('\n'));
    expect([damaged, torn, entries.length]).toEqual([5, false, jam.log.length - 1]);
  });

  it('leaves out what nobody ever played so much of', () => {
    const events = JSON.stringify(Array.from({ length: 200_000 }, () => 60));
    const line = `{"t":5,"type":"answer","answer":{"job":1,"take":0,"from":0,"events":${events},"done":true}}\n`;
    const { damaged, entries } = decodeLog(textOf(jam) + line);
    expect([damaged, entries.length]).toEqual([1, jam.log.length]);
  });

  it('reads as what was logged, also where you hand over before the first beat', () => {
    const deeds: Deed[] = [
      { time: 0.05, control: { type: 'hand-over' } },
      { time: 3, control: { type: 'stop' } },
    ];
    const { log } = playJam(deeds, { thinker: new ScaleThinker(), settings: { mode: 'phrase' }, until: 5 });
    expect(log).toContainEqual({ t: 200_000, type: 'turn', turn: 1, whose: 'model', quarter: 0 });
    expect(readBack(log).entries).toEqual(log);
  });

  it('may end anywhere', () => {
    const text = textOf(jam);
    expect(decodeLog(text.slice(0, -3))).toMatchObject({ torn: true, damaged: 0 });
    expect(decodeLog(text.slice(0, -1))).toMatchObject({ torn: false, damaged: 0 });
  });

  it.each([
    '',
    'hello',
    '{"t":0,"type":"in","source":0,"bytes":"903c5a"}\n',
    '{"t":0,"type":"header","format":"mst-session","formatVersion":1}\n',
  ])('without a header is no session: %j', (text) => {
    expect(() => decodeLog(text)).toThrow(expect.objectContaining({ code: 'bad-record' }));
  });

  it.each(['[null]', '[{"name":"m"}]', '{}'])('whose header names models as %s is no session', (models) => {
    expect(() => decodeLog(textOf(jam).replace('"models":[]', `"models":${models}`))).toThrow(
      expect.objectContaining({ code: 'bad-record' }),
    );
  });

  it('of a newer format is refused by name', () => {
    expect(() => decodeLog(textOf(jam).replace('"formatVersion":1', '"formatVersion":2'))).toThrow(/newer mst/);
  });
});

describe('a jam with the starter model', () => {
  const deeds = [
    ...CALL,
    ...playNotes([
      [72, 11, 11.5],
      [71, 12, 12.4],
    ]),
    { time: 13, control: { type: 'finish' as const } },
  ];
  const play = (seed: number): Jam => playJam(deeds, { thinker: starterPlanner(), settings: { seed }, until: 30 });
  const jam = play(5);

  it('is answered on the beat, every turn', () => {
    const starts = sentNotes(jam.sent, 'model').map(({ start }) => start);
    expect(starts).toContain(6.2);
    expect(starts).toContain(14.2);
    expect(jam.endedAt).toBeCloseTo(18.2, 9);
  });

  it('is the same again, and another with another seed', () => {
    expect(textOf(play(5))).toBe(textOf(jam));
    expect(sentNotes(play(6).sent, 'model')).not.toEqual(sentNotes(jam.sent, 'model'));
  });

  it('is replayed to the letter, and its answers are those of its seeds', () => {
    const log = readBack(jam.log);
    expect(replayedLog(log)).toEqual(jam.log);
    const models = new Map([['m', starterModel()]]);
    expect(checkAnswers(log, models)).toEqual({ checked: 2, different: [] });
    const forged = jam.log.map((entry) =>
      entry.type === 'answer' && entry.answer.from === 1
        ? { ...entry, answer: { ...entry.answer, events: entry.answer.events.map(() => 61) } }
        : entry,
    );
    expect(checkAnswers(readBack(forged), models).different).toEqual([1, 3]);
  });
});

describe('the MIDI file of a session', () => {
  it('has tracks, markers, metre, tempo and programs', () => {
    const jam = playJam([...CALL, { time: 7.2, control: { type: 'tempo', qpm: 60 } }], {
      thinker: new ScaleThinker(),
      settings: { voices: { you: null, model: { channel: 2, program: 11 }, click: { channel: 9, program: null } } },
      until: 14,
    });
    const midi = new Midi(sessionToMidi(readBack(jam.log)));
    expect(midi.tracks.filter(({ notes }) => notes.length > 0).map(({ name }) => name)).toEqual(['You', 'Model', 'Click']);
    expect(midi.tracks.find(({ name }) => name === 'Model')?.instrument.number).toBe(11);
    expect(midi.tracks.find(({ name }) => name === 'Click')?.instrument.percussion).toBe(true);
    // A bar of lead-in before quarter 0; turns at quarters 4, 12 and 20.
    const markers = midi.header.meta.filter(({ type }) => type === 'marker').map(({ text, ticks }) => [text, ticks / 480]);
    expect(markers).toEqual([
      ['1 You', 8],
      ['2 Model', 16],
      ['3 You', 24],
    ]);
    expect(midi.header.tempos.map(({ bpm, ticks }) => [Math.round(bpm), ticks / 480])).toEqual([
      [1200, 0],
      [120, 4],
      [60, 18],
    ]);
    // And in seconds everything is where it was.
    const starts = midi.tracks.find(({ name }) => name === 'Model')?.notes.map(({ time }) => time) ?? [];
    expect(starts).toEqual(sentNotes(jam.sent, 'model').map(({ start }) => expect.closeTo(start, 4)));
  });

  it('can have the take that was kept instead of the one that was played', () => {
    const jam = playJam([...CALL, { time: 8, control: { type: 'keep-take', take: 1 } }], { thinker: new ScaleThinker(), until: 12 });
    const pitches = (takes: 'played' | 'kept'): [number, number][] =>
      new Midi(sessionToMidi(readBack(jam.log), { takes })).tracks
        .filter(({ name }) => name === 'Model')
        .flatMap(({ notes }) => notes.map(({ midi, ticks }): [number, number] => [midi, ticks]));
    expect(pitches('kept')).toEqual(pitches('played').map(([pitch, tick]) => [pitch + 3, tick]));
  });

  it('ends what was still held, and keeps controllers', () => {
    const deeds = [
      { time: 3, bytes: [0xc0, 40] },
      { time: 3, bytes: [0x90, 60, 70] },
      { time: 4, bytes: [0xb0, 1, 99] },
      { time: 5, control: { type: 'stop' as const } },
    ];
    const midi = new Midi(sessionToMidi(readBack(playJam(deeds, { thinker: new ScaleThinker(), until: 12 }).log)));
    const you = midi.tracks.find(({ name }) => name === 'You');
    expect(you?.notes[0]).toMatchObject({ midi: 60 });
    expect(you?.notes[0]?.time).toBeCloseTo(3, 3);
    expect(you?.notes[0]?.duration).toBeCloseTo(2, 3);
    expect(you?.instrument.number).toBe(40);
    expect(you?.controlChanges[1]?.[0]?.value).toBeCloseTo(99 / 127, 6);
  });
});
