// The web app's playing in a real browser with the real model: instruments that are plugged in and pulled out, and what happens without
// sound and without MIDI. The page is the session without its pictures (jam-harness.mjs); app-timing.test.ts listens to the whole page.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCENT } from '../../src/jam/beat/metronome.js';
import type { Listing } from '../../src/serve/listing.js';
import { EARS } from '../support/app/ears.js';
import { MIDI_DEVICES } from '../support/app/midi-devices.js';
import { chromiumPath, closeBrowser, openBrowser } from '../support/browser.js';
import { bundledPage } from '../support/bundled-page.js';
import { type Served, serve } from '../support/web-server.js';

const root = join(import.meta.dirname, '../..');
const modelFolder = join(root, 'checkpoints/folk/model');
const modelFiles = ['config.json', 'weights_manifest.json', 'group1-shard1of1', 'model.json'];

/** The page's files as a server has them, by path. */
const site: Record<string, Served> = {};
/** When one of the models is let through. */
let letThrough = (): void => {};
const late = new Promise<void>((resolve) => {
  letThrough = resolve;
});

beforeAll(() => {
  Object.assign(site, bundledPage('test/browser/jam-harness.mjs'));
  site['/favicon.ico'] = new Uint8Array();
  site['/sounds.sf2'] = readFileSync(join(root, 'dist/audio/sounds.sf2'));
  let size = 0;
  for (const file of modelFiles) {
    const bytes = readFileSync(join(modelFolder, file));
    size += bytes.length;
    site[`/models/folk/${file}`] = bytes;
    site[`/models/cut/${file}`] = file.startsWith('group') ? bytes.subarray(0, 1000) : bytes;
    site[`/models/late/${file}`] = (_, response) => void late.then(() => response.end(bytes));
  }
  const model = { hash: 'f'.repeat(64), files: modelFiles, size };
  const listing: Listing = {
    version: '1.0.0',
    chosen: 'folk',
    models: [
      { ...model, name: 'folk', path: 'models/folk' },
      { ...model, name: 'cut', path: 'models/cut' },
      { ...model, name: 'late', path: 'models/late' },
      { name: 'odd', path: 'models/odd', files: [], size: 0, problem: { message: 'It is a drum model.' } },
    ],
  };
  site['/models.json'] = JSON.stringify(listing);
});

/** The page, open, with its model ready, after a gesture. */
async function openedPage(script = ''): Promise<{ page: Page; faults: string[] }> {
  const { origin } = await serve(site);
  const { page, faults } = await openBrowser({ bypassCSP: true });
  await page.addInitScript({ content: [EARS, MIDI_DEVICES, script].join('\n') });
  await page.goto(origin);
  await expect
    .poll(() => page.evaluate("session.view.models.find(({ name }) => name === 'folk')?.loaded.state"), { timeout: 15_000 })
    .toBe('ready');
  await page.mouse.click(5, 5);
  return { page, faults };
}

