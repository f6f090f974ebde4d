// What a sound file says about itself: RIFF INFO for WAV, ID3v2.3 for MP3.

/** Any of it may be missing. */
export interface Tags {
  readonly title?: string;
  readonly artist?: string;
  /** The program that made it, such as "mst 0.1.0". */
  readonly software?: string;
  /** Where it comes from: the model and the file. */
  readonly comment?: string;
}

const LONGEST = 500;

/** A LIST chunk of kind INFO, in UTF-8; empty when there is nothing to say. */
export function infoChunk({ title, artist, software, comment }: Tags): Uint8Array {
  const fields = Object.entries({ INAM: title, IART: artist, ISFT: software, ICMT: comment }).flatMap(([id, text]) => {
    if (text === undefined || text === '') return [];
    const value = new TextEncoder().encode(`${shorten(text)}\0`);
    return [...ascii(id), ...little(value.length, 4), ...value, ...(value.length % 2 === 1 ? [0] : [])];
  });
  return fields.length === 0
    ? new Uint8Array(0)
    : Uint8Array.from([...ascii('LIST'), ...little(fields.length + 4, 4), ...ascii('INFO'), ...fields]);
}

/** An ID3v2.3 tag, its texts in UTF-16; empty when there is nothing to say. */
export function id3Tag({ title, artist, software, comment }: Tags): Uint8Array {
  const frames = [
    ...id3Frame('TIT2', [1], title),
    ...id3Frame('TPE1', [1], artist),
    ...id3Frame('TSSE', [1], software),
    // A comment names its language, and has a description, empty here.
    ...id3Frame('COMM', [1, ...ascii('eng'), 0xff, 0xfe, 0, 0], comment),
  ];
  if (frames.length === 0) return new Uint8Array(0);
  const size = [21, 14, 7, 0].map((shift) => (frames.length >>> shift) & 127);
  return Uint8Array.from([...ascii('ID3'), 3, 0, 0, ...size, ...frames]);
}

function id3Frame(id: string, before: readonly number[], text: string | undefined): number[] {
  if (text === undefined || text === '') return [];
  const utf16 = shorten(text);
  const body = [...before, 0xff, 0xfe];
  for (let i = 0; i < utf16.length; i++) body.push(...little(utf16.charCodeAt(i), 2));
  return [...ascii(id), ...little(body.length, 4).reverse(), 0, 0, ...body];
}

/** At most 500 characters, without control characters and half a surrogate pair. */
function shorten(text: string): string {
  return [...text.toWellFormed()]
    .filter((character) => character >= ' ')
    .slice(0, LONGEST)
    .join('');
}

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

function little(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, k) => (value >>> (8 * k)) & 255);
}
