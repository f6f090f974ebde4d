// The web app as users have it, from end to end: the real page with the real model in a real browser, served by mst serve and as the site
// it exports on a plain file server. `npm run test:browser` sees every case on both, `npm test`, for the sake of time, most on the first.

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtPage } from '../../src/serve/site/page-files.js';
import { ask } from '../serve/support/served.js';
import {
  type App,
  type AppOptions,
  button,
  download,
  downloadedSong,
  expectNoFaults,
  loaded,
  openApp,
  pitchesOf,
  playLetters,
  turnNames,
  turnOf,
  until,
} from '../support/app/page.js';
import { type AppSite, startSites } from '../support/app/sites.js';
import { chromiumPath, closeBrowser } from '../support/browser.js';
import { PHONE } from '../support/story-page.js';
import { readWave } from '../support/wave-reader.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Compressed bytes a first visit may load, without sound bank and models. */
const MOST_AT_FIRST = 1.5e6;

let sites: readonly AppSite[] = [];
let clear = async (): Promise<void> => {};

/** Set by `npm run test:browser`. */
const thorough = process.env.THOROUGH !== undefined;

/** One after the other would wait twice for the same music. `always`: on both in `npm test`, too. */
async function onBoth(
  act: (app: App) => Promise<void>,
  { always = false, ...options }: AppOptions & { always?: boolean } = {},
): Promise<void> {
  await Promise.all(
    sites.slice(0, thorough || always ? undefined : 1).map(async (site) => {
      try {
        await act(await openApp(site, options));
      } catch (error) {
        if (error instanceof Error) error.message = `${site.name}: ${error.message}`;
        throw error;
      }
    }),
  );
}

/** Turns without a fixed length: the answer comes when you rest for a beat of half a second. */
const PHRASES = { mode: 'phrase', qpm: 120, metronome: 'off' } as const;
const C_E_G = 'zcb';

/** Begins a jam in phrases, plays one, and waits for the answer's end. */
async function playPhrase({ page }: App, letters = C_E_G): Promise<void> {
  await page.keyboard.press('Space');
  await page.locator('.hud').waitFor();
  await playLetters(page, letters);
  await turnOf(page, 'model');
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(`axe.run(document, { resultTypes: ['violations'] })
    .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 160))))`);
}

/** Bytes of all files of the page as a browser gets them. */
async function firstLoad({ url }: AppSite): Promise<number> {
  const headers = { 'accept-encoding': 'br' };
  const files = await Promise.all(readdirSync(builtPage.page).map((name) => ask(Number(new URL(url).port), `/${name}`, { headers })));
  expect(files.map(({ status }) => status)).toEqual(files.map(() => 200));
  return files.reduce((sum, { body }) => sum + body.length, 0);
}

