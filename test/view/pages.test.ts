// The pages that mst writes, as text: whatever music and files are called, the elements are the same, and the policy allows just what is
// there; what a page carries is what it was given.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainPage } from '../../src/view/explain-page.js';
import type { SharedMusic } from '../../src/view/share-data.js';
import { sharePage } from '../../src/view/share-page.js';
import { hash, nasty, readPage } from '../support/page-reader.js';

/** explain.html with this name wherever a stranger may give one. */
function explainedAs(name: string): string {
  const totals = { files: 1, kept: 1, dropped: 0, melodies: 1, training: 1, eval: 0 };
  const melodies = [{ name, bars: [1, 2] as const, why: name }];
  const losses = [{ name, why: name, as: name, line: name }];
  const files = [{ file: name, melodies, losses, lines: [[name, name]] as const, songs: [] }];
  return explainPage({ artist: name, config: 'basic_rnn', totals, lost: {}, overrides: { path: name, command: name }, files });
}

const files = { midi: Uint8Array.of(77, 84, 104, 100), mp3: Uint8Array.of(73, 68, 51, 255) };

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

/** A share page with this name wherever a stranger may give one. */
const sharedAs = (name: string, music = musicCalled(name)): string => sharePage(music, { ...files, name });

describe.each([
  {
    page: 'explain.html',
    make: explainedAs,
    carried: (name: string): object => ({ files: [{ file: name, melodies: [{ name }], losses: [{ as: name }] }] }),
    media: [],
  },
  {
    page: 'a share page',
    make: sharedAs,
    carried: (name: string): object => ({ parts: [{ name }, { name }], turns: [{ by: name }] }),
    media: ['media-src data: blob:'],
  },
])('$page', ({ make, carried, media }) => {
  const plain = readPage(make('a.mid'));

  it.each(nasty)('has the same elements for what is called %j, and carries that name unharmed', (name) => {
    const { tags, textsOf } = readPage(make(name));
    expect(tags).toEqual(plain.tags);
    const [json = ''] = textsOf('application/json');
    expect(JSON.parse(json)).toMatchObject(carried(name));
  });

  it('has the same elements whatever things are called', () => {
    const piece = fc.constantFrom('<', '/', '>', 'script', '!--', '-->', '"', "'", '&', ' ', 'x', '\\', '\u0000', '\u2028');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect(readPage(make(pieces.join(''))).tags).toEqual(plain.tags);
      }),
      { numRuns: 60 },
    );
  });

  it('allows its own script, style and sound, and nothing else', () => {
    const [script = ''] = plain.textsOf('script');
    const [style = ''] = plain.textsOf('style');
    expect(script.length).toBeGreaterThan(1000);
    expect(style.length).toBeGreaterThan(1000);
    expect(plain.policy.split('; ').sort()).toEqual([
      "base-uri 'none'",
      "default-src 'none'",
      "form-action 'none'",
      ...media,
      `script-src ${hash(script)}`,
      `style-src ${hash(style)}`,
    ]);
  });

  it('asks for nothing from anywhere', () => {
    const html = make('a.mid').replaceAll('http-equiv', '');
    expect(html.match(/https?:|\s(src|href)=(?!"data:)|url\(|@import|fetch\(/g)).toBeNull();
  });
});

describe('a share page', () => {
  it('carries its files', () => {
    const html = sharedAs('a');
    const [, mp3 = ''] = /<audio[^>]* src="data:audio\/mpeg;base64,([^"]*)"/.exec(html) ?? [];
    const [, midi = ''] = /<a[^>]* download="a\.mid" href="data:audio\/midi;base64,([^"]*)"/.exec(html) ?? [];
    expect(new Uint8Array(Buffer.from(mp3, 'base64'))).toEqual(files.mp3);
    expect(new Uint8Array(Buffer.from(midi, 'base64'))).toEqual(files.midi);
  });

  it('says in its text who played what, and what is known', () => {
    const html = sharedAs('Zoë');
    for (const words of [
      'Played by <bdi>Zoë</bdi> and <bdi>Zoë</bdi> on <time',
      '31 January 2026 at 20:15 UTC',
      '1 note',
      'Who played what',
    ])
      expect(html).toContain(words);
    expect(readPage(html).textsOf('').join('|')).not.toContain('undefined');
    const song = sharedAs('a', { ...musicCalled('a'), turns: [], models: [] });
    expect(song).not.toContain('Who played what');
    expect(song).not.toContain('The model');
  });
});
