// A recording as it lies in the browser's storage: parts of its log, and a line about it for the list. What is read is checked. Pure.

import type { KeptRecording } from '../page-session.js';

/** A recording is not read beyond so many characters; it would be weeks of playing. */
export const LONGEST_TEXT = 200_000_000;
const LONGEST_NAME = 200;
const LONGEST_ID = 100;

/** Some lines of a log: `first` is the index of the first one. */
export interface LogPart {
  readonly first: number;
  readonly lines: string;
}

/** The parts as one text. Lines that were written twice count once; parts that are none are left out. */
export function joinParts(parts: readonly unknown[]): string {
  const texts: string[] = [];
  let have = 0;
  for (const { first, lines } of parts.filter(isPart).sort((a, b) => a.first - b.first)) {
    const end = first + countLines(lines);
    if (end <= have) continue;
    texts.push(afterLines(lines, Math.max(0, have - first)));
    have = end;
  }
  return texts.join('');
}

function isPart(value: unknown): value is LogPart {
  if (typeof value !== 'object' || value === null) return false;
  const { first, lines } = value as Record<string, unknown>;
  return Number.isSafeInteger(first) && (first as number) >= 0 && typeof lines === 'string';
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count + (text.endsWith('\n') || text === '' ? 0 : 1);
}

function afterLines(text: string, count: number): string {
  let at = 0;
  for (let k = 0; k < count; k++) at = text.indexOf('\n', at) + 1;
  return text.slice(at);
}

/** What the list says of a recording, or undefined for what is no such thing. */
export function readSummary(value: unknown): KeptRecording | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, created, turns, seconds, model } = value as Record<string, unknown>;
  if (typeof id !== 'string' || id === '' || id.length > LONGEST_ID) return undefined;
  if (typeof created !== 'string' || created.length > LONGEST_ID || Number.isNaN(Date.parse(created))) return undefined;
  if (!Number.isSafeInteger(turns) || (turns as number) < 0) return undefined;
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds < Number.POSITIVE_INFINITY)) return undefined;
  if (typeof model !== 'string' || model.length > LONGEST_NAME) return undefined;
  return { id, created, turns: turns as number, seconds, model };
}

/** Newest first. */
export function newestFirst(recordings: readonly KeptRecording[]): KeptRecording[] {
  return [...recordings].sort((a, b) => Date.parse(b.created) - Date.parse(a.created) || (a.id < b.id ? -1 : 1));
}

/** Names of models as the list says them. */
export function modelNames(names: readonly string[]): string {
  const text = [...new Set(names)].join(', ');
  return text.length <= LONGEST_NAME ? text : `${text.slice(0, LONGEST_NAME - 1)}…`;
}
