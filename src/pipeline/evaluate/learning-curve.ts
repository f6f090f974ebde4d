// The losses of a run, read from its metrics.jsonl.

import { existsSync } from 'node:fs';
import type { CurvePoint } from '../../evaluate/learning-curve.js';
import { readJsonLines } from '../files.js';

interface Line {
  readonly step: number;
  readonly loss?: number | null;
  readonly held_out?: { readonly loss?: number | null };
}

/** @param path metrics.jsonl; no points where there is none @throws MstError `bad-record` naming the line that is damaged */
export function learningCurve(path: string): CurvePoint[] {
  if (!existsSync(path)) return [];
  return readJsonLines<Line>(path).flatMap(({ step, loss, held_out }): CurvePoint[] => {
    if (typeof loss === 'number') return [{ step, training: loss }];
    return typeof held_out?.loss === 'number' ? [{ step, heldOut: held_out.loss }] : [];
  });
}
