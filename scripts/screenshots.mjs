// Pictures of the web app in each of its states, in light and dark, at a desk and on a phone, with a session that only looks like one
// (src/serve/web/ui/story).   run: npm run screenshots [-- FOLDER [WORD…]]   FOLDER is `screenshots` unless given; WORDs choose states.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ADDRESS, bundleStory } from './story-page.mjs';

const [folder = 'screenshots', ...words] = process.argv.slice(2);

const DESK = { width: 1280, height: 800 };
const SMALL = { width: 1024, height: 640 };
const PHONE = { width: 390, height: 844 };
const NARROW = { width: 320, height: 568 };
const WIDE = { width: 1920, height: 1080 };
const chromiumPath = process.env.MST_CHROMIUM || ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const openSettings = (page) => page.click('#settings-button');
const scrollTo = (name) => async (page) => {
  await openSettings(page);
  await page.getByRole('heading', { name }).scrollIntoViewIfNeeded();
  await page.locator('.drawer-body').evaluate((body) => {
    body.scrollTop += 10_000;
  });
};
const openModels = (page) => page.click('.picker-button');

/** Name of the picture, state, window, what is done first, dark too. */
const PICTURES = [
  ['idle', 'idle', DESK],
  ['idle-wide', 'idle', WIDE],
  ['loading', 'first-visit-loading', DESK],
  ['count-in', 'count-in', DESK],
  ['waiting', 'waiting', DESK],
  ['your-turn', 'your-turn', DESK],
  ['answer-is-coming', 'answer-is-coming', DESK],
  ['models-turn', 'models-turn', DESK],
  ['hand-over', 'hand-over', DESK],
  ['recorded', 'recorded', DESK],
  ['edited', 'edited', DESK],
  ['turn-menu', 'edited', DESK, (page) => page.click('.turn:nth-child(4) .turn-more')],
  ['playing-back', 'playing-back', DESK],
  ['playing-one', 'playing-one', SMALL],
  ['making', 'making', DESK],
  ['downloads', 'recorded', DESK, (page) => page.getByRole('button', { name: 'Download' }).click()],
  ['kept', 'recorded', DESK, (page) => page.getByRole('button', { name: 'All recordings' }).click()],
  ['no-models', 'no-models', DESK],
  ['listing-failed', 'listing-failed', DESK],
  ['broken-model', 'broken-model', DESK],
  ['models', 'broken-model', DESK, openModels],
  ['no-audio', 'no-audio', DESK],
  ['played-without-sound', 'played-without-sound', DESK],
  ['settings', 'idle', DESK, openSettings],
  ['midi-denied', 'midi-denied', DESK, scrollTo('MIDI')],
  ['midi-devices', 'midi-on', DESK, scrollTo('MIDI')],
  ['notices', 'notices', DESK],
  ['help', 'idle', DESK, (page) => page.getByRole('button', { name: 'Help and shortcuts' }).click()],
  ['strangers', 'strangers', DESK],
  ['strangers-models', 'strangers-idle', DESK, openModels],
  ['phone-idle', 'idle', PHONE],
  ['phone-your-turn', 'your-turn', PHONE],
  ['phone-models-turn', 'models-turn', PHONE],
  ['phone-hand-over', 'hand-over', PHONE],
  ['phone-recorded', 'recorded', PHONE],
  ['phone-recording', 'edited', PHONE, (page) => page.click('.dock .phone-only')],
  ['phone-settings', 'idle', PHONE, openSettings],
  ['phone-strangers', 'strangers', PHONE],
  ['narrow-idle', 'no-audio', NARROW],
  ['narrow-models-turn', 'models-turn', NARROW],
];

const answer = bundleStory();
const browser = await chromium.launch({ executablePath: chromiumPath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });

async function openPage(options) {
  const page = await (await browser.newContext(options)).newPage();
  page.on('pageerror', (error) => console.error(error.message));
  await page.route('**/*', answer);
  await page.goto(`${ADDRESS}#idle`);
  return page;
}

mkdirSync(folder, { recursive: true });
const desk = await openPage();
const phone = await openPage({ hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
for (const colorScheme of ['light', 'dark']) {
  for (const [name, state, viewport, first] of PICTURES) {
    if (words.length > 0 && !words.some((word) => `${name}-${colorScheme}`.includes(word))) continue;
    const page = viewport.width < 500 ? phone : desk;
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: name.includes('idle') ? 'reduce' : 'no-preference' });
    await page.mouse.move(0, 0);
    await page.evaluate((story) => globalThis.showStory(story), state);
    await page.waitForSelector('.piano .key');
    await first?.(page);
    await page.waitForTimeout(350);
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  }
}
await browser.close();
console.log(`Pictures are in ${folder}.`);
