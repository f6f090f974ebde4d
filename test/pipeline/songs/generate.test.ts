// Writing melodies to a folder: an interruption is heard between two of them, and within one.

import { setImmediate } from 'node:timers';
import { expect, it } from 'vitest';
import { MstError } from '../../../src/core/errors.js';
import { configuration } from '../../../src/encoding/configuration.js';
import { createEncoder } from '../../../src/encoding/encoders.js';
import { continueEvents } from '../../../src/model/continue-melody.js';
import { silent } from '../../../src/pipeline/progress.js';
import { generateFiles, PLAIN_SAMPLING } from '../../../src/pipeline/songs/generate.js';
import { fakeNetwork } from '../../model/fake-network.js';
import { filesIn, temporaryFolder } from '../../support/folder.js';

it('an interruption that arrives while a melody is made ends the work after it, with every file whole', async () => {
  const encoder = createEncoder(configuration('mono_rnn').encoding);
  const model = { encoder, network: fakeNetwork(encoder.numClasses, () => new Float32Array(encoder.numClasses)) };
  const directory = temporaryFolder();
  const interruption = new AbortController();
  const done: number[] = [];
  const writing = generateFiles(model, continueEvents([60], { numSteps: 16 }), {
    name: 'fake',
    directory,
    count: 50,
    search: PLAIN_SAMPLING,
    seed: 1,
    force: false,
    signal: interruption.signal,
    progress: {
      start() {},
      note() {},
      update(written) {
        done.push(written);
        // As a signal of the system does, this waits for the event loop.
        if (written === 3) setImmediate(() => interruption.abort(new MstError('interrupted', 'Interrupted.')));
      },
    },
  });
  await expect(writing).rejects.toMatchObject({ code: 'interrupted' });
  expect(done.length).toBeGreaterThanOrEqual(3);
  expect(done.length).toBeLessThan(50);
  const files = filesIn(directory);
  expect(Object.keys(files)).toEqual(done.map((n) => `fake-s1-${String(n).padStart(2, '0')}.mid`));
  for (const bytes of Object.values(files)) expect(bytes.endsWith('\xff\x2f\0')).toBe(true);
});

it.each([
  ['a beam search', [60]],
  ['a primer', Array.from({ length: 90_000 }, () => 60)],
])('an interruption is heard within %s, which leaves no file', async (_, primer) => {
  const encoder = createEncoder(configuration('mono_rnn').encoding);
  let steps = 0;
  const network = fakeNetwork(encoder.numClasses, () => {
    // The 1000th step of 100 beams of 100000, or of the primer.
    if (++steps === 1000) setImmediate(() => interruption.abort(new MstError('interrupted', 'Interrupted.')));
    return new Float32Array(encoder.numClasses);
  });
  const directory = temporaryFolder();
  const interruption = new AbortController();
  const writing = generateFiles({ encoder, network }, continueEvents(primer, { numSteps: 100_000 }), {
    name: 'fake',
    directory,
    count: 1,
    search: { ...PLAIN_SAMPLING, beamSize: 100 },
    seed: 1,
    force: false,
    signal: interruption.signal,
    progress: silent,
  });
  await expect(writing).rejects.toMatchObject({ code: 'interrupted' });
  expect(steps).toBeLessThan(1200);
  expect(filesIn(directory)).toEqual({});
});
