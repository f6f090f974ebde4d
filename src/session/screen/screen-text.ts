// Text that is put on a terminal: cut to a width, coloured.

import { textWidth, widthOf } from '../../core/text-width.js';

/** What a terminal can show. */
export interface ScreenStyle {
  readonly color: boolean;
  /** Whether blocks and lines may be used, or only ASCII. */
  readonly unicode: boolean;
}

/** Meanings of colours, as the numbers of the ANSI codes; nothing is told by colour alone. */
const COLORS = { you: '36', model: '35', quiet: '2', strong: '1', warning: '33' } as const;
export type Tone = keyof typeof COLORS;

/**
 * What the terminal can show.
 * @param color whether colours are wanted (NO_COLOR)
 * @param term the variable TERM
 * @param locale LC_ALL, LC_CTYPE or LANG, whichever is set first
 */
export function screenStyle({ color, term = '', locale = '' }: { color: boolean; term?: string; locale?: string }): ScreenStyle {
  const plain = term === 'dumb' || term === 'vt100';
  return { color: color && !plain, unicode: !plain && /utf-?8/i.test(locale) };
}

export const colored = (text: string, tone: Tone, { color }: ScreenStyle): string =>
  color && text !== '' ? `\x1b[${COLORS[tone]}m${text}\x1b[0m` : text;

/** Plain text cut or filled up to exactly `width` places; whatever is no visible character is left out. */
export function fitText(text: string, width: number): string {
  let fitted = '';
  let used = 0;
  for (const character of text) {
    const wide = widthOf(character);
    if (wide === 0) continue;
    if (used + wide > width) break;
    fitted += character;
    used += wide;
  }
  return fitted + ' '.repeat(Math.max(0, width - used));
}

/** Parts of a line, each plain text with a tone, cut and filled to `width` together. */
export function line(parts: readonly (string | readonly [string, Tone])[], width: number, style: ScreenStyle): string {
  let left = Math.max(0, width);
  let drawn = '';
  for (const part of parts) {
    const [text, tone] = typeof part === 'string' ? [part, undefined] : part;
    const visible = textWidth(text);
    const cut = fitText(text, Math.min(left, visible));
    drawn += tone === undefined ? cut : colored(cut, tone, style);
    left -= Math.min(left, visible);
  }
  return drawn + ' '.repeat(left);
}
