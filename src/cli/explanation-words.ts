// What became of every file in step 3, as a table for the terminal: first what was left out, grouped by reason, then what was taken.

import { textWidth, widthOf } from '../core/text-width.js';
import { chiefReason, damageOf, type ExamplesLine, fieldsOf, reasonCode } from '../pipeline/examples/report.js';
import type { KeptMelody } from '../pipeline/examples/songs.js';
import { keyInWords, remedyFor, WHY_NOT_IN_SHORT, whyNot } from '../view/explain-words.js';
import { count, table } from './format.js';

/** On a terminal no more than so many rows of files, and lines of names, are printed. */
const MOST_ROWS = 40;
const MOST_NAME_LINES = 3;
const INDENT = '    ';
const LOST = 'NOT TAKEN';
/** Places that names of files and tracks, and what was not taken, are shortened to where a line is too narrow; and the least of names. */
const NAME = 34;
const TRACK = 22;
const LEAST_LOST = 20;
const LEAST_NAME = 12;

interface Options {
  readonly compat: boolean;
  /** Columns of the terminal; undefined where the text goes into a file or a pipe, and everything is written. */
  readonly width: number | undefined;
  readonly bold: (text: string) => string;
}

/** Lines of text about the lines of a report. */
export function explanationInWords(lines: readonly ExamplesLine[], options: Options): string[] {
  const out = lines.filter(({ melodies }) => melodies.length === 0);
  const taken = lines.filter(({ melodies }) => melodies.length > 0);
  return [
    ...(out.length === 0 ? [] : [options.bold(`Left out: ${count(out.length, 'file')}`), ...leftOut(out, options), '']),
    ...(taken.length === 0 ? [] : [options.bold(`Taken: ${count(taken.length, 'file')}`), ...takenFiles(taken, options), '']),
  ];
}

