// The model side, with the starter model and with models whose answers are known. Expected values: the same job thought up in one go by
// a planner that has heard nothing else, and counting.

import { describe, expect, it } from 'vitest';
import { CONFIGURATIONS } from '../../../src/encoding/configuration.js';
import { createEncoder } from '../../../src/encoding/encoders.js';
import type { Answer, Job } from '../../../src/jam/answers/job.js';
import { answerTo, Planner } from '../../../src/jam/answers/planner.js';
import type { MelodyModel } from '../../../src/model/model.js';
import { fakeNetwork } from '../../model/fake-network.js';
import { starterModel } from '../virtual-jam.js';

const folk = new Map([['m', starterModel()]]);
const job = (fields: Partial<Job> = {}): Job => ({
  id: 1,
  turn: 1,
  mix: [{ model: 'm', weight: 1 }],
  primer: [60, -2, -2, -2, 64, -2, -2, -2, 67, -2, -2, -2, 72, -2, -2, -2],
  steps: 16,
  done: 0,
  takes: [0],
  temperature: 1,
  seed: 1,
  ...fields,
});

function work(planner: Planner, slice = 1): Answer[] {
  const parts: Answer[] = [];
  while (!planner.idle) {
    const part = planner.work(slice);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}
const joined = (parts: readonly Answer[], take = 0): number[] => parts.filter((part) => part.take === take).flatMap(({ events }) => events);

describe('an answer', () => {
  it('begins with a note, whatever the model would rather do', () => {
    for (let seed = 0; seed < 40; seed++)
      expect(answerTo(folk, job({ seed, steps: 1, temperature: 1.5 })).get(0)?.[0]).toBeGreaterThanOrEqual(0);
  });

  it('need not begin with one when it is the continuation of itself', () => {
    const first = Array.from({ length: 40 }, (_, seed) => answerTo(folk, job({ seed, steps: 1, done: 16 })).get(0)?.[0] ?? 0);
    expect(first.some((event) => event < 0)).toBe(true);
  });

  it('comes in parts in order: the first note, then beats', () => {
    const planner = new Planner(folk);
    planner.give(job({ steps: 10, takes: [0, 1] }));
    const parts = work(planner);
    expect(parts.map(({ take, from, events, done }) => [take, from, events.length, done])).toEqual([
      [0, 0, 1, false],
      [0, 1, 4, false],
      [0, 5, 4, false],
      [0, 9, 1, true],
      [1, 0, 1, false],
      [1, 1, 4, false],
      [1, 5, 4, false],
      [1, 9, 1, true],
    ]);
  });

  it('depends on the job alone, not on what was heard before, nor on the slices', () => {
    const wanted = job({ primer: [60, -2, 62, -2, 64, -1, -2, 65, 67, -2], steps: 20, takes: [0, 1, 2] });
    const alone = answerTo(folk, wanted);
    for (const slice of [1, 3, 1000]) {
      const planner = new Planner(folk);
      for (let steps = 1; steps < 12; steps++) {
        planner.give(job({ primer: [60, -2, 62, -2, 63, -1, -2, 65, 66, -2, 67, 68].slice(0, steps), steps: 0, takes: [] }));
        work(planner, slice);
      }
      planner.give(job({ primer: [60, -2, 62], steps: 8, temperature: 0.5 }));
      planner.work(5);
      planner.give(wanted);
      const parts = work(planner, slice);
      for (const take of [0, 1, 2]) expect(joined(parts, take)).toEqual(alone.get(take));
    }
    expect(alone.get(0)).not.toEqual(alone.get(1));
    expect(answerTo(folk, { ...wanted, seed: 2 }).get(0)).not.toEqual(alone.get(0));
  });

  it('follows the key and octave of the player', () => {
    const up = (events: readonly number[], by: number): number[] => events.map((event) => (event < 0 ? event : event + by));
    // A whole scale, so that its key is beyond doubt.
    const primer = [60, 62, 64, 65, 67, 69, 71, 72, -2, -2, 67, -2, 64, -2, 60, -2];
    const here = answerTo(folk, job({ primer })).get(0) ?? [];
    // The same call 17 semitones up is the same thought in the model's own key, and comes back 17 semitones up.
    expect(answerTo(folk, job({ primer: up(primer, 17) })).get(0)).toEqual(up(here, 17));
  });
});

describe('listening', () => {
  /** A model that counts the steps its network takes. */
  const counting = (): { model: MelodyModel; taken: () => number } => {
    const encoder = createEncoder(CONFIGURATIONS.mono_rnn.encoding);
    const logits = Array.from({ length: encoder.numClasses }, (_, label) => (label === 62 ? 5 : 0));
    let steps = 0;
    const network = fakeNetwork(encoder.numClasses, () => {
      steps++;
      return logits;
    });
    return { model: { encoder, network }, taken: () => steps };
  };

  it('ahead leaves only the changed steps to be heard again', () => {
    const { model, taken } = counting();
    const planner = new Planner(new Map([['m', model]]));
    const call = Array.from({ length: 64 }, (_, step) => 50 + (step % 12));
    planner.give(job({ primer: call, steps: 0, takes: [] }));
    work(planner);
    expect(taken()).toBe(64);
    // The last two steps change: a snapshot is at most four steps before them.
    planner.give(job({ primer: [...call.slice(0, 62), 70, 71], steps: 1 }));
    work(planner);
    expect(taken() - 64).toBeLessThanOrEqual(6);
    expect(taken() - 64).toBeGreaterThanOrEqual(2);
  });

  it('waits for an answer that is being made, and an answer replaces what is unfinished', () => {
    const planner = new Planner(folk);
    planner.give(job({ id: 1, steps: 8 }));
    planner.work(20);
    planner.give(job({ id: 2, steps: 0, takes: [], primer: [50, 52] }));
    expect(work(planner).at(-1)).toMatchObject({ job: 1, done: true });
    planner.give(job({ id: 3, steps: 8 }));
    planner.work(2);
    planner.give(job({ id: 4, steps: 8 }));
    expect(new Set(work(planner).map((part) => part.job))).toEqual(new Set([4]));
  });
});

describe('a job that cannot be done', () => {
  it.each<[Partial<Job>, string]>([
    [{ mix: [{ model: 'nobody', weight: 1 }] }, 'not-found'],
    [{ mix: [] }, 'usage'],
    [{ primer: [] }, 'bad-primer'],
    [{ primer: [200] }, 'bad-sequence'],
    [{ temperature: -1 }, 'usage'],
  ])('%j is refused', (fields, code) => {
    expect(() => new Planner(folk).give(job(fields))).toThrow(expect.objectContaining({ code }));
  });
});
