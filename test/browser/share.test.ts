// A share page in a real browser, opened from disk as from a mail: what is played, seen, kept and asked for. What it plays is compared with
// the recording's own bytes; MIDI is read by @tonejs/midi, MP3 decoded by the browser.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silent } from '../../src/pipeline/progress.js';
import { openMusic } from '../../src/pipeline/songs/opened-music.js';
import { shareMusic } from '../../src/pipeline/songs/share.js';
import { resolveHome } from '../../src/registry/home.js';
import { ownFont } from '../audio/listening.js';
import { midiFile, TICKS } from '../audio/songs.js';
import { chromiumPath, closeBrowser, openBrowser } from '../support/browser.js';
import { askedEachFrame } from '../support/frames.js';
import { BEAT, FIRST_BAR, notesIn, recordedJam } from '../support/recorded-jam.js';

const require = createRequire(import.meta.url);
const { Midi } = require('@tonejs/midi') as typeof import('@tonejs/midi');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** The length of the jam in milliseconds: four bars. */
const JAM = 16_000 * BEAT;

/** Holds the pages until the last test is over. */
let root = '';

/** The page about a file of music. */
async function shared(name: string, content: string | Uint8Array, { title, player = 'Clara' }: { title?: string; player?: string } = {}) {
  const folder = mkdtempSync(join(root, 'page-'));
  const [input, output] = [join(folder, name), join(folder, 'page.html')];
  writeFileSync(input, content);
  const music = await openMusic(input, { player });
  await shareMusic(music, input, output, {
    home: resolveHome({ asked: undefined, current: folder, shelves: [] }),
    current: folder,
    title,
    font: await ownFont(),
    bitrate: 128,
    tags: {},
    signal: new AbortController().signal,
    progress: silent,
  });
  return output;
}

let jam: Promise<string> | undefined;
/** The page about the jam, made once. */
function sharedJam(): Promise<string> {
  jam ??= shared('jam.jsonl', recordedJam());
  return jam;
}

async function opened(path: string, options: BrowserContextOptions = {}) {
  const { page, faults } = await openBrowser(options);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url().slice(0, 100)));
  await page.goto(pathToFileURL(path).href);
  await page.locator('.play').waitFor();
  return { page, faults, asked };
}

const time = (page: Page): Promise<number> => page.evaluate<number>("document.querySelector('audio').currentTime * 1000");
const places = (page: Page): Promise<number[]> =>
  page.evaluate<number[]>("[...document.querySelectorAll('.head')].map((head) => new DOMMatrix(getComputedStyle(head).transform).e)");
const picture = (page: Page): Promise<string> => page.evaluate<string>("document.querySelector('.timeline canvas').toDataURL()");
const clock = (page: Page): Promise<string | null> => page.locator('.now').textContent();

