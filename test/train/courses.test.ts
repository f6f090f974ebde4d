// The courses of a run. Expected: what each may hold, by the numbers the examples carry; the same batches from any position of them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Example } from '../../src/encoding/example.js';
import { BatchSource, firstPosition } from '../../src/train/batches.js';
import { CourseBatches, coursesOf, tokensOfSteps } from '../../src/train/courses.js';
import type { Dataset } from '../../src/train/dataset.js';
import type { PackedBatch } from '../../src/train/packed-batch.js';
import { smallPlan } from './run-fixture.js';

/** Examples of these numbers of steps, whose labels all are their number from `first` on. */
function numbered(lengths: readonly number[], first: number): Dataset {
  const examples = lengths.map((steps, i): Example => {
    const rowStart = new Int32Array(steps + 1);
    const labels = new Int32Array(steps).fill(first + i);
    return { steps, inputSize: 3, inputs: { rowStart, columns: new Uint16Array(0), signs: new Int8Array(0) }, labels };
  });
  return { examples, inputSize: 3, numClasses: 999, tokens: lengths.reduce((sum, n) => sum + n, 0), digest: '' };
}

const membersOf = ({ labels, rows }: PackedBatch): number[] => [...labels.subarray(0, rows)];
const lengths = (most: number) => fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: most });

const runs = fc
  .record({ melodies: lengths(20), others: lengths(30), steps: fc.integer({ min: 2, max: 40 }), seed: fc.integer({ min: 0, max: 1000 }) })
  .chain((run) => fc.record({ run: fc.constant(run), firstCourse: fc.integer({ min: 1, max: run.steps - 1 }) }))
  .map(({ run: { melodies, others, steps, seed }, firstCourse }) => {
    const plan = smallPlan('basic_rnn', { steps, firstCourse, seed });
    return { plan, courses: coursesOf(plan, numbered(melodies, 0), numbered(others, 100)), melodies, others };
  });

describe('the courses of a run', () => {
  it('first draw from everything, each piece once in a pass, and then from nothing but melodies', () => {
    fc.assert(
      fc.property(runs, ({ plan, courses, melodies, others }) => {
        const source = new CourseBatches(courses, plan, { step: 0, position: firstPosition(plan.seed) });
        const batches = Array.from({ length: plan.steps }, () => membersOf(source.next()));
        const first = batches.slice(0, plan.firstCourse);
        const pass = Math.ceil((melodies.length + others.length) / plan.hparams.batchSize);
        const everything = [...melodies.keys(), ...[...others.keys()].map((i) => 100 + i)];
        for (let end = pass; end <= first.length; end += pass) {
          expect(
            first
              .slice(end - pass, end)
              .flat()
              .sort((a, b) => a - b),
          ).toEqual(everything);
        }
        expect(
          batches
            .slice(plan.firstCourse)
            .flat()
            .filter((number) => number >= 100),
        ).toEqual([]);
      }),
    );
  });

  it('go on the same from wherever they stood', () => {
    fc.assert(
      fc.property(runs, fc.nat(), ({ plan, courses }, at) => {
        const stop = at % plan.steps;
        const source = new CourseBatches(courses, plan, { step: 0, position: firstPosition(plan.seed) });
        for (let step = 1; step <= stop; step++) source.next();
        const again = new CourseBatches(courses, plan, { step: stop, position: JSON.parse(JSON.stringify(source.position)) });
        for (let step = stop + 1; step <= plan.steps; step++) expect(membersOf(again.next())).toEqual(membersOf(source.next()));
      }),
    );
  });

  it('are one without accompaniment, in the order of its batches', () => {
    const plan = smallPlan('basic_rnn');
    const melodies = numbered([5, 3, 8, 1, 4, 4, 9, 2, 7], 0);
    const alone = new BatchSource(melodies.examples, plan.hparams.batchSize, firstPosition(plan.seed));
    const source = new CourseBatches(coursesOf(plan, melodies, undefined), plan, { step: 0, position: firstPosition(plan.seed) });
    for (let step = 1; step <= plan.steps; step++) expect(membersOf(source.next())).toEqual(membersOf(alone.next()));
  });

  it('know how many tokens are left', () => {
    const plan = smallPlan('basic_rnn', { steps: 10, firstCourse: 6 });
    // Batches of four: at first of (4 * 10 + 4 * 30) / 2 = 80 tokens, then of 40.
    const courses = coursesOf(plan, numbered([10, 10, 10, 10], 0), numbered([30, 30, 30, 30], 100));
    expect(tokensOfSteps(courses, 0)).toBe(6 * 80 + 4 * 40);
    expect(tokensOfSteps(courses, 5)).toBe(80 + 4 * 40);
    expect(tokensOfSteps(courses, 8)).toBe(2 * 40);
    expect(tokensOfSteps(courses, 10)).toBe(0);
  });
});
