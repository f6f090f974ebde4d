// Files that are called MIDI and are something else: what they are by their first bytes, and what to do with them.

/** What a file really is: "it is …", and what to do. */
export interface ForeignKind {
  readonly what: string;
  readonly advice: string;
}

/** Bytes at an offset that give a kind of file away. Texts are Latin-1. */
interface Signature extends ForeignKind {
  readonly at: number;
  readonly text: string;
  /** More text that must stand elsewhere. */
  readonly and?: readonly [at: number, text: string];
}

const AUDIO = 'Sound recordings hold no notes: look for the MIDI file of the piece, or have a program transcribe it.';
const PICTURE = 'Pictures hold no notes: look for the MIDI file of the piece.';
const DOCUMENT = 'Documents hold no notes: look for the MIDI file of the piece.';
const PAGE = 'The download brought a web page instead of the file: open its address in a browser, and fetch the file itself.';
const UNPACK = 'Unpack it and fetch the folder, or pack it as .zip or .tar.gz.';
const TRACKER = 'Open it in a program that plays such files and export it as MIDI.';

const SIGNATURES: readonly Signature[] = [
  { at: 0, text: 'PK\x03\x04', and: [30, 'META-INF/'], what: 'a compressed MusicXML file', advice: 'Give it a name that ends in .mxl.' },
  { at: 0, text: 'PK\x03\x04', what: 'a ZIP archive', advice: 'Give it a name that ends in .zip and fetch that.' },
  { at: 0, text: 'PK\x05\x06', what: 'an empty ZIP archive', advice: 'There is nothing in it: fetch it again.' },
  {
    at: 0,
    text: '\x1f\x8b',
    what: 'gzip data',
    advice: 'Unpack it with gunzip; if it is a .tar.gz archive, give it a name that ends so and fetch that.',
  },
  { at: 257, text: 'ustar', what: 'a tar archive', advice: 'Give it a name that ends in .tar and fetch that.' },
  { at: 0, text: '7z\xbc\xaf\x27\x1c', what: 'a 7-Zip archive', advice: UNPACK },
  { at: 0, text: 'Rar!\x1a\x07', what: 'a RAR archive', advice: UNPACK },
  { at: 0, text: 'BZh', what: 'bzip2 data', advice: UNPACK },
  { at: 0, text: '\xfd7zXZ\0', what: 'xz data', advice: UNPACK },
  { at: 0, text: '\x28\xb5\x2f\xfd', what: 'zstd data', advice: UNPACK },
  { at: 2, text: '-lh', what: 'an LHA archive', advice: UNPACK },
  { at: 0, text: 'RIFF', and: [8, 'WAVE'], what: 'a WAV sound recording', advice: AUDIO },
  { at: 0, text: 'RIFF', and: [8, 'WEBP'], what: 'a WebP picture', advice: PICTURE },
  { at: 0, text: 'RIFF', and: [8, 'AVI '], what: 'an AVI film', advice: AUDIO },
  { at: 0, text: 'FORM', and: [8, 'AIF'], what: 'an AIFF sound recording', advice: AUDIO },
  { at: 0, text: 'ID3', what: 'an MP3 sound recording', advice: AUDIO },
  { at: 0, text: 'OggS', what: 'an Ogg sound recording', advice: AUDIO },
  { at: 0, text: 'fLaC', what: 'a FLAC sound recording', advice: AUDIO },
  { at: 0, text: '.snd', what: 'an AU sound recording', advice: AUDIO },
  { at: 0, text: '\x30\x26\xb2\x75', what: 'a Windows Media file', advice: AUDIO },
  { at: 4, text: 'ftyp', what: 'an MP4 recording', advice: AUDIO },
  { at: 0, text: '%PDF', what: 'a PDF document', advice: DOCUMENT },
  { at: 0, text: '{\\rtf', what: 'an RTF document', advice: DOCUMENT },
  { at: 0, text: '\xd0\xcf\x11\xe0', what: 'an Office document', advice: DOCUMENT },
  { at: 0, text: '\x89PNG', what: 'a PNG picture', advice: PICTURE },
  { at: 0, text: '\xff\xd8\xff', what: 'a JPEG picture', advice: PICTURE },
  { at: 0, text: 'GIF8', what: 'a GIF picture', advice: PICTURE },
  { at: 0, text: 'II*\0', what: 'a TIFF picture', advice: PICTURE },
  { at: 0, text: 'MM\0*', what: 'a TIFF picture', advice: PICTURE },
  { at: 0, text: '\x7fELF', what: 'a program', advice: 'Look for the MIDI file of the piece.' },
  { at: 0, text: 'MUS\x1a', what: 'a MUS file of the game Doom', advice: 'Convert it to MIDI with a tool such as mus2mid.' },
  { at: 0, text: 'XMF_', what: 'an XMF file', advice: TRACKER },
  { at: 0, text: 'MMMD', what: 'a SMAF ring tone', advice: TRACKER },
  { at: 0, text: 'BEGIN:IMELODY', what: 'an iMelody ring tone', advice: TRACKER },
  { at: 0, text: 'Extended Module:', what: 'an XM tracker module', advice: TRACKER },
  { at: 0, text: 'IMPM', what: 'an IT tracker module', advice: TRACKER },
  { at: 44, text: 'SCRM', what: 'an S3M tracker module', advice: TRACKER },
  { at: 1080, text: 'M.K.', what: 'a MOD tracker module', advice: TRACKER },
  { at: 0, text: 'PSID', what: 'a SID tune', advice: TRACKER },
  { at: 0, text: 'CAKEWALK', what: 'a Cakewalk project', advice: TRACKER },
  { at: 1, text: 'FICHIER GUITAR PRO', what: 'a Guitar Pro score', advice: TRACKER },
  { at: 0, text: 'BCFZ', what: 'a Guitar Pro score', advice: TRACKER },
  { at: 0, text: 'ENIGMA BINARY', what: 'a Finale score', advice: TRACKER },
  {
    at: 0,
    text: 'version https://git-lfs',
    what: 'a Git LFS pointer instead of the file',
    advice: 'Run `git lfs pull` in its repository, then fetch again.',
  },
];

