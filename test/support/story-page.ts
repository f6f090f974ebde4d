// The web app's page with a session that only looks like one (src/serve/web/ui/story), bundled once for a test file and given to the browser
// as mst serve would serve it. The page's `window.session` keeps every command it was given in `calls`.

import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { closeBrowser, type Opened, openBrowser } from './browser.js';
import { type BundledFile, bundledPage } from './bundled-page.js';

const ORIGIN = 'http://127.0.0.1';
/** Milliseconds that bundling may take on a busy machine. */
const BUNDLED_WITHIN = 60_000;
/** The time in milliseconds at which a wound clock stands at first: later than it can be before it is stopped. */
const WOUND_FROM = 60_000;

let site: Readonly<Record<string, BundledFile>> = {};
/** Pages that stay from test to test, by what cannot be changed of a page. */
const kept = new Map<string, Promise<Opened>>();

/** Bundles the page before the first test of a file, and closes the browser after the last one. */
export function useStories(): void {
  beforeAll(() => {
    site = bundledPage('src/serve/web/ui/story/story.ts');
  }, BUNDLED_WITHIN);
  afterAll(async () => {
    kept.clear();
    await closeBrowser();
  });
}

export interface Story {
  readonly page: Page;
  /** What the page has complained of since the state is shown. */
  faults(): readonly string[];
  /** The commands so far of one name, each its arguments; of all names, with them, without one. */
  calls(name?: string): Promise<unknown[][]>;
}

export interface StoryOptions extends BrowserContextOptions {
  /** A page that no test has used or will use: for tests that leave something behind, or begin where a visitor does. */
  readonly alone?: boolean;
  /** The page's clock goes on only as `page.clock` winds it. The page is alone then. */
  readonly wound?: boolean;
}

/** The page in a state, by its name in states.ts. Shown anew in a page that earlier tests have used, unless it is to be alone. */
export async function openStory(state: string, { wound = false, alone = wound, ...options }: StoryOptions = {}): Promise<Story> {
  const { viewport = { width: 1280, height: 800 }, colorScheme = 'light', reducedMotion = 'no-preference', ...context } = options;
  const open = async (): Promise<Opened> => {
    const opened = await openBrowser({ viewport, ...context }, { stays: !alone });
    const { page } = opened;
    await page.route('**/*', (route) => {
      const { pathname } = new URL(route.request().url());
      return route.fulfill(site[pathname] ?? { status: 404 });
    });
    if (wound) {
      await page.clock.install({ time: 0 });
      await page.clock.pauseAt(WOUND_FROM);
    }
    await page.emulateMedia({ colorScheme, reducedMotion });
    await page.goto(`${ORIGIN}/#${state}`);
    return opened;
  };
  const key = JSON.stringify(context);
  const known = alone ? undefined : kept.get(key);
  const opening = known ?? open();
  if (!alone) kept.set(key, opening);
  const { page, faults } = await opening;
  const earlier = known === undefined ? 0 : faults.length;
  if (known !== undefined) {
    await page.setViewportSize(viewport ?? { width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme, reducedMotion });
    await page.mouse.move(0, 0);
    await page.evaluate(`showStory(${JSON.stringify(state)})`);
  }
  await page.waitForSelector('.piano .key');
  // Listeners are there after the first frame.
  if (wound) await page.clock.runFor(200);
  else await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))');
  const calls = async (name?: string): Promise<unknown[][]> => {
    const all = await page.evaluate<unknown[][]>('JSON.parse(JSON.stringify(session.calls))');
    return name === undefined ? all : all.filter(([called]) => called === name).map((call) => call.slice(1));
  };
  return { page, faults: () => faults.slice(earlier), calls };
}

/** Waits until an expression is true in the page (whose policy forbids Playwright's own way of waiting). */
export async function until(page: Page, expression: string): Promise<void> {
  await expect.poll(() => page.evaluate(`Boolean(${expression})`), { timeout: 15_000 }).toBe(true);
}

export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
