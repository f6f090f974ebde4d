// --match: which links of a page are wanted, by a glob as shells have it or a /regular expression/.

import picomatch from 'picomatch';
import { MstError } from '../../../core/errors.js';
import { decoded, lastPart } from './address.js';

export type Match = (url: URL) => boolean;

/**
 * Reads a pattern. A glob without a slash is held against the last part of an address, one with a slash against its whole path (`**` for
 * any folders), letter case ignored; `/…/` is a regular expression, flags after it, held against the whole address, percent signs decoded.
 * @throws MstError `usage` when it cannot be read
 */
export function parseMatch(pattern: string): Match {
  const unreadable = (why: string): MstError =>
    new MstError('usage', `--match ${pattern} cannot be read${why}.`, {
      hint: "Give a pattern such as '*beatles*.mid', '**/1965/*', or '/help|yesterday/i'.",
    });
  const [, expression, flags] = /^\/(.*)\/([a-z]*)$/s.exec(pattern) ?? [];
  if (expression !== undefined) {
    let regex: RegExp;
    try {
      regex = new RegExp(expression, flags?.replace(/[gy]/g, ''));
    } catch (error) {
      throw unreadable(`: ${(error as Error).message}`);
    }
    return ({ href }) => regex.test(decoded(href));
  }
  if (pattern === '') throw unreadable(': it is empty');
  let matches: (text: string) => boolean;
  try {
    matches = picomatch(pattern.startsWith('/') ? pattern.slice(1) : pattern, { nocase: true, dot: true });
  } catch (error) {
    throw unreadable(`: ${(error as Error).message}`);
  }
  return pattern.includes('/') ? ({ pathname }) => matches(decoded(pathname).slice(1)) : (url) => matches(lastPart(url));
}
