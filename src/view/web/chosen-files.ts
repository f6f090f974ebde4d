// Which files the page lists, and in what order.

import type { ExplainedFile } from '../explain-data.js';

export type Kind = 'all' | 'kept' | 'left-out' | 'doubtful';
export type Order = 'check' | 'name' | 'melodies';

/** A file whose surest melody is less sure than this is doubtful. */
const DOUBTFUL = 0.6;

function sureness({ melodies }: ExplainedFile): number {
  if (melodies.length === 0) return -1;
  return Math.max(...melodies.map(({ score, why }) => (why === 'chosen' ? 1 : (score ?? 1))));
}

const kinds: Readonly<Record<Kind, (file: ExplainedFile) => boolean>> = {
  all: () => true,
  kept: ({ melodies }) => melodies.length > 0,
  'left-out': ({ melodies }) => melodies.length === 0,
  doubtful: (file) => file.melodies.length > 0 && sureness(file) < DOUBTFUL,
};

const collator = new Intl.Collator(undefined, { numeric: true });
const byName = (a: ExplainedFile, b: ExplainedFile): number => collator.compare(a.file, b.file);

const orders: Readonly<Record<Order, (a: ExplainedFile, b: ExplainedFile) => number>> = {
  check: (a, b) => sureness(a) - sureness(b) || byName(a, b),
  name: byName,
  melodies: (a, b) => b.melodies.length - a.melodies.length || byName(a, b),
};

/** The files of a kind whose name, or the name of one of whose tracks, has all these words in it. */
export function chosenFiles(
  files: readonly ExplainedFile[],
  { words, kind, order }: { words: string; kind: Kind; order: Order },
): ExplainedFile[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (file: ExplainedFile): boolean => {
    const text = [file.file, ...file.melodies.map(({ name }) => name ?? '')].join('\n').toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
  return files.filter((file) => kinds[kind](file) && matches(file)).sort(orders[order]);
}
