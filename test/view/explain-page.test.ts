// explain.html as text: whatever a file is called, the page's elements are the same, and the policy allows just the script that is there.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExplainedCollection } from '../../src/view/explain-data.js';
import { explainPage } from '../../src/view/explain-page.js';
import { hash, nasty, readPage } from '../support/page-reader.js';

const totals = { files: 1, kept: 1, dropped: 0, melodies: 1, training: 1, eval: 0 };

function collectionCalled(name: string): Omit<ExplainedCollection, 'taken'> {
  const melodies = [{ name, bars: [1, 2] as const, why: name }];
  const losses = [{ name, why: name, as: name, line: name }];
  const files = [{ file: name, melodies, losses, lines: [[name, name]] as const, songs: [] }];
  return { artist: name, config: 'basic_rnn', totals, lost: {}, overrides: { path: name, command: name }, files };
}

const plain = readPage(explainPage(collectionCalled('a.mid')));

describe('explain.html', () => {
  it.each(nasty)('has the same elements for a file called %j, whose name it carries unharmed', (name) => {
    const { tags, textsOf } = readPage(explainPage(collectionCalled(name)));
    expect(tags).toEqual(plain.tags);
    const [json = ''] = textsOf('application/json');
    expect(JSON.parse(json)).toMatchObject({ files: [{ file: name, melodies: [{ name }], losses: [{ as: name }] }] });
  });

  it('has the same elements whatever a file is called', () => {
    const piece = fc.constantFrom('<', '/', '>', 'script', '!--', '-->', '"', "'", '&', ' ', 'x', '\\', '\u0000', '\u2028');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect(readPage(explainPage(collectionCalled(pieces.join('')))).tags).toEqual(plain.tags);
      }),
      { numRuns: 100 },
    );
  });

  it('allows its own script and style, and nothing else', () => {
    const [script = ''] = plain.textsOf('script');
    const [style = ''] = plain.textsOf('style');
    expect(script.length).toBeGreaterThan(1000);
    expect(plain.policy.split('; ').sort()).toEqual([
      "base-uri 'none'",
      "default-src 'none'",
      "form-action 'none'",
      `script-src ${hash(script)}`,
      `style-src ${hash(style)}`,
    ]);
  });

  it('asks for nothing from anywhere', () => {
    const html = explainPage(collectionCalled('a.mid'));
    expect(html.replaceAll('http-equiv', '').match(/https?:|\ssrc=|\shref=|url\(|@import|fetch\(/g)).toBeNull();
  });
});
