// The web app's page with a session that only looks like one (src/serve/web/ui/story), bundled once for a test file and served as
// mst serve would serve it. The page's `window.session` keeps every command it was given in `calls`.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { securityHeaders } from '../../src/serve/site/policy.js';
import { openBrowser } from './browser.js';
import { type Served, serve } from './web-server.js';

const root = join(import.meta.dirname, '../..');
const TYPES: Readonly<Record<string, string>> = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css' };

let site: Readonly<Record<string, Served>> | undefined;

/** Bundles the page. To be called before the first test. */
export function buildStory(): void {
  const folder = mkdtempSync(join(tmpdir(), 'mst-test-'));
  execFileSync(process.execPath, ['scripts/build-web.mjs', 'src/serve/web/ui/story/story.ts', folder], { cwd: root });
  site = Object.fromEntries(
    readdirSync(folder).map((name) => {
      const headers = { ...securityHeaders, 'Content-Type': TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream' };
      return [name === 'index.html' ? '/' : `/${name}`, { body: readFileSync(join(folder, name)), headers }];
    }),
  );
  rmSync(folder, { recursive: true });
}

export interface Story {
  readonly page: Page;
  readonly faults: readonly string[];
  /** The commands so far of one name, each its arguments; of all names, with them, without one. */
  calls(name?: string): Promise<unknown[][]>;
}

/** The page in a state, by its name in states.ts. */
export async function openStory(state: string, options: BrowserContextOptions = {}): Promise<Story> {
  const { origin } = await serve(site ?? {});
  const { page, faults } = await openBrowser({ viewport: { width: 1280, height: 800 }, ...options });
  await page.goto(`${origin}/#${state}`);
  await page.waitForSelector('.piano .key');
  const calls = async (name?: string): Promise<unknown[][]> => {
    const all = await page.evaluate<unknown[][]>('JSON.parse(JSON.stringify(session.calls))');
    return name === undefined ? all : all.filter(([called]) => called === name).map((call) => call.slice(1));
  };
  return { page, faults, calls };
}

/** Waits until an expression is true in the page (whose policy forbids Playwright's own way of waiting). */
export async function until(page: Page, expression: string): Promise<void> {
  await expect.poll(() => page.evaluate(`Boolean(${expression})`), { timeout: 15_000 }).toBe(true);
}

export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
