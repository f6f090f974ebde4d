// The real page in a real browser, for tests: what it asks for and what it complains of, ears at its loudspeaker, keys pressed, turns
// waited for. What goes on is known as a user knows it, by the page itself.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import tonejs from '@tonejs/midi';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { PageSettings } from '../../../src/serve/web/page-session.js';
import { openBrowser } from '../browser.js';
import { temporaryFolder } from '../folder.js';
import { EARS } from './ears.js';
import { MIDI_DEVICES } from './midi-devices.js';
import type { AppSite } from './sites.js';

export type Song = InstanceType<typeof tonejs.Midi>;

export interface App {
  readonly site: AppSite;
  readonly page: Page;
  /** Errors on the console or thrown, and what the page's policy has forbidden. */
  readonly faults: string[];
  /** Addresses the page has asked for. */
  readonly asked: readonly string[];
  /** Requests that came to nothing. */
  readonly failed: readonly string[];
}

export interface AppOptions extends BrowserContextOptions {
  /** Runs before any script of the page. */
  readonly script?: string;
  /** What an earlier visit has chosen. */
  readonly settings?: Partial<PageSettings>;
  /** Whether to listen at the loudspeaker (ears.ts), for which the page is freed of its policy. */
  readonly ears?: boolean;
  /** Instead of the site's. */
  readonly url?: string;
}

/** Notes what the page shows of turns, since a test asks too seldom: `shown` has each side's turn, keys lit by the model, words read out. */
const EYES = `{
  window.shown = { sides: [], lit: new Set(), said: [], violations: [] };
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => shown.violations.push(violatedDirective + ' ' + blockedURI));
  new MutationObserver((changes) => {
    for (const { target, attributeName } of changes) {
      if (attributeName === 'data-side' && target.matches('.app')) shown.sides.push(target.dataset.side);
      if (attributeName === 'data-side' && target.matches('.key') && target.dataset.side !== 'you') shown.lit.add(target.textContent);
      const words = target.parentElement?.closest('[role=status]') ?? (target instanceof Element ? target.closest('[role=status]') : null);
      if (words?.textContent) shown.said.push(words.textContent);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['data-side'] });
}`;

/** Opens the page, and waits until one could play. */
export async function openApp(
  site: AppSite,
  { script = '', settings, ears = false, url = site.url, ...options }: AppOptions = {},
): Promise<App> {
  const { page, faults } = await openBrowser({
    viewport: { width: 1280, height: 800 },
    acceptDownloads: true,
    bypassCSP: ears,
    ...options,
  });
  const asked: string[] = [];
  const failed: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('requestfailed', (request) => failed.push(`${request.url()} ${request.failure()?.errorText}`));
  page.on('response', (response) => response.status() >= 400 && failed.push(`${response.url()} ${response.status()}`));
  const kept = settings === undefined ? '' : `localStorage['mst-settings'] ??= ${JSON.stringify(JSON.stringify(settings))};`;
  await page.addInitScript({ content: [kept, EYES, ears ? EARS : '', MIDI_DEVICES, script].join('\n') });
  await page.goto(url);
  await page.locator('.begin').waitFor();
  return { site, page, faults, asked, failed };
}

export const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name });

/** Waits until the page has fetched all that it fetches by itself, the model too. */
export async function loaded(page: Page): Promise<void> {
  await button(page, /^Who answers/).click();
  await page.getByText('· ready').first().waitFor();
  await button(page, 'Done').click();
  await page.evaluate('document.activeElement.blur()');
  await page.waitForLoadState('networkidle');
}

/** Waits until an expression is true in the page (whose policy forbids Playwright's own way of waiting). */
export async function until(page: Page, expression: string, timeout = 20_000): Promise<void> {
  await expect.poll(() => page.evaluate(`Boolean(${expression})`), { timeout, interval: 20 }).toBe(true);
}

/** Waits for a side's turn; of turns that were seen before, so many are left out. */
export async function turnOf(page: Page, side: 'you' | 'model', before = 0): Promise<void> {
  await until(page, `shown.sides.filter((each) => each === '${side}').length > ${before}`);
}

/** Presses letters one after the other, each held; milliseconds. */
export async function playLetters(page: Page, letters: string, held = 60): Promise<void> {
  for (const letter of letters) await page.keyboard.press(letter, { delay: held });
}

/** Makes a file in the page and reads it. */
export async function download(
  page: Page,
  kind: string,
): Promise<{ readonly name: string; readonly path: string; readonly bytes: Buffer }> {
  await button(page, 'Download').click();
  const [file] = await Promise.all([page.waitForEvent('download', { timeout: 45_000 }), button(page, new RegExp(`^${kind}`)).click()]);
  const path = join(temporaryFolder(), file.suggestedFilename());
  await file.saveAs(path);
  return { name: file.suggestedFilename(), path, bytes: readFileSync(path) };
}

/** The recording as a MIDI file, by a reader that is not ours. */
export async function downloadedSong(page: Page): Promise<Song> {
  return new tonejs.Midi((await download(page, 'MIDI')).bytes);
}

export const pitchesOf = (song: Song, track: 'You' | 'Model'): number[] =>
  song.tracks.filter(({ name }) => name === track).flatMap(({ notes }) => notes.map(({ midi }) => midi));

/** Names of the timeline's turns, as they are read out. */
export const turnNames = (page: Page): Promise<string[]> =>
  page.locator('.turn-play').evaluateAll((turns) => turns.map((turn) => turn.getAttribute('aria-label') ?? ''));

/** Nothing went wrong that nobody saw. */
export async function expectNoFaults({ page, faults, failed, asked, site }: App): Promise<void> {
  expect([faults, failed, await page.evaluate('shown.violations')]).toEqual([[], [], []]);
  const elsewhere = asked.filter((address) => !address.startsWith(new URL('.', site.url).href) && !/^(data|blob):/.test(address));
  expect(elsewhere).toEqual([]);
}
