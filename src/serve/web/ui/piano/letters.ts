// What stands on the keys of the computer keyboard that play: by the keyboard's own layout where the browser tells it, else as in the US.

const SIGNS: Readonly<Record<string, string>> = {
  Comma: ',',
  Period: '.',
  Slash: '/',
  Semicolon: ';',
  Quote: "'",
  BracketLeft: '[',
  BracketRight: ']',
  Minus: '-',
  Equal: '=',
  Backquote: '`',
  Backslash: '\\',
  IntlBackslash: '<',
};

interface KeyboardWithLayout {
  readonly keyboard?: { getLayoutMap?(): Promise<ReadonlyMap<string, string>> };
}

/** The letter on a key by its KeyboardEvent.code. */
export function letterOf(code: string, layout?: ReadonlyMap<string, string>): string {
  const own = layout?.get(code);
  if (own !== undefined) return own.toUpperCase();
  return SIGNS[code] ?? code.replace(/^(Key|Digit)/, '');
}

/** The layout of the keyboard, where the browser tells it. */
export async function keyboardLayout(): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    return await (navigator as KeyboardWithLayout).keyboard?.getLayoutMap?.();
  } catch {
    // A page in a frame may not ask.
    return undefined;
  }
}
