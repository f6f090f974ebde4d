// The web app's timing as it is heard: the real page with the real model, lengths and tempo set on the page, letters played. What reaches the
// loudspeaker is compared with the bar lines, and with the notes of the MIDI file that the page makes of it.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { button, downloadedSong, openApp, playLetters, turnOf } from '../support/app/page.js';
import { type AppSite, startSites } from '../support/app/sites.js';
import { chromiumPath, closeBrowser } from '../support/browser.js';

/** Seconds: a bar of four beats at 240 a minute. */
const BAR = 1;
const BEATS = 4;
const LATEST = 0.02;
const PHRASES = ['zcb', 'xvn', 'cbm', 'bvc'];

interface Heard {
  /** How far each answer begins from its bar line, seconds. */
  readonly late: readonly number[];
  /** Every onset since the first answer, and every note of the model in the MIDI file, seconds since the first bar line after the count-in. */
  readonly onsets: readonly number[];
  readonly notes: readonly number[];
}

/** Jams a bar each at 240 beats a minute, with only the model to be heard after a bar that is counted in. */
async function jam(site: AppSite, turns: number): Promise<Heard> {
  const { page, faults } = await openApp(site, { ears: true });
  await button(page, 'Settings').click();
  await page.getByRole('group', { name: 'You play' }).getByRole('radio', { name: '1 bar' }).check();
  await page.getByRole('group', { name: 'The answer lasts' }).getByRole('radio', { name: '1 bar' }).check();
  await page.getByRole('spinbutton', { name: 'Beats a minute' }).fill('240');
  await page.getByRole('radio', { name: 'to count in' }).check();
  await page.getByLabel('Model plays', { exact: true }).selectOption('Woodblock');
  await page.getByRole('slider', { name: 'You', exact: true }).fill('0');
  await button(page, 'Close settings').click();
  await button(page, 'Play').click();
  for (let turn = 0; turn < turns; turn++) {
    await turnOf(page, 'you', turn);
    await playLetters(page, PHRASES[turn % PHRASES.length] ?? '');
    await turnOf(page, 'model', turn);
  }
  await turnOf(page, 'you', turns);
  await button(page, 'Stop').click();
  await button(page, 'Play again').waitFor();
  const heard = await page.evaluate<number[]>('onsets()');
  // The bar line by the clicks of the count-in, each of which says where it is; the middle ones of them count.
  const said = heard.slice(0, BEATS).map((onset, beat) => onset - (beat * BAR) / BEATS);
  const line = BAR + ([...said].sort((a, b) => a - b)[BEATS / 2] ?? Number.NaN);
  const since = heard.slice(BEATS).map((onset) => onset - line);
  const song = await downloadedSong(page);
  expect(faults).toEqual([]);
  return {
    // Before the first answer there is the metronome alone.
    onsets: since.filter((onset) => onset > BAR / 2),
    notes: song.tracks.filter(({ name }) => name === 'Model').flatMap(({ notes }) => notes.map(({ time }) => time)),
    late: Array.from({ length: turns }, (_, turn) => Math.min(...since.map((onset) => Math.abs(onset - BAR * (1 + 2 * turn))))),
  };
}

describe.skipIf(chromiumPath === undefined)('the web app in time', () => {
  let sites: readonly AppSite[] = [];
  let clear = async (): Promise<void> => {};
  beforeAll(async () => {
    ({ sites, clear } = await startSites());
  }, 60_000);
  afterAll(async () => {
    await closeBrowser();
    await clear();
  }, 60_000);

  it('answers on the bar line in 20 turns out of 20, and what is heard is what is written down', async () => {
    const [served, exported] = sites as [AppSite, AppSite];
    for (const [site, turns] of [
      [exported, 2],
      [served, 20],
    ] as const) {
      // biome-ignore format: short
      const { onsets, notes, late } = await jam(site, turns);
      console.info(`Answers begin ${late.map((each) => Math.round(each * 1000)).join(', ')} ms from the bar line; ${notes.length} notes.`);
      expect(Math.max(...late)).toBeLessThan(LATEST);
      const near = (times: readonly number[], time: number): boolean => times.some((each) => Math.abs(each - time) < LATEST);
      expect(onsets.filter((onset) => !near(notes, onset))).toEqual([]);
      // A note that follows another at once begins in its sound, where ears find no onset.
      const apart = notes.filter((time, k) => time - (notes[k - 1] ?? 0) > 0.1);
      expect(apart.filter((time) => !near(onsets, time))).toEqual([]);
      expect(apart.length).toBeGreaterThanOrEqual(turns);
    }
  }, 90_000);
});
