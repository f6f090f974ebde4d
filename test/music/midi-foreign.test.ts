// First bytes of well-known kinds of files are from their specifications.
import { describe, expect, it } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { readMidi } from '../../src/music/midi-to-note-sequence.js';
import { ascii, smf } from './smf.js';

function refusal(bytes: Uint8Array): MstError {
  try {
    readMidi(bytes);
  } catch (error) {
    if (error instanceof MstError) return error;
    throw error;
  }
  throw new Error('it was read');
}

const filler = new Array<number>(2000).fill(7);
const at = (offset: number, text: string): number[] => [...new Array<number>(offset).fill(1), ...ascii(text)];
/** An MP3 frame: MPEG 1 layer III, 128 kbit/s, 44.1 kHz. */
const mp3 = [0xff, 0xfb, 0x90, 0x00];

describe('files that are called MIDI and are not', () => {
  it.each<[what: string, advice: RegExp, bytes: number[]]>([
    ['empty', /again/, []],
    ['nothing but 300 zeros', /again/, new Array<number>(300).fill(0)],
    ['a web page (HTML)', /browser/, ascii('<!DOCTYPE html><html><body>404 Not Found</body></html>')],
    ['a web page (HTML)', /browser/, ascii('\xef\xbb\xbf\r\n  <HTML><head>')],
    ['a web page (HTML)', /browser/, ascii('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN">\n<html xmlns="x">')],
    ['a web page (HTML)', /browser/, ascii('\xff\xfe<\0h\0t\0m\0l\0>\0')],
    ['a MusicXML score', /\.musicxml/, ascii('<?xml version="1.0"?><score-partwise version="4.0">')],
    ['an XML file', /MIDI file/, ascii('<?xml version="1.0"?><rss></rss>')],
    ['an ABC tune book', /\.abc/, ascii('X:1\nT:Reel\nK:G\nGABc|')],
    ['a ZIP archive', /\.zip/, [...ascii('PK\x03\x04'), ...filler]],
    ['a compressed MusicXML file', /\.mxl/, [...ascii('PK\x03\x04'), ...new Array<number>(26).fill(0), ...ascii('META-INF/container.xml')]],
    ['an empty ZIP archive', /again/, [...ascii('PK\x05\x06'), ...new Array<number>(18).fill(0)]],
    ['gzip data', /gunzip/, [0x1f, 0x8b, 8, 0, ...filler]],
    ['a tar archive', /\.tar/, at(257, 'ustar\x0000')],
    ['a RAR archive', /Unpack/, ascii('Rar!\x1a\x07\x00')],
    ['a 7-Zip archive', /Unpack/, [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4]],
    ['an LHA archive', /Unpack/, ascii('\x22\x30-lh5-')],
    ['a WAV sound recording', /no notes/, ascii('RIFF\x24\0\0\0WAVEfmt ')],
    ['an AIFF sound recording', /no notes/, ascii('FORM\0\0\0\x24AIFFCOMM')],
    ['an MP3 sound recording', /no notes/, ascii('ID3\x03\0\0')],
    ['an MP3 sound recording', /no notes/, [...mp3, ...filler]],
    ['an Ogg sound recording', /no notes/, ascii('OggS\0\x02')],
    ['a FLAC sound recording', /no notes/, ascii('fLaC\0')],
    ['an MP4 recording', /no notes/, ascii('\0\0\0\x20ftypM4A ')],
    ['a PDF document', /no notes/, ascii('%PDF-1.4\n')],
    ['an RTF document', /no notes/, ascii('{\\rtf1\\ansi')],
    ['an Office document', /no notes/, [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]],
    ['a PNG picture', /no notes/, ascii('\x89PNG\r\n\x1a\n')],
    ['a JPEG picture', /no notes/, [0xff, 0xd8, 0xff, 0xe0, 0, 16]],
    ['a GIF picture', /no notes/, ascii('GIF89a')],
    ['a BMP picture', /no notes/, [...ascii('BM'), 1, 0, 0, 0]],
    ['a MUS file of the game Doom', /mus2mid/, ascii('MUS\x1a\x10\0')],
    ['a MOD tracker module', /export/, at(1080, 'M.K.')],
    ['a Git LFS pointer instead of the file', /git lfs pull/, ascii('version https://git-lfs.github.com/spec/v1\noid sha256:0\n')],
    ['a dump of system exclusive messages', /leave it out/, [0xf0, 0x7e, 0x7f, 6, 1, 0xf7]],
    ['plain text', /text editor/, ascii('File not found.\r\n')],
    ['a RIFF file without MIDI in it', /again/, ascii('RIFF\x04\0\0\0RMID')],
  ])('%s', (what, advice, bytes) => {
    const error = refusal(Uint8Array.from(bytes));
    expect([error.code, error.message]).toEqual(['bad-midi', `not a MIDI file: it is ${what} (at byte 0)`]);
    expect(error.hint).toMatch(advice);
  });

  it.each([
    ['nothing known', Uint8Array.from([1, 200, 3, 201, 5]), 0],
    ['a header and nothing else', smf([]), 14],
    ['a header cut short', smf([]).subarray(0, 10), 8],
    ['four letters', smf([]).subarray(0, 4), 4],
  ])('%s is refused with the byte', (_, bytes, offset) => {
    const error = refusal(bytes);
    expect(error.code).toBe('bad-midi');
    expect(error.message).toMatch(new RegExp(`\\(at byte ${offset}\\)$`));
    expect(error.hint).toBeTruthy();
  });
});
