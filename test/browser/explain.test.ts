// explain.html in a real browser, opened from disk as a user does: what is seen, what is heard, and that no file's name does any harm.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { noteSequenceToMidi } from '../../src/music/note-sequence-to-midi.js';
import { convert } from '../../src/pipeline/convert/convert.js';
import { examples } from '../../src/pipeline/examples/examples.js';
import { explainExamples } from '../../src/pipeline/examples/explain.js';
import { writeFileAtomic } from '../../src/registry/files.js';
import { explainPage } from '../../src/view/explain-page.js';
import { bass, song, tune } from '../extraction/songs.js';
import { chromiumPath, closeBrowser, openBrowser } from '../support/browser.js';
import { temporaryFolder } from '../support/folder.js';
import { askedEachFrame } from '../support/frames.js';
import { quietly } from '../support/steps.js';

const QPM = 500;
const written = tune(4, 8, 16);
const settings = { config: 'basic_rnn', evalRatio: 0, seed: 1, compat: false } as const;

/** The page about a song of a flute and a bass at 500 quarters a minute, another, and one that is too short. */
async function makePage(): Promise<string> {
  const tempos = { tempos: [[0, QPM]] as const };
  const flute = song([{ notes: bass(9), name: 'Bass' }, { notes: written, name: 'Flute' }], tempos); // biome-ignore format: short
  const files = {
    'flute.mid': flute,
    'other.mid': song([{ notes: tune(1, 12) }]),
    'short.mid': song([{ notes: tune(2, 12).slice(0, 3) }]),
  };
  const midi = Object.entries(files).map(([name, each]) => [`midi/${name}`, noteSequenceToMidi(each)]);
  const directory = temporaryFolder(Object.fromEntries(midi));
  await convert({ directory, artist: 'a' }, quietly());
  await examples({ directory, artist: 'a', ...settings }, quietly());
  return readFileSync(
    await explainExamples({ directory, artist: 'a', command: 'mst examples a --explain', ...settings }, quietly()),
    'utf8',
  );
}

let text: Promise<string> | undefined;

/** Where that page is, for one test. */
async function madePage(): Promise<string> {
  text ??= makePage();
  const path = join(temporaryFolder(), 'explain.html');
  writeFileAtomic(path, await text);
  return path;
}

/** Keeps what oscillators are asked to play, and listens to what reaches the loudspeaker. */
const ears = `
  window.struck = [];
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) {
    window.struck.push({ hertz: this.frequency.value, at, type: this.type });
    return start.call(this, at);
  };
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...more) {
    if (target instanceof AudioDestinationNode) {
      window.audio = this.context;
      window.ear = new AnalyserNode(this.context);
      connect.call(this, window.ear);
    }
    return connect.call(this, target, ...more);
  };
  window.loudness = () => {
    const samples = new Float32Array(window.ear.fftSize);
    window.ear.getFloatTimeDomainData(samples);
    return Math.max(...samples.map(Math.abs));
  };`;

interface Struck {
  readonly hertz: number;
  readonly at: number;
  readonly type: string;
}

async function opened(page: Page, path: string): Promise<void> {
  await page.addInitScript({ content: ears });
  await page.goto(pathToFileURL(path).href);
  await page.waitForSelector('.card');
}

/** Waits until an expression is true in the page (whose policy forbids Playwright's own way of waiting). */
async function until(page: Page, expression: string, timeout = 15_000): Promise<void> {
  await expect.poll(() => page.evaluate(`Boolean(${expression})`), { timeout }).toBe(true);
}

const headX = (page: Page): Promise<number> =>
  page.evaluate<number>("new DOMMatrix(getComputedStyle(document.querySelector('.roll.playing .head')).transform).e");

