// A share page as text: whatever its music is called, its elements are the same; what it carries is what it was given.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SharedMusic } from '../../src/view/share-data.js';
import { sharePage } from '../../src/view/share-page.js';
import { hash, nasty, readPage } from '../support/page-reader.js';

const files = { midi: Uint8Array.of(77, 84, 104, 100), mp3: Uint8Array.of(73, 68, 51, 255), name: 'a' };

function musicCalled(name: string): SharedMusic {
  const notes = [{ start: 0, length: 10, pitch: 60, velocity: 9 }];
  return {
    title: name,
    parts: [
      { name, sound: name, side: 'you', drums: false, notes },
      { name, side: 'model', drums: false, notes: [] },
    ],
    turns: [{ side: 'you', by: name, start: 0, end: 61_000, notes: 1 }],
    bars: [0],
    length: 61_000,
    facts: [[name, name]],
    models: [{ name, facts: [[name, name]] }],
    created: '2026-01-31T20:15:00Z',
  };
}

const plain = readPage(sharePage(musicCalled('a'), files));

describe('a share page', () => {
  it.each(nasty)('has the same elements for music called %j, whose name it carries unharmed', (name) => {
    const { tags, textsOf } = readPage(sharePage(musicCalled(name), { ...files, name }));
    expect(tags).toEqual(plain.tags);
    const [json = ''] = textsOf('application/json');
    expect(JSON.parse(json)).toMatchObject({ parts: [{ name }, { name }], turns: [{ by: name }] });
  });

  it('has the same elements whatever its music is called', () => {
    const piece = fc.constantFrom('<', '/', '>', 'script', '!--', '-->', '"', "'", '&', ' ', 'x', '\\', '\u0000', '\u2028');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const name = pieces.join('');
        expect(readPage(sharePage(musicCalled(name), { ...files, name })).tags).toEqual(plain.tags);
      }),
      { numRuns: 60 },
    );
  });

  it('allows its own script, style and sound, and nothing else', () => {
    const [script = ''] = plain.textsOf('script');
    const [style = ''] = plain.textsOf('style');
    expect(script.length).toBeGreaterThan(1000);
    expect(plain.policy.split('; ').sort()).toEqual([
      "base-uri 'none'",
      "default-src 'none'",
      "form-action 'none'",
      'media-src data: blob:',
      `script-src ${hash(script)}`,
      `style-src ${hash(style)}`,
    ]);
  });

  it('carries its files, and asks for nothing', () => {
    const html = sharePage(musicCalled('a'), files);
    const [, mp3 = ''] = /<audio[^>]* src="data:audio\/mpeg;base64,([^"]*)"/.exec(html) ?? [];
    const [, midi = ''] = /<a[^>]* download="a\.mid" href="data:audio\/midi;base64,([^"]*)"/.exec(html) ?? [];
    expect(new Uint8Array(Buffer.from(mp3, 'base64'))).toEqual(files.mp3);
    expect(new Uint8Array(Buffer.from(midi, 'base64'))).toEqual(files.midi);
    expect(html.replaceAll('http-equiv', '').match(/https?:|\s(src|href)="(?!data:)|url\(|@import|fetch\(/g)).toBeNull();
  });

  it('says in its text who played what, and what is known', () => {
    const text = plain.textsOf('').join('|');
    const html = sharePage(musicCalled('Zoë'), files);
    for (const words of [
      'Played by <bdi>Zoë</bdi> and <bdi>Zoë</bdi> on <time',
      '31 January 2026 at 20:15 UTC',
      '1 note',
      'Who played what',
    ])
      expect(html).toContain(words);
    expect(text).not.toContain('undefined');
    const song = sharePage({ ...musicCalled('a'), turns: [], models: [] }, files);
    expect(song).not.toContain('Who played what');
    expect(song).not.toContain('The model');
  });
});
