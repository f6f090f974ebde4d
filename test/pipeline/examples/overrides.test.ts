// overrides.txt: what its lines mean, and what is said of lines that mean nothing.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOverrides } from '../../../src/pipeline/examples/overrides.js';
import { temporaryFolder } from '../../support/folder.js';

const files = ['song.mid', 'live/a.mid', 'live/b.mid', 'live/old/c.mid', 'Two Words.mid', 'x[1].mid'];
const read = (text: string) => readOverrides(temporaryFolder({ 'overrides.txt': text }), files);

describe('overrides.txt', () => {
  it('is not needed', () => {
    expect(readOverrides(temporaryFolder(), files).byFile.size).toBe(0);
  });

  it('names files and patterns, and what to do with each', () => {
    const { byFile, unused } = read(
      [
        '# a remark',
        '',
        'song.mid track=2',
        'live/*.mid skip   # all of them',
        '"Two Words.mid" track="Lead Vocal"',
        'x[1].mid channel=16',
        '**/c.mid all-tracks',
      ].join('\r\n'),
    );
    expect(Object.fromEntries(byFile)).toEqual({
      'song.mid': { kind: 'track', track: '2' },
      'live/a.mid': 'skip',
      'live/b.mid': 'skip',
      'Two Words.mid': { kind: 'track', track: 'Lead Vocal' },
      'x[1].mid': { kind: 'channel', channel: 16 },
      'live/old/c.mid': { kind: 'all' },
    });
    expect(unused).toEqual([]);
  });

  it('may be written by an editor that marks its beginning, with accents of its own', () => {
    const decomposed = 'Beyonce\u0301.mid';
    const folder = temporaryFolder({ 'overrides.txt': '\ufeffBeyonc\u00e9.mid skip\n*u\u0308r.mid skip' });
    expect([...readOverrides(folder, [decomposed, 'f\u00fcr.mid']).byFile.keys()]).toEqual([decomposed, 'f\u00fcr.mid']);
  });

  it('lets the last line about a file count', () => {
    expect(Object.fromEntries(read('live/** skip\nlive/a.mid auto\nlive/b.mid skyline').byFile)).toEqual({
      'live/a.mid': { kind: 'auto' },
      'live/b.mid': { kind: 'skyline' },
      'live/old/c.mid': 'skip',
    });
  });

  it('tells lines that are about no file', () => {
    expect(read('song.mid skip\nsogn.mid skip').unused).toEqual(['sogn.mid skip']);
  });

  it.each([
    'song.mid',
    'song.mid louder',
    'song.mid track=',
    'song.mid channel=0',
    'song.mid channel=17',
    'song.mid skip skip',
    'Two Words.mid skip',
  ])('names the line that cannot be understood: %s', (line) => {
    const folder = temporaryFolder({ 'overrides.txt': `# first\n${line}\n` });
    const path = join(folder, 'overrides.txt');
    expect(() => readOverrides(folder, files)).toThrowError(
      expect.objectContaining({ code: 'usage', message: `Line 2 of ${path} cannot be understood: ${line}` }),
    );
  });
});
