// Recordings in a real browser: saved while they are played and there again after the page was closed in the midst of it, in two tabs,
// without room and without storage; and downloads, read by other programs. The policy is the one mst serve sends.

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import tonejs from '@tonejs/midi';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownSoundFont } from '../../src/audio/soundfont.js';
import type { PageView } from '../../src/serve/web/page-session.js';
import { chromiumPath, closeBrowser, openBrowser } from '../support/browser.js';
import { bundledPage } from '../support/bundled-page.js';
import { temporaryFolder } from '../support/folder.js';
import { BEAT, FIRST_BAR, notesIn, PLAYED, recordedJam } from '../support/recorded-jam.js';
import { readWave } from '../support/wave-reader.js';
import { type Served, serve } from '../support/web-server.js';

const { Midi } = tonejs;
const text = recordedJam();
const lines = text.trimEnd().split('\n');
const half = lines.slice(0, lines.findIndex((line) => line.includes('"type":"turn","turn":3')) + 1);
const site: Record<string, Served> = {};

type Facts = Pick<PageView, 'timeline' | 'length' | 'canUndo' | 'canRedo' | 'saved' | 'recordings'> & {
  readonly making: NonNullable<PageView['making']> | null;
};

beforeAll(() => {
  Object.assign(site, bundledPage('test/browser/recording-harness.mjs'));
  site['/favicon.ico'] = new Uint8Array();
  site['/sounds.sf2'] = readFileSync(ownSoundFont());
});

const facts = (page: Page): Promise<Facts> => page.evaluate<Facts>('facts()');
const notices = (page: Page): Promise<{ kind: string; message: string; hint?: string }[]> => page.evaluate('notices');

/** Waits until something is so of what the keeper shows. */
async function until(page: Page, passes: (facts: Facts) => boolean): Promise<Facts> {
  await expect.poll(async () => passes(await facts(page)), { timeout: 15_000 }).toBe(true);
  return facts(page);
}

async function visit(page: Page, origin: string, storage = ''): Promise<void> {
  await page.goto(`${origin}/`);
  await page.evaluate(`openKeeper(${storage})`);
}

/** A page with a keeper. */
async function opened(storage = ''): Promise<{ page: Page; context: BrowserContext; origin: string; faults: string[] }> {
  const { origin } = await serve(site);
  const { page, faults } = await openBrowser({ acceptDownloads: true });
  await visit(page, origin, storage);
  return { page, context: page.context(), origin, faults };
}

async function play(page: Page, some: readonly string[]): Promise<void> {
  await page.evaluate(`play(${JSON.stringify(some)})`);
}

async function jam(page: Page, some: readonly string[] = lines): Promise<void> {
  await page.evaluate('keeper.begin()');
  await play(page, some);
}

const summaryOf = ({ timeline }: Facts): unknown[] =>
  timeline.map(({ turn, whose, notes }) => [turn, whose, notes.map(({ pitch }) => pitch)]);

