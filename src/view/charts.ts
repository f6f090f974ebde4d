// Plots as shapes: bars side by side for distributions, bars lying for single values, curves over training steps.

import type { PageShape, Role } from './drawing.js';

/** Where a chart goes. Pixels from the top left corner. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One set of values of a chart, in its own colour. */
export interface Series {
  readonly role: Role;
  readonly name: string;
  readonly values: readonly number[];
}

/** Pixels left of the plot for the scale's numbers, and below it for the bins' names. */
const SCALE = 34;
const NAMES = 18;
const SMALL = 10.5;
/** How wide a character is at most, as a part of the font's size. */
const CHARACTER = 0.62;
const GAP = 0.24;

/** The pixels a text takes at most. */
export function textWidth(text: string, size: number): number {
  return [...text].length * size * CHARACTER;
}

/** A share as "4.2%", from a tenth on as "42%". */
export const percent = (share: number): string => `${Math.round(share * (share < 0.0995 ? 1000 : 100)) / (share < 0.0995 ? 10 : 1)}%`;

/** The end of a scale from 0 that reaches `most`: a round number that can be halved. */
export function scaleEnd(most: number): number {
  if (!(most > 0)) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(most));
  const step = [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * magnitude >= most * (1 - 1e-9)) ?? 10;
  return step * magnitude;
}

/**
 * Distributions over the same bins as groups of bars, a group for each bin.
 * @param bins names of the bins, left out where they would touch
 * @param series shares 0..1, one for each bin
 */
export function layoutBars({ x, y, width, height }: Frame, bins: readonly string[], series: readonly Series[]): PageShape[] {
  const left = x + SCALE;
  const bottom = y + height - NAMES;
  const top = Math.max(0, ...series.flatMap(({ values }) => values));
  const end = Math.min(1, scaleEnd(top));
  const shapes = scale({ x, y, width, height }, end, percent);
  const group = (width - SCALE) / bins.length;
  const bar = (group * (1 - GAP)) / series.length;
  const widest = Math.max(...bins.map((name) => textWidth(name, SMALL)));
  const every = Math.max(1, Math.ceil((widest + 2) / group));
  bins.forEach((name, bin) => {
    const start = left + bin * group + (group * GAP) / 2;
    series.forEach(({ role, name: set, values }, k) => {
      const value = values[bin] ?? 0;
      const tall = (value / end) * (bottom - y);
      if (tall > 0)
        shapes.push({ role, x: start + k * bar, y: bottom - tall, width: bar, height: tall, hint: `${name}: ${percent(value)} (${set})` });
    });
    if (bin % every === 0)
      shapes.push({ role: 'quiet', x: left + (bin + 0.5) * group, y: bottom + 13, text: name, size: SMALL, anchor: 'middle' });
  });
  shapes.push({ role: 'bar', x: left, y: bottom, width: width - SCALE, height: 1 });
  return shapes;
}

/** Lines at nothing, half and all of a scale, with their numbers. */
function scale({ x, y, width, height }: Frame, end: number, say: (value: number) => string): PageShape[] {
  const bottom = y + height - NAMES;
  return [1, 0.5, 0].flatMap((part): PageShape[] => {
    const at = bottom - part * (bottom - y);
    return [
      { role: 'rule', x: x + SCALE, y: at, width: width - SCALE, height: 1 },
      { role: 'quiet', x: x + SCALE - 6, y: at + 4, text: say(part * end), size: SMALL, anchor: 'end' },
    ];
  });
}

/** One value to a row, as a lying bar with its name before and its number behind it. */
export function layoutRows(
  { x, y, width, height }: Frame,
  rows: readonly { readonly role: Role; readonly name: string; readonly value: number; readonly says: string }[],
  { names, numbers }: { names: number; numbers: number },
): PageShape[] {
  const most = Math.max(...rows.map(({ value }) => value), 0);
  const row = height / rows.length;
  return rows.flatMap(({ role, name, value, says }, k): PageShape[] => {
    const middle = y + (k + 0.5) * row;
    const long = most === 0 ? 0 : (value / most) * (width - names - numbers);
    return [
      { role: 'text', x: x + names - 10, y: middle + 4.5, text: name, size: 13, anchor: 'end' },
      { role, x: x + names, y: middle - row * 0.28, width: long, height: row * 0.56, hint: `${name}: ${says}` },
      { role: 'text', x: x + names + long + 8, y: middle + 4.5, text: says, size: 13, bold: role === 'generated' },
    ];
  });
}

/** A curve of a chart: points in steps and values. */
export interface CurveSeries {
  readonly role: Role;
  readonly points: readonly { readonly step: number; readonly value: number }[];
}

/** Points a curve keeps at most: the means of as many stretches. */
const MOST_POINTS = 240;

/** Curves over training steps, on a scale from 0; values beyond `most` are cut off there. */
export function layoutCurves(
  { x, y, width, height }: Frame,
  curves: readonly CurveSeries[],
  { most, mark }: { most: number; mark?: { step: number; text: string } },
): PageShape[] {
  const left = x + SCALE;
  const bottom = y + height - NAMES;
  const end = scaleEnd(most);
  const last = Math.max(1, ...curves.flatMap(({ points }) => points.map(({ step }) => step)));
  const xOf = (step: number): number => left + (step / last) * (width - SCALE);
  const yOf = (value: number): number => bottom - (Math.min(end, value) / end) * (bottom - y);
  const shapes = scale({ x, y, width, height }, end, (value) => value.toFixed(1));
  if (mark !== undefined) {
    const late = mark.step > last / 2;
    shapes.push({ role: 'octave', x: xOf(mark.step), y, width: 1, height: bottom - y });
    shapes.push({
      role: 'quiet',
      x: xOf(mark.step) + (late ? -5 : 6),
      y: y + 11,
      text: mark.text,
      size: SMALL,
      anchor: late ? 'end' : 'start',
    });
  }
  for (const { role, points } of curves) {
    const thinned = thin(points).map(({ step, value }) => [xOf(step), yOf(value)] as const);
    if (thinned.length > 0) shapes.push({ role, points: thinned, thickness: 2 });
  }
  shapes.push({ role: 'quiet', x: left, y: bottom + 14, text: '0', size: SMALL, anchor: 'middle' });
  shapes.push({ role: 'quiet', x: left + width - SCALE, y: bottom + 14, text: `step ${last}`, size: SMALL, anchor: 'end' });
  return shapes;
}

function thin(points: CurveSeries['points']): { step: number; value: number }[] {
  const size = Math.max(1, Math.ceil(points.length / MOST_POINTS));
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return Array.from({ length: Math.ceil(points.length / size) }, (_, k) => {
    const stretch = points.slice(k * size, (k + 1) * size);
    return { step: mean(stretch.map(({ step }) => step)), value: mean(stretch.map(({ value }) => value)) };
  });
}