describe.skipIf(chromiumPath === undefined)('a jam in a browser', () => {
  afterAll(closeBrowser);

  it('hears an instrument that is plugged in, and lets go of what it held when it is pulled out', async () => {
    const { page, faults } = await openedPage();
    await page.evaluate('session.askForMidi()');
    expect(await page.evaluate('session.view.midi')).toEqual({ state: 'on', inputs: [], outputs: [] });
    await page.evaluate("session.change({ mode: 'phrase', metronome: 'off' })");
    await page.evaluate('session.begin()');
    await page.evaluate("midi.plug('inputs', 'k1', 'Stage piano'); midi.plug('outputs', 'o1', 'Module'); session.usePort('o1', true)");
    expect(await page.evaluate('session.view.midi.inputs')).toEqual([{ id: 'k1', name: 'Stage piano', on: true }]);
    await page.evaluate("midi.play('k1', [0x93, 62, 77])");
    await expect.poll(() => page.evaluate('session.status().sounding.you')).toEqual([62]);
    await expect.poll(() => page.evaluate('onsets().length')).toBeGreaterThan(0);
    await page.evaluate("midi.pull('inputs', 'k1')");
    await expect.poll(() => page.evaluate('session.status().sounding.you')).toEqual([]);
    const sent = await page.evaluate<{ bytes: number[] }[]>('midi.received');
    expect(sent.map(({ bytes }) => bytes).filter(([status = 0]) => (status & 0xf) === 3 && status < 0xa0)).toEqual([
      [0x93, 62, 77],
      [0x83, 62, 0],
    ]);
    // What was held has ended, so the phrase has, and the model answers.
    await expect.poll(() => page.evaluate('session.status().phase'), { timeout: 5000 }).toBe('model');
    await page.evaluate("midi.plug('inputs', 'k1', 'Stage piano')");
    await page.evaluate("session.usePort('k1', false)");
    expect(await page.evaluate('session.view.midi.inputs')).toEqual([{ id: 'k1', name: 'Stage piano', on: false }]);
    await page.evaluate("midi.play('k1', [0x90, 65, 77])");
    expect(await page.evaluate('session.status().sounding.you')).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('sends the answer to a MIDI output with its times, also where the browser has no sound', async () => {
    const { page, faults } = await openedPage('delete window.AudioContext;');
    await page.evaluate("session.askForMidi(), midi.plug('outputs', 'o1', 'Module')");
    await expect.poll(() => page.evaluate('session.view.midi.outputs?.length')).toBe(1);
    await page.evaluate("session.usePort('o1', true)");
    await page.evaluate("session.change({ qpm: 240, exchanges: [{ you: 1, model: 1 }], metronome: 'on' })");
    await page.evaluate('session.begin()');
    expect(await page.evaluate('session.view.sound')).toMatchObject({ state: 'failed', message: expect.stringContaining('Web Audio') });
    await page.evaluate(
      "(async () => { await turnOf('you'); await playKeys([60, 64, 67]); await turnOf('model'); await turnOf('you'); session.end(); })()",
    );
    const received = await page.evaluate<{ bytes: number[]; at?: number }[]>('midi.received');
    const clicks = received.filter(({ bytes: [status] }) => status === 0x99);
    const answer = received.filter(({ bytes: [status], at }) => status === 0x90 && at !== undefined);
    // Bars of a second begin with an accent, and the answer with a bar; the very first click may be too late on a busy computer.
    const bar = clicks.find(({ bytes: [, pitch] }) => pitch === ACCENT.pitch)?.at ?? Number.NaN;
    const bars = ((answer[0]?.at ?? Number.NaN) - bar) / 1000;
    expect(Math.abs(bars - Math.round(bars))).toBeLessThan(0.001);
    expect(bars).toBeGreaterThan(0.5);
    const played = received.filter(({ bytes: [status], at }) => status === 0x90 && at === undefined);
    expect(played.map(({ bytes }) => bytes[1])).toEqual([60, 64, 67]);
    expect(faults).toEqual([]);
  });

  it('plays back what was played, at its times, and keeps it from visit to visit', async () => {
    const { page, faults } = await openedPage();
    await page.evaluate("session.change({ mode: 'phrase', metronome: 'off', programs: { you: 115, model: 115 } })");
    await page.evaluate('session.begin()');
    await page.evaluate("playKeys([60, 64, 67, 72], 150, 100).then(() => turnOf('model')).then(() => session.end())");
    await page.waitForTimeout(500);
    await page.evaluate('forgetHeard()');
    const starts = await page.evaluate<number[]>('session.view.timeline[0].notes.map(({ start }) => start)');
    expect(starts).toHaveLength(4);
    await page.evaluate('session.play(0)');
    await expect.poll(() => page.evaluate('session.view.playingBack')).toBe(0);
    const place = await page.evaluate<number>('session.playbackTime()');
    await expect.poll(() => page.evaluate<number>('session.playbackTime()')).toBeGreaterThan(place + 0.2);
    await expect.poll(() => page.evaluate('session.view.playingBack ?? null'), { timeout: 10_000 }).toBe(null);
    const onsets = await page.evaluate<number[]>('onsets()');
    const since = (times: readonly number[]): number[] => times.map((time) => time - (times[0] ?? 0));
    // Onsets are known to the millisecond, or a few where a tone still rings.
    expect(since(onsets)).toEqual(since(starts).map((time) => expect.closeTo(time, 1.8)));
    // What is called off before the sound is awake does not begin.
    await page.evaluate('session.play(0); session.stopPlayback(); new Promise((resolve) => setTimeout(resolve, 50))');
    expect(await page.evaluate('session.view.playingBack ?? null')).toBe(null);
    await page.reload();
    await expect.poll(() => page.evaluate('session.view.timeline.map(({ whose }) => whose)')).toEqual(['you', 'model']);
    expect(faults).toEqual([]);
  });

  it('says how to get MIDI that is not allowed', async () => {
    const { page } = await openedPage('window.forbidden = true;');
    await page.evaluate('session.askForMidi()');
    expect(await page.evaluate('session.view.midi')).toMatchObject({
      state: 'denied',
      message: expect.stringContaining('not allowed'),
      hint: expect.stringContaining('Allow'),
    });
  });

  it('goes on with the other models when one is damaged or cannot be played', async () => {
    const { page, faults } = await openedPage();
    const states = (): Promise<unknown> => page.evaluate('session.view.models.map(({ loaded }) => loaded)');
    const odd = { state: 'broken', message: 'It is a drum model.' };
    expect(await states()).toEqual([{ state: 'ready' }, { state: 'listed' }, { state: 'listed' }, odd]);
    await page.evaluate("session.change({ models: ['cut'], metronome: 'off' })");
    await expect
      .poll(states)
      .toMatchObject([{}, { state: 'broken', message: expect.stringContaining('weight files have 1000 bytes') }, {}, {}]);
    await page.evaluate('session.begin()');
    expect(await page.evaluate('session.view')).toMatchObject({ jamming: false, notices: [{ kind: 'error' }] });
    await page.evaluate("session.change({ models: ['cut', 'folk'] })");
    await page.evaluate('session.begin()');
    expect(await page.evaluate('[session.view.jamming, session.status().models]')).toEqual([true, [{ model: 'folk', weight: 1 }]]);
    expect(faults).toEqual([]);
  });

  it('is with whom you chose last, however late another comes', async () => {
    const { page, faults } = await openedPage();
    await page.evaluate("session.change({ mode: 'phrase', metronome: 'off' })");
    await page.evaluate('session.begin()');
    await page.evaluate("session.change({ models: ['late'] }); session.change({ models: ['folk'] })");
    letThrough();
    await expect.poll(() => page.evaluate("session.view.models.find(({ name }) => name === 'late').loaded.state")).toBe('ready');
    await page.evaluate('new Promise((resolve) => setTimeout(resolve))');
    expect(await page.evaluate('session.status().models')).toEqual([{ model: 'folk', weight: 1 }]);
    await page.evaluate("session.change({ models: ['late'] })");
    await expect.poll(() => page.evaluate('session.status().models')).toEqual([{ model: 'late', weight: 1 }]);
    expect(faults).toEqual([]);
  });

  it('keeps settings from visit to visit, and changes the jam that goes on', async () => {
    const { page, faults } = await openedPage();
    await page.evaluate("session.change({ qpm: 96, octave: -1, metronome: 'off' })");
    await page.evaluate('session.begin()');
    await page.evaluate("session.change({ mode: 'trade', temperature: 0.5, qpm: 132 })");
    expect(await page.evaluate('session.status()')).toMatchObject({ mode: 'trade', temperature: 0.5, qpm: 132 });
    await page.reload();
    await expect.poll(() => page.evaluate('session.view.settings')).toMatchObject({ mode: 'trade', qpm: 132, octave: -1 });
    expect(await page.evaluate("session.view.keys.get('KeyZ')")).toBe(48);
    expect(faults).toEqual([]);
  });

  it('remembers which instruments are switched on and which keyboards off, from visit to visit', async () => {
    const { page, faults } = await openedPage();
    const plug = "midi.plug('inputs', 'k1', 'Pads'); midi.plug('inputs', 'k2', 'Stage piano'); midi.plug('outputs', 'o1', 'Module')";
    const ports = (): Promise<unknown> =>
      page.evaluate('[...session.view.midi.inputs, ...session.view.midi.outputs].map(({ name, on }) => [name, on])');
    await page.evaluate('session.askForMidi()');
    await page.evaluate(plug);
    await page.evaluate("session.usePort('k1', false); session.usePort('o1', true)");
    const chosen = [['Pads', false], ['Stage piano', true], ['Module', true]]; // biome-ignore format: short
    expect(await ports()).toEqual(chosen);
    await page.reload();
    await page.evaluate('session.askForMidi()');
    // The browser gives some of them other ids this time.
    await page.evaluate(plug.replace("'k1'", "'k7'").replace("'o1'", "'o7'"));
    expect(await ports()).toEqual(chosen);
    // What wakes the sound is sent there once.
    await page.mouse.click(5, 5);
    await page.evaluate("session.press('a', 60, 90)");
    await expect.poll(() => page.evaluate('session.view.sound.state'), { timeout: 10_000 }).toBe('on');
    await expect.poll(() => page.evaluate('loudest()'), { timeout: 10_000 }).toBeGreaterThan(0.05);
    expect(await page.evaluate('midi.received.map(({ bytes }) => bytes)')).toEqual([[0x90, 60, 90]]);
    expect(faults).toEqual([]);
  });
});