/** The sound of an MP3, decoded by the browser: one channel, 44,100 samples a second. */
async function decoded(page: Page, mp3: Uint8Array): Promise<Float32Array> {
  const base64 = await page.evaluate<string, string>(async (text) => {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const { OfflineAudioContext } = globalThis as unknown as {
      OfflineAudioContext: new (
        channels: number,
        length: number,
        rate: number,
      ) => { decodeAudioData(bytes: ArrayBuffer): Promise<{ getChannelData(channel: number): Float32Array<ArrayBuffer> }> };
    };
    const sound = await new OfflineAudioContext(2, 1, 44_100).decodeAudioData(bytes.buffer);
    const samples = new Uint8Array(sound.getChannelData(0).buffer);
    let all = '';
    for (let at = 0; at < samples.length; at += 8192) all += String.fromCharCode(...samples.subarray(at, at + 8192));
    return btoa(all);
  }, Buffer.from(mp3).toString('base64'));
  const bytes = Buffer.from(base64, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** How much of a pitch there is in so many seconds of a sound, by a Fourier sum at its frequency. */
function amountOf(sound: Float32Array, pitch: number, from: number, seconds: number): number {
  const step = (2 * Math.PI * 440 * 2 ** ((pitch - 69) / 12)) / 44_100;
  const [first, length] = [Math.round(from * 44_100), Math.round(seconds * 44_100)];
  let [re, im] = [0, 0];
  for (let i = 0; i < length; i++) {
    const window = 1 - Math.cos((2 * Math.PI * i) / length);
    re += (sound[first + i] ?? 0) * Math.cos(step * i) * window;
    im += (sound[first + i] ?? 0) * Math.sin(step * i) * window;
  }
  return Math.hypot(re, im) / length;
}

async function kept(page: Page, name: RegExp): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

describe.skipIf(chromiumPath === undefined)('a share page in a browser', () => {
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'mst-test-'));
  });
  afterAll(async () => {
    await closeBrowser();
    rmSync(root, { recursive: true });
  });

  it('plays: clock, roll and turns move along, and it can be paused', async () => {
    const { page, faults, asked } = await opened(await sharedJam());
    expect(await page.locator('h1').textContent()).toBe('Jam with folk');
    expect(await clock(page)).toBe('0:00');
    const [before, drawn] = [await places(page), await picture(page)];
    await page.getByRole('button', { name: 'Play' }).click();
    await expect.poll(() => clock(page), { timeout: 10_000 }).toMatch(/^0:0[1-9]$/);
    const now = await places(page);
    expect(now[0]).toBeGreaterThan((before[0] ?? 0) + 100);
    expect(now[1]).toBeGreaterThan((before[1] ?? 0) + 100);
    expect(await picture(page)).not.toBe(drawn);
    // Each bar is a turn. The picture is a frame behind the sound at most.
    for (const [turn, name] of [
      [1, 'folk'],
      [2, 'Clara'],
    ] as const) {
      await page.evaluate(`document.querySelector('audio').currentTime = ${((turn + 0.3) * JAM) / 4000}`);
      await expect.poll(() => page.locator('.turn[aria-current]').textContent(), { timeout: 10_000, interval: 20 }).toContain(name);
    }
    // However often it is paused and goes on, it is drawn once a frame.
    await page.evaluate("{ const audio = document.querySelector('audio'); for (let k = 0; k < 3; k++) { audio.pause(); audio.play(); } }");
    await page.waitForTimeout(50);
    expect(await askedEachFrame(page)).toBe(1);
    await page.getByRole('button', { name: 'Pause' }).click();
    const paused = await time(page);
    await page.waitForTimeout(150);
    expect(await time(page)).toBe(paused);
    expect(faults).toEqual([]);
    // Nothing but the page itself, and its sound, which is in it.
    expect(asked.filter((url) => !/^(data|blob):/.test(url))).toEqual([page.url()]);
  });

  it('goes where one clicks, drags, taps and types', async () => {
    const { page } = await opened(await sharedJam());
    const overview = page.getByRole('slider', { name: 'Place in the music' });
    const whole = (await page.evaluate<number>("document.querySelector('audio').duration")) * 1000;
    const box = await overview.boundingBox();
    await page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + 20);
    expect(Math.abs((await time(page)) - whole / 2)).toBeLessThan(100);
    // Dragging the roll to the left pulls later music under the playhead.
    const roll = await page.locator('.timeline').boundingBox();
    const [x, y] = [(roll?.x ?? 0) + 500, (roll?.y ?? 0) + 100];
    const here = await time(page);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 144, y, { steps: 4 });
    await page.mouse.up();
    expect((await time(page)) - here).toBeGreaterThan(800);
    await overview.focus();
    for (const [key, bar] of [
      ['Home', 0],
      ['ArrowRight', 1],
      ['ArrowRight', 2],
      ['ArrowLeft', 1],
      ['End', 3],
    ] as const) {
      await page.keyboard.press(key);
      expect(Math.abs((await time(page)) - (bar * JAM) / 4)).toBeLessThan(40);
    }
    expect(await overview.getAttribute('aria-valuetext')).toBe(`0:04 of 0:0${Math.round(whole / 1000)}, bar 4, folk`);
    await page.keyboard.press(' ');
    await expect.poll(() => time(page), { timeout: 5000 }).toBeGreaterThan((3 * JAM) / 4 + 200);
    await page.getByRole('button', { name: /^Clara 0:03/ }).click();
    await expect.poll(() => time(page), { timeout: 5000 }).toBeLessThan((3 * JAM) / 4);
    expect(await time(page)).toBeGreaterThanOrEqual(JAM / 2);
    // At the end it is ready to be played again.
    await page.evaluate('{ const audio = document.querySelector("audio"); audio.currentTime = audio.duration - 0.3; }');
    await page.getByRole('button', { name: 'Play' }).waitFor({ timeout: 5000 });
    await expect.poll(() => clock(page)).toBe('0:00');
  });

  it('is found one’s way in by touch', async () => {
    const { page } = await opened(await sharedJam(), { hasTouch: true, viewport: { width: 360, height: 740 } });
    expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    const box = await page.locator('.overview').boundingBox();
    await page.touchscreen.tap((box?.x ?? 0) + (box?.width ?? 0) * 0.75, (box?.y ?? 0) + 20);
    await expect.poll(() => time(page)).toBeGreaterThan(JAM / 2);
    // A narrow roll moves on below its playhead.
    const drawn = await picture(page);
    await page.locator('.play').tap();
    await expect.poll(() => picture(page), { timeout: 5000 }).not.toBe(drawn);
    for (const button of await page.locator('button, a').all()) {
      const { width = 0, height = 0 } = (await button.boundingBox()) ?? {};
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(40);
    }
  });

  it('keeps the session as MIDI and as MP3, and both have the notes of the recording', async () => {
    const recording = recordedJam();
    const { page } = await opened(await sharedJam(), { acceptDownloads: true });
    const midi = await kept(page, /^MIDI/);
    expect(midi.name).toBe('page.mid');
    const { tracks, header } = new Midi(midi.bytes);
    expect(tracks.map(({ name }) => name)).toEqual(['Clara', 'folk']);
    expect(Math.round(header.tempos[0]?.bpm ?? 0)).toBe(60 / BEAT);
    for (const [k, whose] of (['you', 'model'] as const).entries()) {
      const expected = notesIn(recording, whose);
      const found = tracks[k]?.notes ?? [];
      expect(found.map(({ midi: pitch }) => pitch)).toEqual(expected.map(({ pitch }) => pitch));
      found.forEach((note, i) => {
        expect(note.time).toBeCloseTo((expected[i]?.time ?? 0) - FIRST_BAR, 2);
      });
    }
    const mp3 = await kept(page, /^MP3/);
    expect(mp3.name).toBe('page.mp3');
    const sound = await decoded(page, mp3.bytes);
    expect(sound.length / 44_100).toBeGreaterThan(JAM / 1000);
    // Where a note begins there is much more of its pitch than just before. Encoder and decoder are 25 ms late.
    const all = (['you', 'model'] as const).flatMap((whose) => notesIn(recording, whose)).sort((a, b) => a.time - b.time);
    for (const { pitch, time: at } of all) {
      const begins = at - FIRST_BAR + 0.025;
      const before = begins < 0.1 ? 0 : amountOf(sound, pitch, begins - 0.1, 0.1);
      const after = amountOf(sound, pitch, begins + 0.01, 0.1);
      expect(after, `pitch ${pitch} at ${begins.toFixed(2)} s`).toBeGreaterThan(3 * before);
      expect(after).toBeGreaterThan(0.002);
    }
  });

  it('shows notes when they are heard: the sound is as late as the page believes', async () => {
    const starts = [0.5, 1.25, 1.9, 3.001];
    const notes = starts.map((at, i) => ({ start: Math.round(at * 2 * TICKS), end: Math.round((at + 0.2) * 2 * TICKS), key: 72 + i }));
    const { page } = await opened(await shared('song.mid', midiFile(notes, { program: 80 })), { acceptDownloads: true });
    const sound = await decoded(page, (await kept(page, /^MP3/)).bytes);
    const loud = 0.1 * sound.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const start of starts) {
      const first = sound.findIndex((value, i) => i > (start - 0.1) * 44_100 && Math.abs(value) > loud);
      expect(Math.abs(first - start * 44_100 - 1105)).toBeLessThan(0.008 * 44_100);
    }
    // Where the place is asked for, the sound is sent 1105 samples further.
    await page.getByRole('slider').press('ArrowRight');
    expect(await time(page)).toBeCloseTo(2000 + 1105 / 44.1, 0);
  });

  it('tells the two sides apart without colour, and its tracks, of a song', async () => {
    const { page } = await opened(await sharedJam());
    // The middle of a note of the model is hollow, that of the player is not.
    const middles = await page.evaluate<number[][]>(`[...document.querySelectorAll('.swatch canvas')].map((canvas) => {
      const brush = canvas.getContext('2d');
      const at = (y) => [...brush.getImageData(Math.floor(canvas.width / 2), y, 1, 1).data];
      return [at(0), at(Math.floor(canvas.height / 2))].map((colour) => colour.join()).filter((each, i, all) => all.indexOf(each) === i).length;
    })`);
    expect(middles).toEqual([1, 2]);
    const names = await page.locator('.legend li').allTextContents();
    expect(names).toEqual(['Clara Electric Piano 1', 'folk Flute']);
  });

  it.each([
    ['at a desk', {}],
    ['on a phone, without motion', { reducedMotion: 'reduce' as const, viewport: { width: 360, height: 740 } }],
  ])('can be read and used by everyone, in light and dark: %s', async (_, options) => {
    const { page } = await opened(await sharedJam(), options);
    await page.locator('.play').click();
    await expect.poll(() => time(page), { timeout: 5000 }).toBeGreaterThan(100);
    await page.evaluate(axe);
    const violations = (rules: readonly string[]) =>
      page.evaluate(
        `axe.run(document, { runOnly: ${JSON.stringify(rules)} }).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))`,
      );
    expect(await violations(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violations(['color-contrast'])).toEqual([]);
  });

  it('moves its playhead from bar to bar where motion is unwelcome', async () => {
    const { page } = await opened(await sharedJam(), { reducedMotion: 'reduce' });
    // Faster than it was played, for the sake of time.
    await page.evaluate("document.querySelector('audio').playbackRate = 2.4");
    await page.locator('.play').click();
    const seen = new Set<number>();
    await expect
      .poll(
        async () => {
          seen.add(Math.round((await places(page))[0] ?? 0));
          return time(page);
        },
        { timeout: 10_000, interval: 40 },
      )
      .toBeGreaterThan(JAM / 2 + 100);
    const { width, whole } = await page.evaluate<{ width: number; whole: number }>(
      "({ width: document.querySelector('.overview canvas').clientWidth, whole: document.querySelector('audio').duration * 1000 })",
    );
    const bars = [0, 1, 2, 3].map((bar) => Math.round((bar * (JAM / 4) * width) / whole));
    expect(seen.size).toBeGreaterThan(1);
    expect([...seen].filter((place) => !bars.some((bar) => Math.abs(place - bar) <= 1))).toEqual([]);
  });

  it('is safe from what music, players and models are called', async () => {
    const evil = '</script><script>window.harmed = 1</script><img src=x onerror="window.harmed = 2">"\'<svg onload=window.harmed=3>';
    const settings = { models: [[{ model: evil, weight: 1 }]] };
    const header = { models: [{ name: evil, hash: evil }], sources: [evil] };
    const recording = recordedJam({ settings, header });
    const name = [...Buffer.from(evil, 'latin1')];
    const track = midiFile([{ start: 0, end: 480, key: 60 }], { before: [0, 0xff, 3, name.length, ...name] });
    for (const path of [
      await shared('jam.jsonl', recording, { title: evil, player: evil }),
      await shared('song.mid', track, { title: evil }),
    ]) {
      const { page, faults, asked } = await opened(path);
      expect(await page.locator('h1').textContent()).toBe(evil);
      expect(await page.locator('.legend li').first().textContent()).toContain(evil);
      expect(await page.locator('img, svg').count()).toBe(0);
      // What a script that got in would do is forbidden too.
      await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.harmed = 4\">')");
      await page.waitForTimeout(200);
      expect(await page.evaluate('window.harmed')).toBeUndefined();
      expect(faults.filter((fault) => !fault.includes('Content Security Policy'))).toEqual([]);
      expect(asked.filter((url) => /^(https?|ws)/.test(url))).toEqual([]);
    }
  });

  it('can be read and heard where scripts do not run, as in previews of mail', async () => {
    const { page } = await openBrowser({ javaScriptEnabled: false });
    await page.goto(pathToFileURL(await sharedJam()).href);
    expect(await page.locator('audio').isVisible()).toBe(true);
    expect(await page.locator('.turn').count()).toBe(4);
    expect(await page.getByText('is drawn by a script').isVisible()).toBe(true);
    expect(await page.locator('.play').isVisible()).toBe(false);
    expect(await page.getByRole('link', { name: 'MIDI' }).isVisible()).toBe(true);
  });
});
