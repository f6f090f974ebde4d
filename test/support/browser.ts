// A real browser for tests: Debian's Chromium, or the one that MST_CHROMIUM names. Where there is none, tests say that they are skipped.

import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
];

/** Where the browser is, if there is one; an empty MST_CHROMIUM says that there is none. */
export const chromiumPath: string | undefined = (process.env.MST_CHROMIUM ?? usual.find((path) => existsSync(path))) || undefined;

let browser: Promise<Browser> | undefined;

export interface Opened {
  readonly page: Page;
  /** What the page writes to its console as an error, or throws. */
  readonly faults: string[];
}

/** An empty page of its own, closed with the test, or, where it `stays`, with the browser. */
export async function openBrowser(options: BrowserContextOptions = {}, { stays = false } = {}): Promise<Opened> {
  // A browser of root's, as in containers, runs only without its sandbox.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  browser ??= chromium.launch({ ...(chromiumPath !== undefined && { executablePath: chromiumPath }), args });
  const context = await (await browser).newContext(options);
  if (!stays) onTestFinished(() => context.close());
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  return { page, faults };
}

/** To be called after the last test of a file. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}
