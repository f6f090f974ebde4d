// The text of a tune book cut into tunes and lines: comments and typeset text removed, continued fields joined. No music is read here.

/** A line without its comment. */
export interface AbcLine {
  /** From 1. */
  number: number;
  text: string;
  /** The letter of a field line (`T` of `T:Title`), its value being `value`, which begins at `column`. */
  letter: string | undefined;
  value: string;
  column: number;
  /** A `%%` line: `value` is what follows the signs. */
  directive: boolean;
}

export interface AbcSource {
  /** Fields before the first tune, which hold for all tunes. */
  defaults: AbcLine[];
  /** Each begins with its X: line. */
  tunes: AbcLine[][];
}

/** Splits a file into tunes: each begins at X: and ends at an empty line, at the next X: or at the end. Text between tunes is passed over. */
export function splitTunes(text: string): AbcSource {
  const source: AbcSource = { defaults: [], tunes: [] };
  let tune: AbcLine[] | undefined;
  let atTop = true;
  let skippingUntil = '';
  let number = 0;
  for (const raw of text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)) {
    number++;
    if (skippingUntil !== '') {
      if (raw.startsWith(skippingUntil)) skippingUntil = '';
      continue;
    }
    const block = /^%%begin(\w+)/.exec(raw);
    if (block) {
      skippingUntil = `%%end${block[1]}`;
      continue;
    }
    if (raw.trim() === '') {
      tune = undefined;
      atTop = number === 1 || (atTop && source.defaults.length === 0);
      continue;
    }
    const line = readLine(raw, number);
    if (line.text.trim() === '' && !line.directive) continue;
    if (line.letter === 'X') {
      tune = [line];
      source.tunes.push(tune);
      atTop = false;
    } else if (line.letter === '+') {
      const lines = tune ?? (atTop ? source.defaults : []);
      const continued = lines.at(-1);
      if (continued?.letter !== undefined) lines[lines.length - 1] = { ...continued, value: `${continued.value} ${line.value}` };
    } else if (tune) {
      tune.push(line);
    } else if (atTop && (line.letter !== undefined || line.directive)) {
      source.defaults.push(line);
    }
  }
  return source;
}

function readLine(raw: string, number: number): AbcLine {
  if (raw.startsWith('%%')) return { number, text: '', letter: undefined, value: raw.slice(2).trim(), column: 3, directive: true };
  let end = 0;
  while (end < raw.length && !(raw[end] === '%' && raw[end - 1] !== '\\')) end++;
  const text = raw.slice(0, end).trimEnd();
  const field = /^([A-Za-z+]):\s*/.exec(text);
  if (!field) return { number, text, letter: undefined, value: text, column: 1, directive: false };
  const value = text.slice(field[0].length).replaceAll('\\%', '%');
  return { number, text, letter: field[1], value, column: field[0].length + 1, directive: false };
}
