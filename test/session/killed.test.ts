// A session that is killed in the midst of playing: what was sent to it stands in its recording. What was sent is known by the sender.
// (npm run bench -- session --kill 50 does this fifty times, with 250 ms of grace; a busy machine that runs tests gets a second.)
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.js';
import { killJam } from './support/killed-jam.mjs';

test.concurrent.for([0.9, 1.7, 2.3])('SIGKILL after %d s of 20 events a second', { timeout: 30_000 }, async (after, { onTestFinished }) => {
  const folder = temporaryFolder({}, onTestFinished);
  const { sent, lost, damaged } = await killJam(join(folder, 'jam'), { after: after + 0.5, eventsPerSecond: 20, grace: 1 });
  expect(sent).toBeGreaterThan(after * 10);
  expect([lost, damaged]).toEqual([0, 0]);
});
