// What came, told by its first bytes, and whether that can be what its name says.

import { foreignKind } from '../../../music/midi-foreign.js';

/** Bytes from the beginning that tell. */
export const HEAD = 4096;

/** Kinds of bytes that matter here; `foreign` is any other that is known, and no music mst reads. */
export type Kind = 'midi' | 'abc' | 'musicxml' | 'xml' | 'html' | 'zip' | 'gzip' | 'tar' | 'foreign' | 'unknown';

/** What stands where, as Latin-1. */
const signatures: readonly (readonly [Kind, ...(readonly [at: number, text: string])[]])[] = [
  ['midi', [0, 'MThd']],
  ['midi', [0, 'RIFF'], [8, 'RMID']],
  ['zip', [0, 'PK\u0003\u0004']],
  ['zip', [0, 'PK\u0005\u0006']],
  ['gzip', [0, '\u001f\u008b']],
  ['tar', [257, 'ustar']],
];

/** Media types of web pages. */
export const pageTypes: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml']);

const markup =
  /^<(!doctype\s+html|html|head|body|title|script|style|meta|link|table|div|span|p|a|h[1-6]|br|hr|b|i|font|center|ul|ol|pre|iframe|frameset)[\s/>]/i;

/**
 * @param head the first bytes, HEAD of them if there are so many
 * @param type the media type they came with, which decides about text that nothing else tells
 */
export function kindOf(head: Uint8Array, type: string): Kind {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, HEAD)).toString('latin1');
  const known = signatures.find(([, ...marks]) => marks.every(([at, mark]) => text.startsWith(mark, at)))?.[0];
  if (known !== undefined) return known;
  const plain = beginning(text);
  if (markup.test(plain)) return 'html';
  if (/^(<!doctype\s+|<)score-(partwise|timewise)/i.test(plain)) return 'musicxml';
  if (/^\s*(\xef\xbb\xbf)?\s*<\?xml/.test(text)) return /<score-(partwise|timewise)/.test(text) ? 'musicxml' : 'xml';
  if (/^%abc/.test(plain) || /^X:[ \t]*\d+[ \t\r]*$/m.test(plain)) return 'abc';
  if (head.length > 0 && foreignKind(head) !== undefined) return 'foreign';
  return pageTypes.has(type) && head.length > 0 && head.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d))
    ? 'html'
    : 'unknown';
}

const words: Readonly<Record<Kind, string>> = {
  midi: 'a MIDI file',
  abc: 'an ABC tune book',
  musicxml: 'a MusicXML score',
  xml: 'an XML file',
  html: 'a web page',
  zip: 'a ZIP archive',
  gzip: 'a gzip archive',
  tar: 'a tar archive',
  foreign: 'something else',
  unknown: 'nothing mst knows',
};

/** What bytes of a kind are, in words. */
export function kindInWords(kind: Kind, head: Uint8Array): string {
  return kind === 'foreign' ? (foreignKind(head)?.what ?? words.foreign) : words[kind];
}

/** Text from where it says something: without byte order mark, declarations and comments before the first element. */
function beginning(text: string): string {
  let plain = text.replace(/^\xef\xbb\xbf/, '');
  for (;;) {
    const next = plain.replace(/^\s+|^<\?[\s\S]*?\?>|^<!--[\s\S]*?-->/, '');
    if (next === plain) return plain;
    plain = next;
  }
}

/** Which kinds go with a file name ending; kinds that are told surely go with no other. */
const fitting: Readonly<Record<string, readonly Kind[]>> = {
  '.mid': ['midi'],
  '.midi': ['midi'],
  '.kar': ['midi'],
  '.rmi': ['midi'],
  '.abc': ['abc'],
  '.musicxml': ['musicxml', 'xml'],
  '.xml': ['musicxml'],
  '.mxl': ['zip'],
  '.zip': ['zip'],
  '.tar': ['tar'],
  '.tar.gz': ['gzip'],
  '.tgz': ['gzip'],
};

/** Whether bytes of a kind can be what an ending says; nobody knows about unknown ones. */
export function fits(kind: Kind, ending: string): boolean {
  return kind === 'unknown' || (fitting[ending]?.includes(kind) ?? false);
}

/** The ending for a kind of music or archive whose address does not tell; undefined for what mst cannot read. */
export function endingOf(kind: Kind): string | undefined {
  const endings: Partial<Record<Kind, string>> = {
    midi: '.mid',
    abc: '.abc',
    musicxml: '.musicxml',
    zip: '.zip',
    gzip: '.tar.gz',
    tar: '.tar',
  };
  return endings[kind];
}
