// MusicXML scores on their way through steps 1 and 2, compressed ones too, honest and hostile.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertFile } from '../../../src/pipeline/convert/file.js';
import { decodeNoteSequence } from '../../../src/records/note-sequence.js';
import { zip } from '../../support/archives.js';
import { addFiles, temporaryFolder } from '../../support/folder.js';
import { attributes, note, tune } from '../../support/musicxml.js';

const scale = tune([attributes({ divisions: 1, time: '4/4' }), ['C4', 'D4', 'E4', 'F4'].map((name) => note(name, 1))]);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const container = (path: string): Uint8Array => bytesOf(`<container><rootfiles><rootfile full-path="${path}"/></rootfiles></container>`);
const contents = (path: string) => ({ name: 'META-INF/container.xml', bytes: container(path) });

async function converted(file: string, bytes: Uint8Array): ReturnType<typeof convertFile> {
  const folder = temporaryFolder();
  addFiles(folder, { [file]: bytes });
  return convertFile({ path: join(folder, file), file, collection: 'a', compat: false });
}

async function pitches(file: string, bytes: Uint8Array): Promise<number[]> {
  const { line, sequences } = await converted(file, bytes);
  expect(line).toEqual({ file, status: 'ok', notes: 4, seconds: 2, reasons: [] });
  const [sequence] = sequences.map((record) => decodeNoteSequence(record));
  expect(sequence).toMatchObject({ filename: file, collectionName: 'a', id: expect.stringMatching(/^\/id\/musicxml\/a\/[0-9a-f]{40}$/) });
  return sequence?.notes.map(({ pitch }) => pitch) ?? [];
}

const refusal = async (file: string, bytes: Uint8Array): Promise<string> => {
  const { line, sequences } = await converted(file, bytes);
  expect([line.status, sequences.length]).toEqual(['refused', 0]);
  return line.reasons.join();
};

describe('a score', () => {
  it.each(['song.musicxml', 'song.xml', 'SONG.XML'])('in %s is read', async (file) => {
    expect(await pitches(file, bytesOf(scale))).toEqual([60, 62, 64, 65]);
  });

  it('in an archive is the one its contents name', async () => {
    const other = { name: 'other.xml', bytes: bytesOf('<opus/>') };
    const score = { name: 'scores/Süß.xml', bytes: bytesOf(scale) };
    expect(await pitches('song.mxl', zip([contents('scores/Süß.xml'), other, score]))).toEqual([60, 62, 64, 65]);
  });

  it('in an archive without contents is the only one there', async () => {
    const picture = { name: 'cover.png', bytes: Uint8Array.of(1, 2, 3) };
    expect(await pitches('song.mxl', zip([picture, { name: 'a.xml', bytes: bytesOf(scale) }]))).toEqual([60, 62, 64, 65]);
  });

  it('of which something is left out is kept with a warning', async () => {
    const { line } = await converted('song.xml', bytesOf(scale.replace('</measure>', '<note/></measure>')));
    expect(line).toMatchObject({ status: 'warning', notes: 4, reasons: ['line 4: a note without a duration is left out'] });
  });
});

describe('refused with a reason', () => {
  const score = { name: 'a.xml', bytes: bytesOf(scale) };

  it('XML that is no score', async () => {
    expect(await refusal('library.xml', bytesOf('<plist/>'))).toContain('library.xml: line 1: this is no MusicXML score: it holds <plist>');
  });

  it('an archive that is none, or is cut off', async () => {
    expect(await refusal('a.mxl', bytesOf(scale))).toContain('not a .mxl archive');
    expect(await refusal('a.mxl', zip([contents('a.xml'), score]).subarray(0, -40))).toContain('damaged');
  });

  it('an archive without its score, or with several and no word which', async () => {
    expect(await refusal('a.mxl', zip([contents('b.xml'), score]))).toContain('its score "b.xml" is missing');
    expect(await refusal('a.mxl', zip([score, { ...score, name: 'b.xml' }]))).toContain('none of its files is named as the score');
    expect(await refusal('a.mxl', zip([{ name: 'readme.txt', bytes: bytesOf('hello') }]))).toContain(
      'none of its files is named as the score',
    );
  });

  it('damaged contents, and a score with the wrong checksum', async () => {
    expect(await refusal('a.mxl', zip([{ name: 'META-INF/container.xml', bytes: bytesOf('<container>') }, score]))).toContain(
      'list of contents is damaged',
    );
    expect(await refusal('a.mxl', zip([contents('a.xml'), { ...score, claimedCrc: 7 }]))).toContain('missing, too large or damaged');
  });

  it('an archive with a password', async () => {
    expect(await refusal('a.mxl', zip([contents('a.xml'), { ...score, encrypted: true }]))).toContain('locked with a password');
  });

  it('archives that unpack to far more than they are', async () => {
    // 8 MB of spaces pack to about 8 kB.
    const padded = { name: 'a.xml', bytes: bytesOf(`${scale}${' '.repeat(8 * 2 ** 20)}`) };
    expect(await refusal('a.mxl', zip([contents('a.xml'), padded]))).toContain('more than 200 bytes for every byte');
    expect(await refusal('a.mxl', zip([contents('a.xml'), { ...score, claimedSize: 2 ** 31 }]))).toContain('too large');
    const many = Array.from({ length: 10_001 }, (_, i) => ({ name: `${i}.xml`, stored: true }));
    expect(await refusal('a.mxl', zip([contents('a.xml'), ...many]))).toContain('more than 10000 entries');
  });

  it('a folder of that name', async () => {
    const folder = temporaryFolder({ 'a.mxl/inside.txt': '' });
    const { line } = await convertFile({ path: join(folder, 'a.mxl'), file: 'a.mxl', collection: 'a', compat: false });
    expect(line.status).toBe('refused');
  });
});