describe.skipIf(chromiumPath === undefined)('recordings in a browser', () => {
  afterAll(closeBrowser);

  it('are there again when the page is closed in the middle, with what was changed of them', async () => {
    const { page, origin, faults } = await opened();
    expect(await facts(page)).toMatchObject({ timeline: [], recordings: [], saved: 'nothing' });
    await jam(page, half);
    await page.evaluate("keeper.edit({ type: 'mute', turn: 1, muted: true })");
    const before = await until(page, ({ saved }) => saved === 'saved');
    // What was played this very moment is saved too.
    await play(page, lines.slice(half.length, half.length + 4));
    const last = await facts(page);
    await page.reload();
    await page.evaluate('openKeeper()');
    const after = await facts(page);
    expect(summaryOf(after)).toEqual(summaryOf(last));
    expect(after.timeline[1]?.muted).toBe(true);
    expect(after).toMatchObject({ saved: 'saved', canUndo: true, canRedo: false });
    expect(after.recordings).toMatchObject([{ turns: before.timeline.length, model: 'folk' }]);
    expect(Date.now() - Date.parse(after.recordings[0]?.created ?? '')).toBeLessThan(60_000);
    await page.evaluate('keeper.undo()');
    expect(await facts(page)).toMatchObject({ canUndo: false, canRedo: true });
    await page.goto(`${origin}/`);
    await page.evaluate('openKeeper()');
    const again = await facts(page);
    expect([again.timeline[1]?.muted, again.canRedo]).toEqual([false, true]);
    expect([await notices(page), faults]).toEqual([[], []]);
  });

  it('are there after the browser page has died without a word', async () => {
    const { page, context, origin } = await opened();
    await jam(page, half);
    await until(page, ({ saved }) => saved === 'saved');
    const session = await context.newCDPSession(page);
    session.send('Page.crash').catch(() => {});
    await page.waitForEvent('crash');
    const other = await context.newPage();
    await visit(other, origin);
    expect((await facts(other)).timeline.length).toBeGreaterThanOrEqual(3);
  });

  it('are a list, newest first, of which one is opened or forgotten', async () => {
    const { page } = await opened();
    await jam(page);
    await page.evaluate('keeper.end()');
    await until(page, ({ saved }) => saved === 'saved');
    await jam(page, half);
    await page.evaluate('keeper.end()');
    const { recordings } = await until(page, (each) => each.recordings.length === 2);
    const [newer, older] = recordings;
    // The last line begins the fifth turn.
    expect([newer?.turns, older?.turns]).toEqual([4, 5]);
    expect(older?.seconds).toBeCloseTo(16 * BEAT, 1);
    await page.evaluate(`keeper.open(${JSON.stringify(older?.id)})`);
    expect((await facts(page)).timeline.length).toBe(5);
    await page.evaluate(`keeper.forget(${JSON.stringify(older?.id)})`);
    expect(await facts(page)).toMatchObject({ timeline: [], recordings: [{ id: newer?.id }] });
    await page.reload();
    await page.evaluate('openKeeper()');
    expect((await facts(page)).recordings.map(({ id }) => id)).toEqual([newer?.id]);
  });

  it('without anything played leave nothing behind', async () => {
    const { page } = await opened();
    await jam(
      page,
      lines.filter((line) => !/"type":"(in|out)"/.test(line)),
    );
    await page.evaluate('keeper.end()');
    await page.waitForTimeout(300);
    await page.reload();
    await page.evaluate('openKeeper()');
    expect((await facts(page)).recordings).toEqual([]);
  });

  it('of two tabs are safe from each other, even when one forgets what the other plays', async () => {
    const { page: one, context, origin } = await opened();
    const two = await context.newPage();
    await visit(two, origin);
    await jam(one, half);
    await jam(two, lines);
    await two.evaluate('keeper.end()');
    const { recordings } = await until(two, (each) => each.recordings.length === 2);
    const own = (await facts(one)).recordings.find(({ turns }) => turns === 4);
    expect(recordings.map(({ id }) => id)).toContain(own?.id);
    await two.evaluate(`keeper.forget(${JSON.stringify(own?.id)})`);
    await play(one, lines.slice(half.length));
    await one.evaluate('keeper.end()');
    await until(two, (each) => each.recordings.filter(({ turns }) => turns === 5).length === 2);
    await two.evaluate(`keeper.open(${JSON.stringify(own?.id)})`);
    expect(summaryOf(await facts(two))).toEqual(summaryOf(await facts(one)));
  });

  it('that are open in two tabs are the same in both, whoever changes them', async () => {
    const { page: one, context, origin, faults } = await opened();
    await jam(one);
    await one.evaluate('keeper.end()');
    const { recordings } = await until(one, ({ saved }) => saved === 'saved');
    const two = await context.newPage();
    await visit(two, origin);
    const muted = async (page: Page): Promise<unknown> => (await facts(page)).timeline.filter((each) => each.muted).map(({ turn }) => turn);
    await one.evaluate("keeper.edit({ type: 'mute', turn: 1, muted: true })");
    await expect.poll(() => muted(two)).toEqual([1]);
    await two.evaluate("keeper.edit({ type: 'mute', turn: 2, muted: true })");
    await expect.poll(() => muted(one)).toEqual([1, 2]);
    await one.evaluate('keeper.undo()');
    await expect.poll(() => muted(two)).toEqual([1]);
    // At the same moment: one of the changes may go, but all have the other.
    await Promise.all([one, two].map((page, k) => page.evaluate(`keeper.edit({ type: 'mute', turn: ${k + 2}, muted: true })`)));
    await expect.poll(async () => JSON.stringify(await muted(one)) === JSON.stringify(await muted(two))).toBe(true);
    const last = await muted(one);
    await two.reload();
    await two.evaluate('openKeeper()');
    expect(await muted(two)).toEqual(last);
    await two.evaluate(`keeper.forget(${JSON.stringify(recordings[0]?.id)})`);
    await until(one, ({ timeline, recordings: left, saved }) => timeline.length === 0 && left.length === 0 && saved === 'nothing');
    expect([await notices(one), await notices(two), faults]).toEqual([[], [], []]);
  });

  it('without room say so once, and go on in memory until there is some', async () => {
    const { page, context, origin } = await opened();
    await page.clock.install();
    const quota = await context.newCDPSession(page);
    await quota.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
    await jam(page, half);
    await until(page, ({ saved }) => saved === 'failed');
    await play(page, lines.slice(half.length));
    await page.evaluate('keeper.end()');
    await page.waitForTimeout(300);
    expect(await notices(page)).toEqual([
      { kind: 'error', message: expect.stringContaining('no room'), hint: expect.stringContaining('Download') },
    ]);
    expect((await facts(page)).timeline.length).toBe(5);
    expect(await page.evaluate('keeper.messages(null).length')).toBeGreaterThan(20);
    await quota.send('Storage.overrideQuotaForOrigin', { origin });
    // It is tried again after five seconds.
    await page.clock.fastForward(5000);
    await until(page, ({ saved }) => saved === 'saved');
    await page.reload();
    await page.evaluate('openKeeper()');
    expect((await facts(page)).timeline.length).toBe(5);
  });

  it.each([
    ['forbids its storage', "() => { throw new DOMException('denied', 'SecurityError'); }"],
    ['has none', '() => undefined'],
  ])('are kept in memory where the browser %s, which is said once', async (_, storage) => {
    const { page, faults } = await opened(storage);
    await jam(page);
    await page.evaluate('keeper.end()');
    expect(await notices(page)).toEqual([{ kind: 'warning', message: expect.stringContaining('does not keep'), hint: expect.any(String) }]);
    expect(await facts(page)).toMatchObject({ saved: 'failed', recordings: [] });
    expect((await facts(page)).timeline.length).toBe(5);
    expect(faults).toEqual([]);
  });

  it('that are damaged where they are stored are not believed', async () => {
    const { page } = await opened();
    await jam(page);
    await page.evaluate('keeper.end()');
    const { recordings } = await until(page, ({ saved }) => saved === 'saved');
    const id = recordings[0]?.id ?? '';
    await page.evaluate(`new Promise((resolve, reject) => {
      const request = indexedDB.open('mst-recordings');
      request.onsuccess = () => {
        const change = request.result.transaction(['recordings', 'parts', 'edits'], 'readwrite');
        change.oncomplete = () => resolve();
        change.onerror = () => reject(change.error);
        change.objectStore('recordings').put({ id: 'odd', created: '<img src=x onerror=alert(1)>', turns: -1, seconds: 'x', model: {} });
        change.objectStore('recordings').put({ id: 'empty', created: '2020-01-01T00:00:00Z', turns: 1, seconds: 1, model: 'folk' });
        change.objectStore('edits').put({ recording: ${JSON.stringify(id)}, edits: [{ type: 'burn' }], undone: [] });
        change.objectStore('parts').put({ recording: ${JSON.stringify(id)}, first: 100000, lines: 'rubbish\\n{"t":1,"type":"kept","turn":1,"take":1,"events":[999]}\\n' });
      };
    })`);
    await page.reload();
    await page.evaluate('openKeeper()');
    const after = await facts(page);
    expect(after.recordings.map((each) => each.id)).toEqual([id, 'empty']);
    expect(after.timeline.length).toBe(5);
    expect((await notices(page)).map(({ message }) => message)).toEqual([
      expect.stringMatching(/^2 lines of this recording could not be read/),
      expect.stringContaining('changed'),
    ]);
    await page.evaluate("keeper.open('empty')");
    expect((await notices(page)).at(-1)?.message).toContain('not kept any more');
    expect((await facts(page)).timeline.length).toBe(5);
  });
});

