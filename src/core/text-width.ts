// How wide text is where every place is as wide as the next, as on a terminal.

const FIRST_WIDE = 0x1100;
/** Blocks, lines and arrows are narrow although they come late. */
const NARROW = /[\u2000-\u2bff\ufff0-\uffff]/;
const INVISIBLE = /\p{C}|\p{M}/u;

/** Places a character takes: 0 for one that is not visible, 2 for Chinese, Japanese and Korean ones and the like. */
export function widthOf(character: string): number {
  if (character >= ' ' && character <= '~') return 1;
  if (INVISIBLE.test(character)) return 0;
  return (character.codePointAt(0) ?? 0) >= FIRST_WIDE && !NARROW.test(character) ? 2 : 1;
}

/** Places a text of one line takes. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}
