// Keys, settings and playback of the web app, without a browser.

import { describe, expect, it } from 'vitest';
import type { TimedMessage } from '../../../../src/audio/live/timed-player.js';
import { checkSettings } from '../../../../src/jam/check-settings.js';
import { Hand } from '../../../../src/serve/web/jam/hand.js';
import { keyboardLetters } from '../../../../src/serve/web/jam/keyboard-letters.js';
import { MidiOut } from '../../../../src/serve/web/jam/midi-out.js';
import {
  believable,
  DEFAULT_PAGE_SETTINGS,
  engineSettings,
  keepSettings,
  loadSettings,
} from '../../../../src/serve/web/jam/page-settings.js';
import { Playback } from '../../../../src/serve/web/jam/playback.js';
import { marked, withMark } from '../../../../src/serve/web/jam/port-choice.js';
import { settingControls } from '../../../../src/serve/web/jam/setting-controls.js';
import { Speakers } from '../../../../src/serve/web/jam/speakers.js';
import type { PortMark } from '../../../../src/serve/web/page-session.js';

describe('letters of the computer keyboard', () => {
  it('lie like the keys of a piano: Z and Q are C, S and 2 the black key after', () => {
    const keys = keyboardLetters(0);
    expect(['KeyZ', 'KeyS', 'KeyX', 'KeyM', 'Comma'].map((code) => keys.get(code))).toEqual([60, 61, 62, 71, 72]);
    expect(['KeyQ', 'Digit2', 'KeyW', 'KeyI', 'KeyP'].map((code) => keys.get(code))).toEqual([72, 73, 74, 84, 88]);
    expect(keyboardLetters(-3).get('KeyZ')).toBe(24);
  });

  it('stay within what MIDI has', () => {
    for (const octave of [-3, 3]) for (const pitch of keyboardLetters(octave).values()) expect(pitch >= 0 && pitch <= 127).toBe(true);
  });
});

describe('a hand', () => {
  it('ends a pitch with the last of the keys that hold it, and strikes it again with each', () => {
    const hand = new Hand();
    expect(hand.press('a', 60, 90)).toEqual([[0x90, 60, 90]]);
    expect(hand.press('a', 60, 90)).toEqual([]);
    expect(hand.press('b', 60, 50.4)).toEqual([
      [0x80, 60, 0],
      [0x90, 60, 50],
    ]);
    expect(hand.release('a')).toEqual([]);
    expect(hand.release('b')).toEqual([[0x80, 60, 0]]);
    expect(hand.release('b')).toEqual([]);
  });

  it('lets go of everything', () => {
    const hand = new Hand();
    hand.press('a', 60, 90);
    hand.press('b', 64, 500);
    hand.press('c', 60, 90);
    expect(hand.releaseAll()).toEqual([
      [0x80, 64, 0],
      [0x80, 60, 0],
    ]);
    expect(hand.holds('a')).toBe(false);
  });
});

describe('settings that are kept', () => {
  const store = (
    text: string | null,
  ): { getItem: () => string | null; setItem: (_: string, value: string) => void; text: string | null } => ({
    text,
    getItem() {
      return this.text;
    },
    setItem(_, value) {
      this.text = value;
    },
  });

  it('come back as they were', () => {
    const settings = believable({
      ...DEFAULT_PAGE_SETTINGS,
      mode: 'trade',
      qpm: 97,
      octave: -2,
      models: ['a'],
      exchanges: [{ you: 1, model: 2 }],
      ports: { inputsOff: [{ id: 'a', name: 'Pads' }], outputsOn: [{ id: 'b', name: 'Module' }] },
    });
    const kept = store(null);
    expect(keepSettings(kept, settings)).toBe(true);
    expect(loadSettings(kept)).toEqual(settings);
    expect(settings).toMatchObject({ mode: 'trade', qpm: 97, octave: -2, models: ['a'], exchanges: [{ you: 1, model: 2 }] });
    expect(settings.ports).toEqual({ inputsOff: [{ id: 'a', name: 'Pads' }], outputsOn: [{ id: 'b', name: 'Module' }] });
  });

  it.each([
    ['damaged text', '{"mode":'],
    ['a list', '[1]'],
    [
      'nonsense',
      '{"mode":"waltz","qpm":1e9,"beatsPerBar":0.5,"temperature":"hot","metronome":1,"programs":7,"volumes":{"you":-1},"octave":99,"models":5}',
    ],
    ['impossible lengths', '{"exchanges":[{"you":-1,"model":null}]}'],
    ['no lengths', '{"exchanges":[]}'],
    ['ports that are none', '{"ports":{"inputsOff":[null,7,{"id":1,"name":"x"},{"id":"x"}],"outputsOn":{"id":"x","name":"y"}}}'],
    ['no ports', '{"ports":null}'],
  ])('are the defaults where they hold %s', (_, text) => {
    expect(loadSettings(store(text))).toEqual(DEFAULT_PAGE_SETTINGS);
  });

  it('are the defaults where the browser keeps nothing', () => {
    expect(loadSettings(undefined)).toEqual(DEFAULT_PAGE_SETTINGS);
    expect(keepSettings(undefined, DEFAULT_PAGE_SETTINGS)).toBe(false);
  });

  it('are settings that the engine takes', () => {
    const settings = engineSettings(DEFAULT_PAGE_SETTINGS, ['a', 'b'], { seed: 7, latency: 0.07 });
    expect(() => checkSettings(settings)).not.toThrow();
    expect(settings).toMatchObject({
      models: [[{ model: 'a', weight: 1 }], [{ model: 'b', weight: 1 }]],
      seed: 7,
      latency: 0.07,
      thru: false,
    });
  });
});

