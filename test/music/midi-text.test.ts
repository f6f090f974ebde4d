// How the texts of a file are encoded. The bytes of the Japanese words are from the Shift_JIS code chart (JIS X 0208).
import { describe, expect, it } from 'vitest';
import { textReader } from '../../src/music/midi-text.js';
import { readMidi } from '../../src/music/midi-to-note-sequence.js';
import { ascii, END, type Event, meta, smf } from './smf.js';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
/** メロディ */
const melody = bytes(0x83, 0x81, 0x83, 0x8d, 0x83, 0x66, 0x83, 0x42);
/** ピアノ in half width */
const piano = bytes(0xcb, 0xdf, 0xb1, 0xc9);
const latin = (text: string): Uint8Array => Uint8Array.from(ascii(text));

describe('texts of MIDI files', () => {
  it.each<[what: string, sample: Uint8Array[], text: Uint8Array, expected: string]>([
    ['plain letters', [latin('Piano')], latin('Piano'), 'Piano'],
    ['UTF-8', [utf8('Flûte')], utf8('Flûte'), 'Flûte'],
    ['UTF-8 with a byte order mark', [], utf8('\uFEFFFlûte'), 'Flûte'],
    ['UTF-16, either way round', [], bytes(0xff, 0xfe, 0x42, 0, 0xe9, 0), 'Bé'],
    ['UTF-16, either way round', [], bytes(0xfe, 0xff, 0, 0x42, 0, 0xe9), 'Bé'],
    ['Latin-1', [latin('Synthé')], latin('Synthé'), 'Synthé'],
    // é with the letter behind it is a kanji in Shift_JIS.
    ['Latin-1 that Shift_JIS could be', [latin('Cordes début')], latin('Cordes début'), 'Cordes début'],
    ['Latin-1 that Shift_JIS could be', [latin('Übung für Straße')], latin('Straße'), 'Straße'],
    ['Shift_JIS', [melody], melody, 'メロディ'],
    ['Shift_JIS of half width', [piano], piano, 'ﾋﾟｱﾉ'],
    ['what the other texts tell', [melody, latin('Bass')], bytes(0x89, 0xb9), '音'],
    ['control characters and blanks', [], latin('\0 Lead\r\n\0\0'), 'Lead'],
    ['no text', [], bytes(), ''],
  ])('%s', (_, sample, text, expected) => {
    expect(textReader(sample)(text)).toBe(expected);
  });

  it('are cut after 256 characters, never through one', () => {
    expect(textReader([])(utf8('a'.repeat(1000)))).toBe('a'.repeat(256));
    const long = textReader([])(utf8(`a${'𝄞'.repeat(500)}`));
    expect(long.length).toBeLessThanOrEqual(256);
    expect(long.isWellFormed()).toBe(true);
  });

  it('name instruments, and the song of a karaoke file', () => {
    const note: Event[] = [
      [0, 0x90, 60, 1],
      [10, 0x80, 60, 0],
    ];
    const { sequence } = readMidi(
      smf([
        [
          [0, ...meta(3, ...ascii('Words'))],
          [0, ...meta(1, ...ascii('@KMIDI KARAOKE FILE'))],
          [0, ...meta(1, ...ascii('@T'), ...melody)],
          END,
        ],
        [[0, ...meta(1, ...ascii('@TSomebody'))], [0, ...meta(1, ...ascii('@TThird'))], [0, ...meta(3, ...melody)], ...note, END],
      ]),
    );
    expect(sequence.instrumentInfos).toEqual([{ instrument: 0, name: 'メロディ' }]);
    expect(sequence.sequenceMetadata).toEqual({ title: 'メロディ', artist: 'Somebody', genre: [], composers: [] });
  });
});
