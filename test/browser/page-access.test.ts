// The web app's page for everyone: what axe-core finds in each of its states in light and dark, keys alone, words for those who listen,
// motion, fingers, small windows, names from strangers.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { STORIES } from '../../src/serve/web/ui/story/states.js';
import { chromiumPath } from '../support/browser.js';
import { openStory, PHONE, until, useStories } from '../support/story-page.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe-core finds: rule, element, reason. `colours`: by the rules about contrast alone, all that another theme changes. */
async function violations(page: Page, only: 'all' | 'colours' = 'all'): Promise<string[]> {
  await page.evaluate(`window.axe === undefined ? (() => {${axe}})() : 0`);
  const options = { resultTypes: ['violations'], ...(only === 'colours' && { runOnly: ['color-contrast', 'link-in-text-block'] }) };
  const found = await page.evaluate<Violation[]>(`axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`);
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)}\n${failureSummary}`));
}

/** `npm run test:browser` looks at every state; `npm test`, for the sake of time, at those that have most on them, between them all. */
const thorough = process.env.THOROUGH !== undefined;
const FULLEST = ['your-turn', 'models-turn', 'edited', 'no-audio', 'notices', 'strangers', 'settings', 'downloads'];
const looked = (names: readonly string[]): string[] => names.filter((name) => thorough || FULLEST.includes(name));

/** States in which something is open, and what opens it. */
const OPENED: Readonly<Record<string, readonly [state: string, open: (page: Page) => Promise<unknown>]>> = {
  settings: ['midi-on', (page) => page.click('#settings-button')],
  'settings without MIDI and sound': ['midi-denied', (page) => page.click('#settings-button')],
  models: ['broken-model', (page) => page.click('.picker-button')],
  'a turn’s menu': ['edited', (page) => page.click('.turn:nth-child(4) .turn-more')],
  downloads: ['recorded', (page) => page.getByRole('button', { name: 'Download' }).click()],
  'kept recordings': ['recorded', (page) => page.getByRole('button', { name: 'All recordings' }).click()],
  help: ['idle', (page) => page.getByRole('button', { name: 'Help and shortcuts' }).click()],
};

describe.skipIf(chromiumPath === undefined)('the web app for everyone', () => {
  useStories();

  it.each(looked(Object.keys(STORIES)))('axe-core finds nothing wrong: %s', async (state) => {
    // Colours that are on their way to others would be judged as they pass.
    const { page, faults } = await openStory(state, { reducedMotion: 'reduce' });
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    expect(await violations(page, 'colours')).toEqual([]);
    expect(faults()).toEqual([]);
  });

  it.each(looked(Object.keys(OPENED)))('axe-core finds nothing wrong with %s open', async (name) => {
    const [state, open] = OPENED[name] ?? ['idle', async () => {}];
    const { page } = await openStory(state, { reducedMotion: 'reduce' });
    await open(page);
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    expect(await violations(page, 'colours')).toEqual([]);
  });

  it('everything can be reached and left by Tab, and is seen to have the focus', async () => {
    const { page } = await openStory('recorded', { alone: true });
    const seen: string[] = [];
    for (let k = 0; k < 60; k++) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate<{ name: string; outlined: boolean } | null>(`(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return null;
        const drawn = element.matches('.chips input, .takes input') ? element.nextElementSibling : element;
        const { outlineStyle, outlineWidth } = getComputedStyle(drawn);
        return {
          name: element.getAttribute('aria-label') ?? element.textContent.trim(),
          outlined: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
        };
      })()`);
      if (focused === null) break;
      expect(focused.outlined, focused.name).toBe(true);
      seen.push(focused.name);
    }
    for (const name of [
      'Who answers: folk',
      'Help and shortcuts',
      'Settings',
      'Play again',
      'An octave lower',
      'Play the whole recording',
    ]) {
      expect(seen).toContain(name);
    }
    // One stop for all keys of the piano, one button and one menu for each turn.
    expect(seen.filter((name) => /^[A-G]\d/.test(name))).toHaveLength(1);
    expect(seen.filter((name) => name.startsWith('Play turn'))).toHaveLength(9);
    expect(seen.filter((name) => name.startsWith('More about turn'))).toHaveLength(9);
  });

  it('settings are opened, changed and closed by keys alone, and letters are typed there, not played', async () => {
    const { page, calls } = await openStory('idle');
    await page.locator('#settings-button').focus();
    await page.keyboard.press('Enter');
    await until(page, "document.activeElement?.textContent === 'Settings' && document.activeElement.tagName === 'H2'");
    await page.getByRole('radio', { name: 'Bars', exact: false }).first().focus();
    await page.keyboard.press('ArrowDown');
    expect(await calls('change')).toEqual([[{ mode: 'seconds', exchanges: null }]]);
    const tempo = page.getByRole('spinbutton', { name: 'Beats a minute' });
    await tempo.fill('');
    await tempo.pressSequentially('90c');
    expect(await calls('press')).toEqual([]);
    expect((await calls('change')).at(-1)).toEqual([{ qpm: 90 }]);
    await page.keyboard.press('Escape');
    await until(page, "document.querySelector('.drawer') === null");
    expect(await page.evaluate('document.activeElement.id')).toBe('settings-button');
  });

  it('the focus goes on to the next turn when a turn is taken out', async () => {
    const { page } = await openStory('recorded');
    const takeOut = 'session.show({ timeline: session.view.timeline.filter(({ turn }) => turn !== session.calls.at(-1)[1]) })';
    const focused = (): Promise<string | null> => page.evaluate("document.activeElement.getAttribute('aria-label')");
    await page.getByRole('button', { name: /^Play turn 3:/ }).focus();
    await page.keyboard.press('Delete');
    await page.evaluate(takeOut);
    expect(await focused()).toBe('Play turn 3: folk, 10 notes');
    await page.getByRole('button', { name: /^More about turn 8/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Delete' }).focus();
    await page.keyboard.press('Enter');
    await page.evaluate(takeOut);
    expect(await focused()).toMatch(/^Play turn 7: /);
  });

  it('the piano’s keys are reached by arrows and played by Enter, and by a click without a pointer', async () => {
    const { page, calls } = await openStory('idle');
    await page.getByRole('button', { name: 'C4 letter Z' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    expect((await calls()).map((call) => call.slice(0, 4).filter((part) => part !== null))).toEqual([
      ['press', 'focus Enter', 62, 90],
      ['release', 'focus Enter'],
    ]);
    await page.evaluate(`[...document.querySelectorAll('.key')].find(({ textContent }) => textContent.startsWith('E4')).click()`);
    await expect.poll(async () => (await calls('press')).map(([, pitch]) => pitch)).toEqual([62, 64]);
    await expect.poll(() => calls('release')).toEqual([['focus Enter'], ['brief']]);
  });

  it('says whose turn it is, and not every beat', async () => {
    const { page } = await openStory('live', { wound: true });
    const said: string[] = [];
    await page.exposeFunction('said', (text: string) => said.push(text));
    await page.evaluate(`new MutationObserver(() => said(document.querySelector('[role="status"]').textContent))
      .observe(document.querySelector('[role="status"]'), { childList: true, characterData: true, subtree: true })`);
    await page.keyboard.press('Space');
    // Two seconds of count-in, then four of each turn, eight beats long.
    for (let beat = 0; beat < 14; beat++) {
      await page.clock.fastForward(400);
      await page.clock.runFor(100);
    }
    await expect.poll(() => said.filter((text) => text !== '')).toEqual(['Get ready', 'Your turn', 'folk answers']);
    await page.keyboard.press('Space');
    await page.clock.runFor(200);
    await expect.poll(() => said.at(-1)).toBe('Stopped');
  });

  it('where motion is unwelcome the picture stands still from beat to beat; else it flows', async () => {
    for (const [reducedMotion, pictures] of [
      ['reduce', 1],
      ['no-preference', 6],
    ] as const) {
      const { page } = await openStory('your-turn', { reducedMotion });
      const different = await page.evaluate<number>(`(async () => {
        const seen = new Set();
        const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        for (let k = 0; k < 6; k++) {
          // A beat begins at 12.5 s and ends at 13 s.
          session.now = () => 12.55 + k * 0.06;
          for (let wait = 0; wait < ${reducedMotion === 'reduce' ? 2 : 1}; wait++) await frame();
          seen.add(document.querySelector('.stage > canvas').toDataURL());
        }
        return seen.size;
      })()`);
      // A note may begin in the middle of a beat, and then it lights up.
      if (pictures === 1) expect(different).toBeLessThanOrEqual(2);
      else expect(different).toBe(pictures);
    }
  });

  it.each(['idle', 'your-turn', 'edited', 'strangers', 'no-audio'])('nothing sticks out of a window 320 pixels wide: %s', async (state) => {
    const { page } = await openStory(state, { viewport: { width: 320, height: 568 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    await page.click('#settings-button');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    expect(
      await page.evaluate("document.querySelector('.drawer-body').scrollWidth <= document.querySelector('.drawer-body').clientWidth"),
    ).toBe(true);
  });

  it.each(['idle', 'hand-over', 'edited'])('fingers find what they touch, 44 pixels high: %s', async (state) => {
    const { page } = await openStory(state, PHONE);
    const small = `[...document.querySelectorAll('button, select, label')]
      .filter((element) => !element.matches('.key') && element.checkVisibility())
      .map((element) => [element.textContent.trim().slice(0, 30) || element.ariaLabel, element.getBoundingClientRect().height])
      .filter(([, height]) => height < 43.5)`;
    expect(await page.evaluate(small)).toEqual([]);
    await page.click('#settings-button');
    expect(await page.evaluate(small)).toEqual([]);
  });

  it('names from strangers stay text, and stay in their places', async () => {
    for (const [state, viewport] of [
      ['strangers', { width: 1280, height: 800 }],
      ['strangers-idle', { width: 1280, height: 800 }],
      ['strangers', { width: 390, height: 844 }],
    ] as const) {
      const { page } = await openStory(state, { viewport });
      await page.click('.picker-button');
      const names = page.locator('.model-row-name');
      expect(await names.first().textContent()).toBe('<img src=x onerror="window.harmed = true"><b>bold</b>');
      expect(await names.nth(2).textContent()).toBe('لحن جميل');
      expect(await page.evaluate("document.querySelectorAll('#app img, #app b img').length")).toBe(0);
      expect(await page.evaluate('window.harmed')).toBeUndefined();
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      // Buttons that matter are where they were.
      const settings = await page.locator('#settings-button').boundingBox();
      expect((settings?.x ?? 0) + (settings?.width ?? 0)).toBeLessThanOrEqual(viewport.width);
    }
  });
});