/** Beginnings of texts, after blanks, whatever their case. */
const MARKUP: readonly (ForeignKind & { readonly start: RegExp })[] = [
  { start: /^<!doctype html|^<html|^<head|^<body|^<script|^<!-- /, what: 'a web page (HTML)', advice: PAGE },
  { start: /<score-(?:partwise|timewise)/, what: 'a MusicXML score', advice: 'Give it a name that ends in .musicxml.' },
  { start: /^<\?xml[\s\S]*<html/, what: 'a web page (HTML)', advice: PAGE },
  { start: /^<\?xml|^<!doctype/, what: 'an XML file', advice: DOCUMENT },
  { start: /^<svg/, what: 'an SVG picture', advice: PICTURE },
  { start: /^%abc|^x:\s*\d+\s*[\r\n]/, what: 'an ABC tune book', advice: 'Give it a name that ends in .abc.' },
];

const TEXT_SAMPLE = 2048;

/** What a file is that begins like something well known; undefined for MIDI, and for what nobody knows. */
export function foreignKind(bytes: Uint8Array): ForeignKind | undefined {
  const again = 'Fetch it again; if it stays so, the file is lost at its source.';
  if (bytes.length === 0) return { what: 'empty', advice: again };
  if (bytes.every((byte) => byte === 0)) return { what: `nothing but ${bytes.length} zeros`, advice: again };
  const found = SIGNATURES.find(({ at, text, and }) => matches(bytes, at, text) && (and === undefined || matches(bytes, ...and)));
  if (found !== undefined) return found;
  const text = textStart(bytes);
  return MARKUP.find(({ start }) => start.test(text));
}

/** What a file is that has no MIDI anywhere in it, by weaker signs. */
export function likelyKind(bytes: Uint8Array): ForeignKind | undefined {
  const [first = 0, second = 0] = bytes;
  if (first === 0xf0 && bytes.includes(0xf7)) {
    return { what: 'a dump of system exclusive messages', advice: 'It sets up an instrument and holds no notes: leave it out.' };
  }
  if (first === 0xff && second >> 5 === 7) return { what: 'an MP3 sound recording', advice: AUDIO };
  if (matches(bytes, 0, 'BM')) return { what: 'a BMP picture', advice: PICTURE };
  const text = bytes.subarray(0, TEXT_SAMPLE);
  if (text.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d))) {
    return { what: 'plain text', advice: 'Look into it with a text editor: it may say why the file was not delivered.' };
  }
  return undefined;
}

function matches(bytes: Uint8Array, at: number, text: string): boolean {
  for (let k = 0; k < text.length; k++) if (bytes[at + k] !== text.charCodeAt(k)) return false;
  return true;
}

/** The beginning of a file as lower-case text without zeros (so UTF-16 reads too), byte order mark and blanks before it. */
function textStart(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes.subarray(0, TEXT_SAMPLE)) if (byte !== 0) text += String.fromCharCode(byte);
  return text.replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*/, '').toLowerCase();
}