describe.skipIf(chromiumPath === undefined)('downloads', () => {
  afterAll(closeBrowser);

  /** A file as it was downloaded, and its name. */
  async function downloaded(page: Page, kind: string, options = '{}'): Promise<{ name: string; path: string; bytes: Buffer }> {
    const [download] = await Promise.all([
      page.waitForEvent('download', { timeout: 60_000 }),
      page.evaluate(`keeper.download(${JSON.stringify(kind)}, ${options})`),
    ]);
    const path = join(temporaryFolder(), download.suggestedFilename());
    await download.saveAs(path);
    return { name: download.suggestedFilename(), path, bytes: readFileSync(path) };
  }

  it('are files that other programs read: MIDI, WAV, MP3 and a page, under the policy of the page', async () => {
    const { page, faults } = await opened();
    await jam(page);
    await page.evaluate("keeper.end(); keeper.edit({ type: 'delete', turn: 3 })");
    const end = Math.max(...PLAYED.map(([, , off]) => off)) - FIRST_BAR;

    const midi = await downloaded(page, 'midi', '{ programs: { you: 24, model: 73 } }');
    expect(midi.name).toMatch(/^\d{4}-\d\d-\d\d \d{4} folk\.mid$/);
    const tracks = new Midi(midi.bytes).tracks.filter(({ notes }) => notes.length > 0);
    expect(tracks.map(({ name, instrument }) => [name, instrument.number])).toEqual([
      ['You', 24],
      ['Model', 73],
    ]);
    expect(tracks[0]?.notes.map((note) => [note.midi, note.time])).toEqual(
      PLAYED.map(([pitch, start]) => [pitch, expect.closeTo(start - FIRST_BAR, 2)]),
    );
    const answers = notesIn(text, 'model').filter(({ time }) => time < FIRST_BAR + 12 * BEAT - 0.01);
    expect(tracks[1]?.notes.map((note) => note.midi)).toEqual(answers.map(({ pitch }) => pitch));

    const wave = readWave((await downloaded(page, 'wav')).bytes);
    expect(wave.frames / wave.rate).toBeGreaterThan(end);
    expect(wave.frames / wave.rate).toBeLessThan(end + 6);
    expect(wave.left.some((sample) => Math.abs(sample) > 0.3)).toBe(true);
    // It begins with a rest of half a beat, and then there is a note.
    const at = (seconds: number): number => Math.max(...wave.left.slice(seconds * wave.rate, (seconds + 0.1) * wave.rate).map(Math.abs));
    expect(at(BEAT * 0.5 - 0.11)).toBeLessThan(0.001);
    expect(at(BEAT * 0.5)).toBeGreaterThan(0.01);

    const mp3 = await downloaded(page, 'mp3');
    expect(mp3.name).toMatch(/folk\.mp3$/);
    if (spawnSync('soxi').error === undefined) {
      const seconds = Number(execFileSync('soxi', ['-D', mp3.path], { encoding: 'utf8' }));
      expect(seconds).toBeCloseTo(wave.frames / wave.rate, 0);
    }

    const shared = await downloaded(page, 'page');
    expect(shared.bytes.toString('utf8', 0, 15)).toBe('<!doctype html>');
    expect(shared.bytes.toString()).toContain(mp3.bytes.subarray(3000, 3300).toString('base64').slice(0, 396));
    expect([await notices(page), faults, (await facts(page)).making]).toEqual([[], [], null]);
  });

  it('tell how far they are, one at a time, and can be given up', async () => {
    const { page, faults } = await opened();
    // Ten minutes, so that there is time.
    const far = [
      ...lines.slice(0, -1),
      '{"t":600000000,"type":"in","source":0,"bytes":"903c40"}',
      '{"t":601000000,"type":"in","source":0,"bytes":"803c00"}',
    ];
    await jam(page, far);
    await page.evaluate("keeper.end(); window.first = keeper.download('wav'); 0");
    await page.evaluate("keeper.download('midi')");
    expect((await notices(page)).map(({ message }) => message)).toEqual(['Another file is being made.']);
    const { making } = await until(page, (each) => (each.making?.done ?? 0) > 0.1);
    expect(making).toMatchObject({ kind: 'wav' });
    let downloads = 0;
    page.on('download', () => downloads++);
    await page.evaluate('keeper.cancelDownload(); first');
    expect((await facts(page)).making).toBeNull();
    await page.waitForTimeout(300);
    expect([downloads, faults]).toEqual([0, []]);
    // Neither the sound bank nor the thread has to be fetched again.
    await page.context().setOffline(true);
    await jam(page, half);
    await page.evaluate('keeper.end()');
    expect(readWave((await downloaded(page, 'wav')).bytes).frames).toBeGreaterThan(0);
  });

  it('say what is missing: something to hear, the sound bank', async () => {
    const { page } = await opened();
    await page.evaluate("keeper.download('midi')");
    await page.route('**/sounds.sf2', (route) => route.fulfill({ status: 404 }));
    await jam(page);
    await page.evaluate("keeper.end(); keeper.download('mp3')");
    expect((await notices(page)).map(({ message }) => message)).toEqual([
      'There is no recording to download yet.',
      expect.stringContaining('sounds.sf2 could not be fetched'),
    ]);
  });
});
