// Numbers and tables in words, for people.

import { textWidth } from '../core/text-width.js';
import { printableName } from './printable.js';

/** "3 files", "1 file". */
export function count(n: number, thing: string, things = `${thing}s`): string {
  return `${n} ${n === 1 ? thing : things}`;
}

/** ", 3 refused", or nothing of none: one of the things said behind each other. */
export function some(n: number, what: string): string {
  return n > 0 ? `, ${n} ${what}` : '';
}

/** Bytes as "812 bytes", "3.4 kB", "12 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return count(bytes, 'byte');
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** Seconds as "0.4 s", "14 s", "2 min 05 s", "1 h 03 min". */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (n: number): string => String(n).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** Items a second as "120/s", "3.2/s", "14/min". */
export function formatRate(perSecond: number): string {
  if (perSecond >= 10) return `${Math.round(perSecond)}/s`;
  if (perSecond >= 1) return `${perSecond.toFixed(1)}/s`;
  const perMinute = perSecond * 60;
  return `${perMinute >= 10 ? Math.round(perMinute) : perMinute.toFixed(1)}/min`;
}

/** Rows in columns two spaces apart; no row ends in spaces, and no cell can break out of its own. */
export function table(cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map(printableName));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, textWidth(cell));
  }
  const padded = (cell: string, column: number): string => cell + ' '.repeat((widths[column] ?? 0) - textWidth(cell));
  const line = (row: readonly string[]): string => row.map(padded).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}
