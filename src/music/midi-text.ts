// Texts of MIDI files, which do not say how they are encoded: told from the bytes of all texts of a file together.

/** Decodes any text of one file. */
export type TextReader = (bytes: Uint8Array) => string;

/** Longest text that is kept, in characters. */
const MAX_TEXT = 256;
/** Hiragana, katakana, kanji and their punctuation, and katakana of half width. */
const JAPANESE = /[\u3001-\u30ff\u4e00-\u9fff\uff01-\uff60]{2,}|[\uff61-\uff9f]{3,}/g;
const ANY_JAPANESE = /[\u3001-\u30ff\u4e00-\u9fff\uff01-\uff9f]/g;

/**
 * How to read the texts of a file, from a sample of them, as many as wanted. A byte order mark decides; else all is UTF-8 if it can be; else
 * Shift_JIS if it can be and makes Japanese words rather than single letters among Latin ones; else Latin-1.
 * The reader leaves out control characters and blanks at both ends, and cuts after 256 characters.
 */
export function textReader(sample: readonly Uint8Array[]): TextReader {
  let encoding: Encoding | undefined;
  return (bytes) => {
    const start = bytes.subarray(0, MAX_TEXT * 4);
    const marked = byteOrderMark(start);
    if (marked !== undefined) return clean(new TextDecoder(marked).decode(start));
    if (!isAscii(start)) encoding ??= encodingOf(sample);
    return clean(
      encoding === undefined || encoding === 'latin-1' ? String.fromCharCode(...start) : new TextDecoder(encoding).decode(start),
    );
  };
}

type Encoding = 'utf-8' | 'shift_jis' | 'latin-1';

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80);
}

/** Plain text without control characters; never half a character at its end. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').trim();
  return plain.length > MAX_TEXT ? plain.slice(0, MAX_TEXT).toWellFormed().trimEnd() : plain;
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return undefined;
}

function encodingOf(sample: readonly Uint8Array[]): Encoding {
  const plain = sample.filter((bytes) => byteOrderMark(bytes) === undefined && !isAscii(bytes));
  if (plain.every((bytes) => decodes(bytes, 'utf-8') !== undefined)) return 'utf-8';
  const texts = plain.map((bytes) => decodes(bytes, 'shift_jis'));
  if (texts.includes(undefined)) return 'latin-1';
  const all = texts.join('\n');
  const inWords = (all.match(JAPANESE) ?? []).reduce((sum, word) => sum + word.length, 0);
  const letters = all.match(ANY_JAPANESE)?.length ?? 0;
  return inWords > 0 && inWords * 2 >= letters ? 'shift_jis' : 'latin-1';
}

function decodes(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