describe.skipIf(chromiumPath === undefined)('explain.html in a browser', () => {
  afterAll(closeBrowser);

  it('plays the melody that was taken: its notes, in its tempo, with a moving playhead', async () => {
    const { page, faults } = await openBrowser();
    await opened(page, await madePage());
    await page.getByRole('searchbox', { name: 'Find' }).fill('flute');
    await page.getByText('1 of 3 files').waitFor();
    const play = page.getByRole('button', { name: 'Play Flute, bars 2–9' });
    await play.click();
    await until(page, 'window.ear && window.loudness() > 0.01');
    const [clock, place] = [await page.evaluate<number>('audio.currentTime'), await headX(page)];
    await until(page, `audio.currentTime > ${clock + 0.5}`);
    await expect.poll(() => headX(page), { timeout: 5000 }).toBeGreaterThan(place);
    // From its first bar, the second of the song, to the next one and on.
    await until(page, "Number(document.querySelector('.roll.playing').getAttribute('aria-valuenow')) > 2");
    // 8 bars at this tempo take less than four seconds.
    await until(page, "!document.querySelector('.playing')");
    const struck = (await page.evaluate<Struck[]>('struck')).filter(({ type }) => type === 'triangle');
    const zero = (struck[0]?.at ?? 0) - (((written[0]?.[1] ?? 0) - 16) * 15) / QPM;
    const heard = struck.map(({ hertz, at }) => [Math.round(69 + 12 * Math.log2(hertz / 440)), at - zero]);
    expect(heard.map(([pitch]) => pitch)).toEqual(written.map(([pitch]) => pitch));
    // A 16th at q quarters a minute takes 15 / q seconds.
    written.forEach(([, start], i) => {
      expect(heard[i]?.[1]).toBeCloseTo(((start - 16) * 15) / QPM, 2);
    });
    expect(faults).toEqual([]);
  });

  it('plays nothing that was stopped while the sound was still waking up', async () => {
    const { page } = await openBrowser();
    // A browser whose sound begins when the test says so.
    await page.addInitScript(`
      let awake = false;
      Object.defineProperty(AudioContext.prototype, 'state', { get: () => (awake ? 'running' : 'suspended') });
      AudioContext.prototype.resume = () => new Promise((resolve) => {
        window.wake = () => { awake = true; resolve(); };
      });`);
    await opened(page, await madePage());
    await page.getByRole('button', { name: 'Play Flute' }).click();
    await until(page, 'window.wake');
    await page.keyboard.press('Escape');
    await page.evaluate('wake()');
    expect(await page.evaluate("[struck.length, document.querySelectorAll('.playing').length]")).toEqual([0, 0]);
    // The sound is awake now.
    await page.getByRole('button', { name: 'Play Track 0, bars 1–12' }).click();
    await until(page, 'struck.length > 0');
  });

  it('plays one at a time, with the keyboard alone, and along with the other tracks when asked', async () => {
    const { page, faults } = await openBrowser({ reducedMotion: 'reduce' });
    await opened(page, await madePage());
    const flute = page.getByRole('button', { name: /(Play|Stop) Flute/ });
    await flute.focus();
    await page.keyboard.press('Enter');
    await until(page, "document.querySelectorAll('.play.playing').length === 1");
    await page.getByRole('button', { name: /Play Track 0, bars 1–12/ }).press('Space');
    await until(page, "document.querySelector('.play.playing')?.getAttribute('aria-label').startsWith('Stop Track 0')");
    expect(await page.locator('.play.playing').count()).toBe(1);
    await page.keyboard.press('Escape');
    expect(await page.locator('.playing').count()).toBe(0);
    const roll = page.getByRole('slider', { name: /Flute/ });
    await roll.focus();
    await page.keyboard.press('ArrowRight');
    await until(page, "document.activeElement.getAttribute('aria-valuetext') === 'bar 3'");
    await page.evaluate('window.struck.length = 0');
    await page.getByRole('checkbox').check();
    await roll.press('Enter');
    // However often it is moved, the playhead moves once a frame.
    for (const key of ['Home', 'ArrowRight', 'Home']) await page.keyboard.press(key);
    expect(await askedEachFrame(page)).toBe(1);
    const lowest = 440 * 2 ** ((36 - 69) / 12);
    await until(page, `struck.some(({ hertz }) => Math.abs(hertz - ${lowest}) < 0.1)`);
    expect(faults).toEqual([]);
  });

  it('finds files by name and by what became of them, and copies a line for overrides.txt', async () => {
    const { page, faults } = await openBrowser({ permissions: ['clipboard-read', 'clipboard-write'] });
    await opened(page, await madePage());
    const names = () => page.locator('.card h2').allTextContents();
    const show = page.getByRole('combobox', { name: 'Show' });
    expect(await names()).toEqual(['short.mid', expect.any(String), expect.any(String)]);
    await show.selectOption('Left out');
    expect(await names()).toEqual(['short.mid']);
    expect(await page.locator('.card').textContent()).toContain('too few notes (under 5)');
    await show.selectOption('With a melody');
    await page.getByRole('combobox', { name: 'Order' }).selectOption('Name');
    expect(await names()).toEqual(['flute.mid', 'other.mid']);
    await page.getByText(/Not taken: 1/).click();
    await page.getByRole('button', { name: 'Copy "flute.mid" track=0' }).click();
    await page.getByText('Copied').first().waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('"flute.mid" track=0');
    expect(faults).toEqual([]);
  });

  it('draws only what is in sight of a thousand files', async () => {
    const [{ page }, folder] = [await openBrowser({ viewport: { width: 1200, height: 2000 } }), temporaryFolder()];
    const path = join(folder, 'many.html');
    const { files, ...rest } = await dataOfPage(page, await madePage());
    const [flute] = files.filter(({ file }) => file === 'flute.mid');
    const many = Array.from({ length: 1000 }, (_, i) => ({
      ...flute,
      file: `${i}.mid`,
      ...(i < 100 && { melodies: [], losses: [], why: 'drums' }),
    }));
    writeFileAtomic(
      path,
      explainPage({ ...rest, totals: { ...rest.totals, files: 2000 }, files: many } as Parameters<typeof explainPage>[0]),
    );
    await opened(page, path);
    const show = page.getByRole('combobox', { name: 'Show' });
    await show.selectOption('With a melody');
    await until(page, "document.querySelector('canvas').width > 300");
    expect(await page.locator('.card').count()).toBeLessThan(60);
    const cards = async (): Promise<number> => {
      await page.evaluate('scrollTo(0, document.body.scrollHeight)');
      return page.locator('.card').count();
    };
    await expect.poll(cards, { timeout: 15_000 }).toBeGreaterThan(40);
    await until(page, "[...document.querySelectorAll('canvas')].filter(({ width }) => width > 0).length < 30");
    // Cards without a roll are short: a screen has room for more of them.
    await page.evaluate('scrollTo(0, 0)');
    await show.selectOption('Left out');
    await expect.poll(() => page.locator('.card').count(), { timeout: 15_000 }).toBeGreaterThan(12);
    expect(await page.getByText('This page shows 1,000 of 2,000 files').count()).toBe(1);
  });

  it('is safe from what files are called', async () => {
    const { page, faults } = await openBrowser();
    const evil = '</script><script>window.harmed = 1</script><img src=x onerror="window.harmed = 2">"\'<svg onload=window.harmed=3>';
    const file = {
      file: evil,
      melodies: [{ name: evil, bars: [1, 2] as const, key: evil, metre: evil, why: evil }],
      lines: [[evil, evil]] as const,
      songs: [],
    };
    const losses = [{ name: evil, track: 1, why: evil, as: evil, line: evil }];
    const totals = { files: 1, kept: 1, dropped: 0, melodies: 1, training: 1, eval: 0 };
    const overrides = { path: evil, command: evil };
    const path = join(temporaryFolder(), 'evil.html');
    writeFileAtomic(path, explainPage({ artist: evil, config: evil, totals, lost: {}, overrides, files: [{ ...file, losses }] }));
    await opened(page, path);
    await page.locator('summary').first().click();
    expect(await page.locator('h2').textContent()).toBe(evil);
    expect(await page.locator('img, svg').count()).toBe(0);
    // What a script that got in would do is forbidden too.
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.harmed = 4\">')");
    await page.waitForTimeout(200);
    expect(await page.evaluate('window.harmed')).toBeUndefined();
    expect(faults.filter((fault) => !fault.includes('Content Security Policy'))).toEqual([]);
  });

  it.each([
    ['a phone', { viewport: { width: 360, height: 700 } }],
    ['a wide screen in the dark', { viewport: { width: 1600, height: 900 }, colorScheme: 'dark' as const }],
  ])('fits %s, with text that can be read', async (_, options) => {
    const { page } = await openBrowser(options);
    await opened(page, await madePage());
    expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })");
    expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(await page.evaluate<unknown[]>(poorContrasts)).toEqual([]);
  });
});

/** The data of a page, as the page has it. */
async function dataOfPage(page: Page, path: string): Promise<Parameters<typeof explainPage>[0]> {
  await page.goto(pathToFileURL(path).href);
  return page.evaluate("JSON.parse(document.getElementById('data').textContent)");
}

/** Texts whose contrast with what lies behind them is below 4.5 to 1 (WCAG 2, 1.4.3), by its formula. */
const poorContrasts = `(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    const colour = parts(getComputedStyle(element).backgroundColor);
    return colour.length === 3 || colour[3] > 0 ? colour : behind(element.parentElement);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const poor = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() === '' || element.closest('script, noscript, option, .unseen')) continue;
    const [a, b] = [light(parts(getComputedStyle(element).color)), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) poor.push([walker.currentNode.data, contrast]);
  }
  return poor;
})()`;
