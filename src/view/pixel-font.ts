// The few characters a drawing needs (digits, C, minus), as pixels: 5 wide, 7 high.

const GLYPHS: Readonly<Record<string, readonly string[]>> = {
  '0': [' ### ', '#   #', '#  ##', '# # #', '##  #', '#   #', ' ### '],
  '1': ['  #  ', ' ##  ', '  #  ', '  #  ', '  #  ', '  #  ', ' ### '],
  '2': [' ### ', '#   #', '    #', '  ## ', ' #   ', '#    ', '#####'],
  '3': [' ### ', '#   #', '    #', '  ## ', '    #', '#   #', ' ### '],
  '4': ['   # ', '  ## ', ' # # ', '#  # ', '#####', '   # ', '   # '],
  '5': ['#####', '#    ', '#### ', '    #', '    #', '#   #', ' ### '],
  '6': [' ### ', '#    ', '#    ', '#### ', '#   #', '#   #', ' ### '],
  '7': ['#####', '    #', '   # ', '  #  ', '  #  ', '  #  ', '  #  '],
  '8': [' ### ', '#   #', '#   #', ' ### ', '#   #', '#   #', ' ### '],
  '9': [' ### ', '#   #', '#   #', ' ####', '    #', '    #', ' ### '],
  C: [' ### ', '#   #', '#    ', '#    ', '#    ', '#   #', ' ### '],
  '-': ['     ', '     ', '     ', '#####', '     ', '     ', '     '],
};
const ADVANCE = 6;

/** The pixels of a text, from its top left corner. Characters the font lacks are left blank. */
export function* textPixels(text: string): Generator<readonly [x: number, y: number]> {
  for (const [i, character] of [...text].entries()) {
    for (const [y, row] of (GLYPHS[character] ?? []).entries()) {
      for (let x = 0; x < row.length; x++) if (row[x] === '#') yield [i * ADVANCE + x, y];
    }
  }
}
