// explain.html as text: whatever a file is called, the page's elements are the same, and the policy allows just the script that is there.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import type { ExplainedCollection } from '../../src/view/explain-data.js';
import { explainPage } from '../../src/view/explain-page.js';

const totals = { files: 1, kept: 1, dropped: 0, melodies: 1, training: 1, eval: 0 };

function collectionCalled(name: string): Omit<ExplainedCollection, 'taken'> {
  const melodies = [{ name, bars: [1, 2] as const, why: name }];
  const losses = [{ name, why: name, as: name, line: name }];
  const files = [{ file: name, melodies, losses, lines: [[name, name]] as const, songs: [] }];
  return { artist: name, config: 'basic_rnn', totals, lost: {}, overrides: { path: name, command: name }, files };
}

/** The tags of a page in order, the text in each script and style, and the policy. */
function read(html: string) {
  const tags: string[] = [];
  const texts: { tag: string; text: string }[] = [];
  let policy = '';
  const parser = new Parser({
    onopentag(tag, attributes) {
      tags.push(`${tag} ${Object.keys(attributes).join(' ')}`);
      if (attributes['http-equiv'] === 'Content-Security-Policy') policy = attributes.content ?? '';
      texts.push({ tag: attributes.type ?? tag, text: '' });
    },
    ontext(text) {
      const last = texts.at(-1);
      if (last !== undefined) last.text += text;
    },
    onclosetag: () => texts.push({ tag: '', text: '' }),
  });
  parser.end(html);
  const textsOf = (tag: string): string[] => texts.filter((each) => each.tag === tag).map(({ text }) => text);
  return { tags, textsOf, policy };
}

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const plain = read(explainPage(collectionCalled('a.mid')));

const nasty = [
  '</script><script>alert(1)</script>',
  '<!--<script>',
  ']]>',
  '"><img src=x onerror=alert(1)>',
  '\u2028\u2029',
  '\u0000\u001b[31m',
  '&lt;b&gt;',
  "';alert(1)//",
  '\ud800',
  '</SCRIPT ',
  '</title><svg onload=alert(1)>',
];

describe('explain.html', () => {
  it.each(nasty)('has the same elements for a file called %j, whose name it carries unharmed', (name) => {
    const { tags, textsOf } = read(explainPage(collectionCalled(name)));
    expect(tags).toEqual(plain.tags);
    const [json = ''] = textsOf('application/json');
    expect(JSON.parse(json)).toMatchObject({ files: [{ file: name, melodies: [{ name }], losses: [{ as: name }] }] });
  });

  it('has the same elements whatever a file is called', () => {
    const piece = fc.constantFrom('<', '/', '>', 'script', '!--', '-->', '"', "'", '&', ' ', 'x', '\\', '\u0000', '\u2028');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect(read(explainPage(collectionCalled(pieces.join('')))).tags).toEqual(plain.tags);
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
