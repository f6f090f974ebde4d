// A page of mst as text: its elements, what its scripts and styles hold, and its policy, by a parser of HTML that is not ours.

import { createHash } from 'node:crypto';
import { Parser } from 'htmlparser2';

/** The tags of a page in order, the text in each script and style, and the policy. */
export function readPage(html: string) {
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

/** As a Content-Security-Policy names it. */
export const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** What strangers may call things. */
export const nasty = [
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
