// Rendering in a page, as the browser app does it: the same MP3 as in Node, sample for sample of what goes into it.

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/audio/memory-store.js';
import { renderMidi } from '../../src/audio/render.js';
import { ownFont, soundBankBytes } from '../audio/listening.js';
import { midiFile } from '../audio/songs.js';
import { chromiumPath, closeBrowser, openBrowser } from '../support/browser.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const song = midiFile([
  { start: 0, end: 480, key: 60 },
  { start: 480, end: 960, key: 67 },
]);

/** A script that renders in a page, made of nothing but what a page has. */
async function script(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { renderMidi } from './src/audio/render.js';
        import { MemoryStore } from './src/audio/memory-store.js';
        import { readSoundFont } from './src/audio/soundfont-bytes.js';
        const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
        window.rendered = async (bank, midi, format) => {
          const font = await readSoundFont(bytesOf(bank), 'sounds.sf2');
          const parts = [];
          let pauses = 0;
          const pause = () => { pauses++; return new Promise((resolve) => setTimeout(resolve)); };
          const options = { font, format, store: new MemoryStore(), pause, signal: new AbortController().signal };
          const { seconds } = await renderMidi(bytesOf(midi), (part) => parts.push(part.slice()), options);
          const whole = new Uint8Array(await new Blob(parts).arrayBuffer());
          const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
          return { seconds, pauses, sha256: [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') };
        };`,
      resolveDir: root,
    },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

describe.skipIf(chromiumPath === undefined)('rendering in a page', () => {
  afterAll(closeBrowser);

  it.each(['wav', 'mp3'] as const)('makes the same %s as Node', async (format) => {
    const parts: Uint8Array[] = [];
    const { seconds } = await renderMidi(song, (part) => parts.push(part.slice()), {
      font: await ownFont(),
      format,
      store: new MemoryStore(),
      signal: new AbortController().signal,
    });
    const expected = createHash('sha256').update(Buffer.concat(parts)).digest('hex');
    const { page, faults } = await openBrowser();
    // Hashing is for pages that nobody else has had a hand in.
    await page.route('https://page.test/', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>a</title>' }));
    await page.goto('https://page.test/');
    await page.evaluate(await script());
    const [bank, midi] = [soundBankBytes(), song].map((bytes) => Buffer.from(bytes).toString('base64'));
    const made = await page.evaluate<{ seconds: number; pauses: number; sha256: string }>(
      `rendered(${JSON.stringify(bank)}, ${JSON.stringify(midi)}, ${JSON.stringify(format)})`,
    );
    expect(faults).toEqual([]);
    expect(made).toEqual({ seconds, pauses: expect.any(Number), sha256: expected });
    expect(made.pauses).toBeGreaterThan(10);
  });
});
