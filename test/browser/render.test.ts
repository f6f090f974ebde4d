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
        const bytesOf = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
        window.rendered = async (format) => {
          const font = await readSoundFont(await bytesOf('sounds.sf2'), 'sounds.sf2');
          const parts = [];
          let pauses = 0;
          const pause = () => { pauses++; return new Promise((resolve) => setTimeout(resolve)); };
          const options = { font, format, store: new MemoryStore(), pause, signal: new AbortController().signal };
          const { seconds } = await renderMidi(await bytesOf('song.mid'), (part) => parts.push(part.slice()), options);
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

  it('makes the same WAV and the same MP3 as Node', async () => {
    const { page, faults } = await openBrowser();
    // Hashing is for pages that nobody else has had a hand in.
    const site: Readonly<Record<string, string | Buffer>> = {
      '/': '<!doctype html><title>a</title><script src="script.js"></script>',
      '/script.js': await script(),
      '/sounds.sf2': Buffer.from(soundBankBytes()),
      '/song.mid': Buffer.from(song),
    };
    await page.route('https://page.test/**', (route) => {
      const body = site[new URL(route.request().url()).pathname];
      const contentType = typeof body === 'string' ? (body.startsWith('<') ? 'text/html' : 'text/javascript') : 'application/octet-stream';
      return body === undefined ? route.fulfill({ status: 204 }) : route.fulfill({ body, contentType });
    });
    await page.goto('https://page.test/');
    for (const format of ['wav', 'mp3'] as const) {
      const parts: Uint8Array[] = [];
      const { seconds } = await renderMidi(song, (part) => parts.push(part.slice()), {
        font: await ownFont(),
        format,
        store: new MemoryStore(),
        signal: new AbortController().signal,
      });
      const sha256 = createHash('sha256').update(Buffer.concat(parts)).digest('hex');
      const made = await page.evaluate<{ seconds: number; pauses: number; sha256: string }>(`rendered('${format}')`);
      expect(made).toEqual({ seconds, pauses: expect.any(Number), sha256 });
      expect(made.pauses).toBeGreaterThan(10);
    }
    expect(faults).toEqual([]);
  });
});
