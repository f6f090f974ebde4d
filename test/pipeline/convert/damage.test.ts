// What step 2 says about files that are damaged or not what they are called.
import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convert } from '../../../src/pipeline/convert/convert.js';
import { END, type Event, smf } from '../../music/smf.js';
import { temporaryFolder } from '../../support/folder.js';
import { quietly } from '../../support/steps.js';

const tune: Event[] = [60, 62, 64, 65].flatMap((pitch): Event[] => [
  [0, 0x90, pitch, 80],
  [100, 0x80, pitch, 0],
]);
const whole = smf([[...tune, END]]);

function lines(directory: string): Record<string, unknown>[] {
  const text = readFileSync(join(directory, 'convert-report.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('the report of step 2', () => {
  const files = {
    'midi/cut.mid': whole.subarray(0, whole.length - 6),
    'midi/page.mid': '<!DOCTYPE html><title>Gone</title>',
    'midi/sound.mid': whole,
    'midi/tied.mid': smf([[[0, 0x90, 60, 1], [0, 60, 0], ...tune, END]]),
  };

  it('tells what was wrong with a file that was read, and what to do about one that was not', async () => {
    const directory = temporaryFolder(files);
    const { summary } = await convert({ directory, artist: 'a' }, quietly());
    expect(summary).toMatchObject({ files: 4, ok: 1, warning: 2, refused: 1, damaged: 1, notes: 11 });
    expect(lines(directory)).toEqual([
      {
        file: 'cut.mid',
        status: 'warning',
        notes: 3,
        seconds: 1.5,
        reasons: [
          `track 1, byte ${whole.length - 6}: the track breaks off in the middle of an event; what came before is kept`,
          'track 1, byte 48: a note that begins as its track ends is left out',
        ],
        damaged: true,
      },
      {
        file: 'page.mid',
        status: 'refused',
        notes: 0,
        seconds: 0,
        reasons: ['not a MIDI file: it is a web page (HTML) (at byte 0)', expect.stringContaining('open its address in a browser')],
      },
      { file: 'sound.mid', status: 'ok', notes: 4, seconds: 2, reasons: [] },
      { file: 'tied.mid', status: 'warning', notes: 4, seconds: 2, reasons: [expect.stringContaining('a note that ends as it begins')] },
    ]);
  });

  it('a tune that cannot be played costs its book that tune only', async () => {
    const tune = (number: number, music: string): string => `X:${number}\nL:1/4\nK:C\n${music}\n\n`;
    const book = tune(1, 'CDEF|') + tune(2, '|:A|1B:|3C|]') + tune(3, 'C]') + tune(4, 'GABc|');
    const directory = temporaryFolder({ 'midi/book.abc': book });
    const { summary } = await convert({ directory, artist: 'a' }, quietly());
    expect(summary).toMatchObject({ files: 1, warning: 1, damaged: 1, notes: 8 });
    const [line] = lines(directory);
    expect(line?.reasons).toEqual([expect.stringContaining('tune 3, line 14'), expect.stringContaining('tune 2, line 9')]);
  });

  it('a book that repeats its notes out of all proportion is cut', async () => {
    const tune = `X:1\nK:C\nC|1-32${'C'.repeat(100)}|]\n\n`;
    const directory = temporaryFolder({ 'midi/book.abc': tune.repeat(60) });
    const { summary } = await convert({ directory, artist: 'a' }, quietly());
    expect(summary.notes).toBeGreaterThan(100_000); // so many, and eight for each byte
    expect(summary.notes).toBeLessThan(100_000 + 8 * 60 * tune.length + 33 * 101);
    expect(lines(directory)[0]?.reasons).toEqual([expect.stringContaining('repeat too many notes')]);
  });

  it('by Magenta’s rules refuses what is damaged, and the step is done again for that', async () => {
    const directory = temporaryFolder(files);
    await convert({ directory, artist: 'a' }, quietly());
    const { skipped, summary } = await convert({ directory, artist: 'a', compat: true }, quietly());
    expect(skipped).toBe(false);
    expect(summary).toMatchObject({ files: 4, ok: 2, warning: 0, refused: 2, damaged: 0, notes: 8 });
    expect(lines(directory)[0]?.reasons).toEqual([expect.stringContaining('announces 36 bytes, 30 are left'), expect.any(String)]);
  });

  it('names a file that was put there by hand and is larger than any music, without reading it', async () => {
    const directory = temporaryFolder({ 'midi/sound.mid': whole, 'midi/film.mid': '' });
    truncateSync(join(directory, 'midi/film.mid'), 3 * 2 ** 30);
    await convert({ directory, artist: 'a' }, quietly());
    expect(lines(directory)[0]).toMatchObject({ file: 'film.mid', status: 'refused', reasons: ['is too large (3072 MB; at most 64 MB)'] });
  });

  it('says why nothing could be read: of one file its reason, of several that of the first and where the others are', async () => {
    const page = '<!DOCTYPE html><title>Gone</title>';
    const alone = temporaryFolder({ 'midi/page.mid': page });
    await expect(convert({ directory: alone, artist: 'a' }, quietly())).rejects.toMatchObject({
      code: 'no-input',
      message: `The only file in ${join(alone, 'midi')} could not be read. page.mid: not a MIDI file: it is a web page (HTML) (at byte 0).`,
      hint: expect.stringContaining('open its address in a browser'),
    });
    const two = temporaryFolder({ 'midi/a.abc': 'Hello', 'midi/page.mid': page });
    await expect(convert({ directory: two, artist: 'a' }, quietly())).rejects.toMatchObject({
      message: expect.stringMatching(/^None of the 2 files in .*midi could be read\. The first, a\.abc: no tune found/),
      hint: expect.stringContaining(join(two, 'convert-report.jsonl')),
    });
    expect(lines(two)).toHaveLength(2);
  });
});