describe.skipIf(chromiumPath === undefined)('the web app', () => {
  beforeAll(async () => {
    ({ sites, clear } = await startSites());
  }, 60_000);
  afterAll(async () => {
    await closeBrowser();
    await clear();
  }, 60_000);

  it('opens with nothing amiss, and asks for nothing from anywhere else', async () => {
    await onBoth(
      async (app) => {
        const { page, site } = app;
        await expect.poll(() => page.locator('.picker-name').textContent()).toBe('folk');
        await button(page, /^Who answers/).click();
        await page.getByText('· ready').waitFor();
        await expectNoFaults(app);
        if (site.name === 'mst serve') expect(await firstLoad(site)).toBeLessThan(MOST_AT_FIRST);
      },
      { always: true },
    );
  });

  it('on a first visit: begin, play a phrase, see and hear the answer; keep it, change it, find it again', async () => {
    await onBoth(
      async (app) => {
        const { page } = app;
        // A jam in which nobody plays is nothing to keep.
        await page.keyboard.press('Space');
        await button(page, 'Stop').click();
        await button(page, 'Play').waitFor();
        expect(await page.getByRole('region', { name: 'Recording' }).count()).toBe(0);
        await page.evaluate('shown.said.length = 0');
        await page.keyboard.press('Space');
        await turnOf(page, 'you');
        await playLetters(page, 'zcbvx', 120);
        await turnOf(page, 'model');
        await page.locator('.side.model.active', { hasText: 'Answers' }).waitFor();
        // The roll has the model's colour in it.
        await until(
          page,
          `(() => {
          const canvas = document.querySelector('.stage canvas');
          const [r, g, b] = getComputedStyle(document.documentElement).getPropertyValue('--model').match(/\\w\\w/g).map((hex) => parseInt(hex, 16));
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          let count = 0;
          for (let i = 0; i < data.length; i += 4) if (Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 24) count++;
          return count > 200;
        })()`,
        );
        await turnOf(page, 'you', 1);
        await page.keyboard.press('Space');
        await button(page, 'Play again').waitFor();
        const said = await page.evaluate<string[]>('shown.said');
        expect([said.slice(0, 3), said.at(-1)]).toEqual([['Get ready', 'Your turn', 'folk answers'], 'Stopped']);
        expect(await page.evaluate('shown.lit.size')).toBeGreaterThan(0);

        const song = await downloadedSong(page);
        expect(song.tracks.map(({ name }) => name)).toEqual(expect.arrayContaining(['You', 'Model']));
        expect(pitchesOf(song, 'You')).toEqual([60, 64, 67, 65, 62]);
        const answer = pitchesOf(song, 'Model');
        expect(answer.length).toBeGreaterThan(1);
        expect(song.header.tempos[0]?.bpm).toBeCloseTo(120, 3);
        // Two bars each of two seconds; the file begins with your first bar, the answer at 4 s.
        const starts = song.tracks.filter(({ name }) => name === 'Model').flatMap(({ notes }) => notes.map(({ time }) => time));
        expect(Math.min(...starts)).toBeGreaterThan(3.99);
        expect(Math.max(...starts)).toBeLessThan(8);
        expect(song.header.meta.filter(({ type }) => type === 'marker').length).toBeGreaterThanOrEqual(2);

        const [yours = '', theirs = ''] = await turnNames(page);
        expect([yours, theirs]).toEqual(['Play turn 1: You, 5 notes', `Play turn 2: folk, ${answer.length} notes`]);
        await button(page, 'More about turn 2').click();
        await button(page, 'Mute').click();
        await expect.poll(() => turnNames(page)).toContain(`${theirs}, muted`);
        expect(pitchesOf(await downloadedSong(page), 'Model')).toEqual([]);
        await button(page, 'Undo').click();
        await expect.poll(() => turnNames(page)).toContain(theirs);
        await page.getByText('saved in this browser').waitFor();
        await page.reload();
        await expect.poll(async () => (await turnNames(page)).slice(0, 2)).toEqual([yours, theirs]);
        await button(page, 'All recordings (1)').click();
        await page.getByText('· with folk').waitFor();
        await page.keyboard.press('Escape');
        expect(pitchesOf(await downloadedSong(page), 'Model')).toEqual(answer);
        await expectNoFaults(app);
      },
      { always: true },
    );
  });

  it('makes sound files and a page to share of what was played', async () => {
    const [served] = sites as [AppSite];
    const app = await openApp(served, { settings: PHRASES });
    const { page } = app;
    await playPhrase(app);
    await page.keyboard.press('Space');
    await button(page, 'Play again').waitFor();
    const wave = readWave((await download(page, 'WAV')).bytes);
    expect(wave.left.some((sample) => sample > 0.05)).toBe(true);
    const mp3 = await download(page, 'MP3');
    // A tag, then frames.
    expect([mp3.name.endsWith('.mp3'), mp3.bytes.toString('latin1', 0, 3)]).toEqual([true, 'ID3']);
    const shared = await download(page, 'Share page');
    await expectNoFaults(app);
    await page.goto(`file://${shared.path}`);
    await page.locator('audio').waitFor({ state: 'attached' });
    await until(page, "document.querySelector('audio').duration > 0.5");
    expect(app.faults).toEqual([]);
  });

  it('switches models and changes modes and lengths while the jam goes on; a broken model is explained', async () => {
    await onBoth(
      async (app) => {
        const { page } = app;
        await page.keyboard.press('Space');
        await turnOf(page, 'you');
        await playLetters(page, C_E_G);
        await turnOf(page, 'model');
        await button(page, /^Who answers/).click();
        expect(await page.getByRole('radio', { name: /^broken/ }).isDisabled()).toBe(true);
        await page.getByText('The weight files have 1000 bytes, not the').waitFor();
        await page.getByRole('radio', { name: /^second/ }).check();
        await button(page, 'Done').click();
        await turnOf(page, 'you', 1);
        await playLetters(page, C_E_G);
        await turnOf(page, 'model', 1);
        await button(page, 'Settings').click();
        await page.getByRole('group', { name: 'You play' }).getByRole('radio', { name: '2 bars' }).check();
        // On a busy computer a turn may have begun before that was clicked.
        const before = await page.evaluate<number>("shown.sides.filter((each) => each === 'you').length");
        await turnOf(page, 'you', before);
        await turnOf(page, 'model', before);
        await page.getByRole('radio', { name: /^Phrases/ }).check();
        await page.getByText('Your turn: play!').waitFor();
        await button(page, 'Close settings').click();
        const turns = await page.evaluate<number>("shown.sides.filter((each) => each === 'model').length");
        await playLetters(page, C_E_G);
        await turnOf(page, 'model', turns);
        await button(page, 'Stop').click();
        await button(page, 'Play again').waitFor();
        const names = await turnNames(page);
        for (const model of ['folk', 'second']) expect(names.filter((name) => name.includes(`: ${model}, `))).not.toEqual([]);
        // Turns of one bar, two for each side, then of two.
        const ticks = (await downloadedSong(page)).header.meta.filter(({ type }) => type === 'marker').map((each) => each.ticks);
        const bars = ticks.slice(1).map((tick, k) => (tick - (ticks[k] ?? 0)) / (4 * 480));
        expect(bars.slice(0, 4)).toEqual([1, 1, 1, 1]);
        expect(bars[2 * before]).toBeGreaterThanOrEqual(2);
        await expectNoFaults(app);
      },
      { settings: { qpm: 180, exchanges: [{ you: 1, model: 1 }], metronome: 'off' } },
    );
  });

  it('is played by a MIDI keyboard, plays a MIDI instrument on the beat, and lets go of what is pulled out', async () => {
    await onBoth(
      async (app) => {
        const { page } = app;
        await button(page, 'Use a MIDI keyboard').click();
        await page.evaluate("midi.plug('inputs', 'k1', 'Stage piano'); midi.plug('outputs', 'o1', 'Module')");
        await button(page, 'Settings').click();
        expect(await page.getByRole('checkbox', { name: 'Stage piano' }).isChecked()).toBe(true);
        await page.getByRole('checkbox', { name: 'Module' }).check();
        await button(page, 'Close settings').click();
        await page.keyboard.press('Escape');
        await page.evaluate('midi.received.length = 0');
        await button(page, 'Play').click();
        await page.locator('.hud').waitFor();
        await page.evaluate(`(async () => {
          for (const pitch of [62, 65, 69]) {
            midi.play('k1', [0x90, pitch, 80]);
            await new Promise((resolve) => setTimeout(resolve, 70));
            midi.play('k1', [0x80, pitch, 0]);
          }
          midi.play('k1', [0x90, 74, 80]);
        })()`);
        await until(page, `document.querySelectorAll('.key[data-side="you"]').length === 1`);
        // What is held goes on until it is pulled out; then the phrase is over, and the answer comes.
        expect(await page.evaluate("shown.sides.includes('model')")).toBe(false);
        await page.evaluate("midi.pull('inputs', 'k1')");
        await turnOf(page, 'model');
        await until(page, `document.querySelectorAll('.key[data-side="you"]').length === 0`);
        await turnOf(page, 'you', 1);
        await button(page, 'Stop').click();
        await button(page, 'Play again').waitFor();
        const received = await page.evaluate<{ bytes: number[]; at?: number }[]>('midi.received');
        const clicks = received.filter(({ bytes: [status] }) => status === 0x99).map(({ at = 0 }) => at);
        const answer = received.filter(({ bytes: [status], at }) => status === 0x90 && at !== undefined);
        expect(Math.min(...clicks.map((at) => Math.abs(at - (answer[0]?.at ?? 0))))).toBeLessThan(1);
        const song = await downloadedSong(page);
        expect(pitchesOf(song, 'You')).toEqual([62, 65, 69, 74]);
        expect(answer.map(({ bytes }) => bytes[1]).slice(0, pitchesOf(song, 'Model').length)).toEqual(pitchesOf(song, 'Model'));
        await expectNoFaults(app);
      },
      { settings: { ...PHRASES, metronome: 'on' } },
    );
  });

  it('says what to do where MIDI is not allowed, and plays without', async () => {
    await onBoth(
      async (app) => {
        const { page } = app;
        await button(page, 'Use a MIDI keyboard').click();
        await page.getByText('MIDI is not allowed on this page').waitFor();
        await button(page, 'Settings').click();
        await button(page, 'Ask again').waitFor();
        await page.evaluate('window.forbidden = false');
        await button(page, 'Ask again').click();
        await page.getByText('Keyboards you play on').waitFor();
        await expectNoFaults(app);
      },
      { script: 'window.forbidden = true;' },
    );
  });

  it('says so where the browser has no sound, and answers all the same', async () => {
    await onBoth(
      async (app) => {
        const { page } = app;
        await playPhrase(app);
        await page.getByText('There is no sound: This browser has no Web Audio.').first().waitFor();
        await expectNoFaults(app);
      },
      { settings: PHRASES, script: 'delete window.AudioContext;' },
    );
  });

  it('over plain http from another device it says why there is neither sound nor MIDI', async ({ skip }) => {
    const [served] = sites as [AppSite];
    const url = served.others.find((each) => !each.includes('['));
    if (url === undefined) return skip('This computer has no address of its own.');
    const app = await openApp(served, { url, settings: PHRASES });
    const { page } = app;
    await button(page, 'Use a MIDI keyboard').click();
    await page.getByText('Browsers give MIDI only to pages that come over https').waitFor();
    await playPhrase(app);
    await page.getByText('There is no sound: Browsers let only pages over https').first().waitFor();
    await page.getByText('mst serve --https').first().waitFor();
  });

  it('plays on when the network drops, and has the other models when it is back', async () => {
    await onBoth(
      async (app) => {
        const { page } = app;
        await loaded(page);
        await page.context().setOffline(true);
        await playPhrase(app);
        expect(await page.evaluate('loudest()')).toBeGreaterThan(0.01);
        await button(page, /^Who answers/).click();
        await page.getByRole('radio', { name: /^second/ }).check();
        await page.getByText('could not be fetched').first().waitFor();
        await button(page, 'Done').click();
        await turnOf(page, 'you', 1);
        await playLetters(page, C_E_G);
        await turnOf(page, 'model', 1);
        await button(page, 'Stop').click();
        await button(page, 'Play again').waitFor();
        expect(pitchesOf(await downloadedSong(page), 'Model').length).toBeGreaterThan(1);
        await page.context().setOffline(false);
        await button(page, /^Who answers/).click();
        await button(page, 'Look for models again').click();
        await page.getByRole('radio', { name: /^second/, disabled: false }).waitFor();
        await page.getByText('· ready').first().waitFor();
      },
      { settings: PHRASES, ears: true },
    );
  });

  it('axe-core finds nothing wrong before a jam, in a jam, and with the settings open; in light and dark', async () => {
    await onBoth(
      async (app) => {
        const { page } = app;
        const look = async (state: string): Promise<void> => {
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
            expect(await violations(page), `${state}, ${colorScheme}`).toEqual([]);
          }
        };
        await look('idle');
        await playPhrase(app);
        await look('jamming');
        await button(page, 'Settings').click();
        await look('settings');
      },
      { settings: PHRASES },
    );
  });

  it('is played by fingers on a phone', async () => {
    await onBoth(
      async (app) => {
        const { page } = app;
        await button(page, 'Play').tap();
        await page.locator('.hud').waitFor();
        for (const name of ['C4', 'E4', 'G4']) await page.getByRole('button', { name: new RegExp(`^${name}( letter|$)`) }).tap();
        await turnOf(page, 'model');
        await button(page, 'Stop').tap();
        await button(page, 'Recording').tap();
        await expect.poll(async () => (await turnNames(page))[0]).toBe('Play turn 1: You, 3 notes');
        await expectNoFaults(app);
      },
      { ...PHONE, settings: { mode: 'seconds', exchanges: [{ you: 3, model: 3 }], metronome: 'off' } },
    );
  });

  it('plays without its server, once it is open', async () => {
    await onBoth(
      async (app) => {
        const { page, site } = app;
        await loaded(page);
        await site.stop();
        await playPhrase(app);
        await page.keyboard.press('Space');
        await button(page, 'Play again').waitFor();
        expect(await page.evaluate('loudest()')).toBeGreaterThan(0.01);
        expect(pitchesOf(await downloadedSong(page), 'You')).toEqual([60, 64, 67]);
        expect(readWave((await download(page, 'WAV')).bytes).left.some((sample) => sample > 0.05)).toBe(true);
      },
      { settings: PHRASES, ears: true },
    );
  });
});