describe('MIDI ports that were chosen', () => {
  const module = { id: 'o1', name: 'Module' };
  const other = { id: 'o2', name: 'Other' };

  it('are known again by their ids, and by their names when they have others', () => {
    const marks = withMark([], module, true, [module, other]);
    expect([...marked(marks, [module, other])]).toEqual(['o1']);
    expect([...marked(marks, [other, { ...module, id: 'new' }])]).toEqual(['new']);
    expect([...marked(marks, [other])]).toEqual([]);
  });

  it('of one name are two while both are there', () => {
    const twin = { ...module, id: 'o9' };
    expect([...marked(withMark([], module, true, [module, twin]), [module, twin])]).toEqual(['o1']);
  });

  it('are forgotten when they are switched back, also under another id, and are never many', () => {
    const marks = withMark([], module, true, [module]);
    const renewed = { ...module, id: 'new' };
    expect(withMark(marks, renewed, true, [renewed])).toEqual([renewed]);
    expect(withMark(marks, renewed, false, [renewed])).toEqual([]);
    const many = Array.from({ length: 100 }, (_, k) => ({ id: `${k}`, name: `Port ${k}` }));
    const all = many.reduce<readonly PortMark[]>((some, port) => withMark(some, port, true, many), []);
    expect(all.at(-1)).toEqual({ id: '99', name: 'Port 99' });
    expect(all.length).toBeLessThan(50);
    expect(believable({ ports: { outputsOn: many } }).ports.outputsOn).toEqual(all);
  });
});

describe('a change of settings', () => {
  const base = DEFAULT_PAGE_SETTINGS;

  it('is told to the jam, one control for each thing that changed', () => {
    expect(settingControls(base, base)).toEqual([]);
    expect(settingControls(base, { ...base, qpm: 90, metronome: 'off', octave: 1 })).toEqual([
      { type: 'tempo', qpm: 90 },
      { type: 'metronome', metronome: 'off' },
    ]);
  });

  it('of the mode brings its own lengths, unless others are chosen', () => {
    const long = [{ you: 4, model: 4 }];
    expect(settingControls({ ...base, exchanges: long }, { ...base, mode: 'phrase' })).toEqual([{ type: 'mode', mode: 'phrase' }]);
    expect(settingControls(base, { ...base, mode: 'trade', exchanges: long })).toEqual([
      { type: 'mode', mode: 'trade' },
      { type: 'exchanges', exchanges: long },
    ]);
  });
});

describe('playing back', () => {
  const note = (time: number, pitch: number): { time: number; voice: 'you'; bytes: number[] } => ({
    time,
    voice: 'you',
    bytes: [0x90, pitch, 90],
  });

  function play(from: number): { playback: Playback; sent: TimedMessage[] } {
    const sent: TimedMessage[] = [];
    const sound = {
      running: true,
      play: (messages: readonly TimedMessage[]) => sent.push(...messages),
      cancel: () => {},
      silence: () => {},
    };
    const plan = { messages: [note(0, 60), note(1, 62), note(2, 64)], span: { start: 10, end: 13 }, from };
    return { playback: new Playback(plan, new Speakers(sound, new MidiOut((time) => time)), 100), sent };
  }

  it('gives every message to the speakers before it is due, and ends at the end', () => {
    const { playback, sent } = play(10);
    let now = 100;
    const early: number[] = [];
    for (let going = true; going; now += 0.01) {
      const before = sent.length;
      going = playback.advance(now);
      for (const { time } of sent.slice(before)) early.push((time ?? 0) - now);
    }
    // 80 ms for the first sound, then at the seconds of the recording.
    expect(sent.map(({ time, bytes }) => [time?.toFixed(3), bytes[1]])).toEqual([
      ['100.080', 60],
      ['101.080', 62],
      ['102.080', 64],
    ]);
    expect(Math.min(...early)).toBeGreaterThan(0.05);
    expect(now).toBeCloseTo(103.09, 1);
  });

  it('says where it is in the timeline', () => {
    const { playback } = play(11.5);
    expect(playback.time(100)).toBe(11.5);
    expect(playback.time(100.58)).toBeCloseTo(12, 9);
    expect(playback.time(200)).toBe(13);
  });

  it('begins in the middle', () => {
    const { playback, sent } = play(11.5);
    playback.advance(100.5);
    expect(sent.map(({ time, bytes }) => [time?.toFixed(3), bytes[1]])).toEqual([['100.580', 64]]);
  });
});