function leftOut(lines: readonly ExamplesLine[], { compat, width }: Options): string[] {
  const groups = new Map<string, ExamplesLine[]>();
  for (const line of lines) {
    const reason = chiefReason(line.dropped);
    groups.set(reason, [...(groups.get(reason) ?? []), line]);
  }
  return [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .flatMap(([reason, files]) => {
      const remedy = remedyFor(reason, compat);
      const head = `  ${count(files.length, 'file')}: ${whyNot(compat)[reason] ?? printable(reason)}${remedy === undefined ? '' : `; ${remedy}`}`;
      return [head, ...names(files, reason, width)];
    });
}

/** The names of files left out for one reason, each with what is to be said of it alone. */
function names(files: readonly ExamplesLine[], reason: string, width: number | undefined): string[] {
  const told = files.map(({ file, dropped }) => {
    const loss = dropped.find((each) => reasonCode(each.reason) === reason);
    const { of } = loss === undefined ? {} : fieldsOf(loss);
    if (of !== undefined) return `${printable(file)} (as ${printable(of)})`;
    const damage = loss === undefined ? undefined : damageOf(loss.reason);
    return damage === undefined ? printable(file) : `${printable(file)}: ${printable(damage)}`;
  });
  if (width === undefined) return told.map((name) => INDENT + name);
  if (reason === 'unreadable') {
    const shown = told.slice(0, 2 * MOST_NAME_LINES).map((name) => INDENT + shortened(name, width - INDENT.length));
    return told.length > shown.length ? [...shown, `${INDENT}and ${told.length - shown.length} more`] : shown;
  }
  const room = Math.max(20, width - INDENT.length);
  const rows: string[] = [];
  let row = '';
  for (const [i, name] of told.entries()) {
    const next = shortened(name, room - 1) + (i < told.length - 1 ? ',' : '');
    const longer = row === '' ? next : `${row} ${next}`;
    if (textWidth(longer) <= room) row = longer;
    else if (rows.length === MOST_NAME_LINES - 1) return [...rows, row, `and ${told.length - i} more`].map((text) => INDENT + text);
    else {
      rows.push(row);
      row = next;
    }
  }
  return [...rows, row].map((text) => INDENT + text);
}

const surest = ({ melodies }: ExamplesLine): number => Math.max(...melodies.map(({ why, score }) => (why === 'chosen' ? 1 : (score ?? 1))));

function takenFiles(lines: readonly ExamplesLine[], { compat, width }: Options): string[] {
  const bounded = width !== undefined && lines.length > MOST_ROWS;
  const shown = bounded ? [...lines].sort((a, b) => surest(a) - surest(b)).slice(0, MOST_ROWS) : lines;
  const head = ['FILE', 'TRACK', 'MELODIES', 'BARS', 'KEY', 'METRE', 'SURE', LOST];
  const rows = shown.flatMap((line) => rowsOf(line, compat));
  // Columns that have nothing to say, as by Magenta's rules, are left out.
  const used = head.map((_, column) => rows.some((row) => row[column] !== ''));
  const cells = [head, ...rows].map((row) => row.filter((_, column) => used[column]));
  const text = table(width === undefined ? cells : fitted(cells, width - 2))
    .split('\n')
    .map((row) => `  ${width === undefined ? row : beginning(row, width - 2)}`);
  const rest = `  and ${lines.length - shown.length} more of which mst is surer: on the page, with --json, or in a file (mst examples … --explain > FILE)`;
  return bounded ? [...text, rest] : text;
}

/** A row for each track of a file, what was not taken beside the first. */
function rowsOf({ file, melodies, dropped }: ExamplesLine, compat: boolean): string[][] {
  const tracks = new Map<number, KeptMelody[]>();
  for (const melody of melodies) tracks.set(melody.instrument ?? -1, [...(tracks.get(melody.instrument ?? -1) ?? []), melody]);
  const reasons = new Map<string, number>();
  for (const { reason } of dropped) reasons.set(reasonCode(reason), (reasons.get(reasonCode(reason)) ?? 0) + 1);
  const lost = [...reasons].map(
    ([reason, n]) => `${n > 1 ? `${n} ` : ''}${WHY_NOT_IN_SHORT[reason] ?? whyNot(compat)[reason] ?? printable(reason)}`,
  );
  return [...tracks.values()].map((pieces, i) => {
    const [first] = pieces as [KeptMelody];
    const bars = pieces.reduce((sum, piece) => sum + Math.ceil(piece.bars - 1e-9), 0);
    const { instrument, name, metre = '', heard, key, why, score } = first;
    return [
      i === 0 ? printable(file) : '',
      instrument === undefined ? 'all together' : `${instrument}${name === undefined ? '' : ` ${printable(name)}`}`,
      String(pieces.length),
      String(bars),
      key === undefined ? '' : keyInWords(key),
      heard ? `${metre} heard` : metre,
      why === 'chosen' ? 'chosen' : score === undefined ? '' : `${Math.round(100 * score)}%`,
      i === 0 ? lost.join(', ') : '',
    ];
  });
}

/** Cells shortened until a row fits: names first, then what was not taken, which is left out where there is no room for it. */
function fitted(rows: readonly (readonly string[])[], width: number): string[][] {
  const columns = rows[0] ?? [];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => textWidth(row[column] ?? ''))));
  const last = columns.length - 1;
  const over = (): number => widths.reduce((sum, each) => sum + (each > 0 ? each + 2 : 0), -2) - width;
  const narrow = (column: number, to: number): void => {
    widths[column] = Math.max(Math.min(to, widths[column] ?? 0), (widths[column] ?? 0) - Math.max(0, over()));
  };
  narrow(0, NAME);
  narrow(1, TRACK);
  if (columns[last] === LOST) {
    narrow(last, LEAST_LOST);
    if (over() > 0) widths[last] = 0;
  }
  narrow(0, LEAST_NAME);
  narrow(1, LEAST_NAME);
  const cell = (text: string, column: number): string => {
    const room = widths[column] ?? 0;
    return columns[column] === LOST && textWidth(text) > room
      ? `${beginning(text, room - 1)}${room > 0 ? '…' : ''}`
      : shortened(text, room);
  };
  return rows.map((row) => row.map(cell));
}

/** A text in at most so many places, its middle left out. */
function shortened(text: string, most: number): string {
  if (textWidth(text) <= most) return text;
  const end = Math.floor((most - 1) / 2);
  const last = [...beginning([...text].reverse(), end)].reverse().join('');
  return `${beginning(text, most - 1 - end)}…${last}`;
}

/** As many of the first characters as fit in so many places. */
function beginning(characters: Iterable<string>, places: number): string {
  let left = places;
  let taken = '';
  for (const character of characters) {
    left -= widthOf(character);
    if (left < 0) break;
    taken += character;
  }
  return taken;
}

/** A stranger's text without what would steer a terminal. */
function printable(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu, '\u{fffd}');
}
