import { describe, expect, it } from 'vitest';
import { requireName, requireWritableName } from '../../src/registry/names.js';

describe('names', () => {
  it.each(['coldplay', 'ella-1958', 'a.b_c', '007', 'Björk', '宇多田ヒカル', 'x'.repeat(64)])('%s may be a name', (name) => {
    expect(requireWritableName(name, 'datasets')).toBe(name);
  });

  it('are composed, so that one name is one folder', () => {
    expect(requireName('Bjo\u0308rk', 'datasets')).toBe('Bj\u00f6rk');
  });

  it.each([
    ['my band', /space/, 'Try my-band'],
    [' Sigur  Rós ', /space/, 'Try Sigur-Rós'],
    ['a/b', /slash/, 'Try a-b'],
    ['..\\up', /slash/, 'Try up'],
    ['../../etc', /slash/, 'Try etc'],
    ['.hidden', /begin/, 'Try hidden'],
    ['-rf', /begin/, 'Try rf'],
    ['AC:DC', /":"/, 'Try AC-DC'],
    ['a\u0000b', /"\\u0000"/, 'Try a-b'],
    ['ends.', /dot/, 'Try ends'],
    ['x'.repeat(65), /longer than 64/, `Try ${'x'.repeat(32)}`],
    ['歌'.repeat(60), /longer/, `Try ${'歌'.repeat(32)}`],
    ['', /empty/, /^A name has/],
    ['///', /slash/, /^A name has/],
    ['con', /Windows/, /^A name has/],
    ['Aux.x', /Windows/, /^A name has/],
    ['COM².x', /Windows/, /^A name has/],
  ])('%j may not, with a better one where there is one', (name, message, hint) => {
    expect(() => requireName(name, 'datasets')).toThrow(message);
    try {
      requireName(name, 'datasets');
    } catch (error) {
      expect(error).toMatchObject({ code: 'usage', hint: typeof hint === 'string' ? hint : expect.stringMatching(hint) });
    }
  });

  it('of the package are never written to, in any case', () => {
    for (const name of ['folk', 'Folk', 'FOLK']) {
      for (const shelf of ['datasets', 'checkpoints'] as const) {
        expect(() => requireWritableName(name, shelf)).toThrow(/ships/);
        expect(requireName(name, shelf)).toBe(name);
      }
    }
    expect(requireWritableName('folk-2', 'datasets')).toBe('folk-2');
  });
});
