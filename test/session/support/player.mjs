// A session in small, for tests that end it in every way: holds notes on a raw output, says "ready", and then does what it is told.
// run: node player.mjs FILE WAY

import { OutputClock } from '../../../dist/session/clock/output-clock.js';
import { SessionTime } from '../../../dist/session/clock/session-time.js';
import { beforeDeath } from '../../../dist/session/last-words.js';

const [path, way] = process.argv.slice(2);
const time = new SessionTime();
const clock = await OutputClock.start(time);
beforeDeath(process, () => clock.silence());
const output = await clock.open({ kind: 'raw', path });
clock.route('you', [output]);
clock.route('model', [output]);
for (const pitch of [60, 64, 67]) clock.schedule(time.now(), 'model', [0x90, pitch, 80]);
clock.schedule(time.now(), 'you', [0xb3, 64, 127]);
clock.schedule(time.now(), 'you', [0x93, 48, 80]);
// What is still to come when the end comes.
for (let k = 0; k < 100; k++) clock.schedule(time.now() + 1 + k / 100, 'model', [0x90, 72 + (k % 12), 80]);
while (clock.pending > 100) await new Promise((resolve) => setTimeout(resolve, 2));
console.log('ready');

const ways = {
  wait: () => setInterval(() => {}, 1000),
  throw: () => {
    throw new Error('a fault of the program');
  },
  reject: () => void Promise.reject(new Error('a fault of the program')),
  exit: () => process.exit(7),
  'run-out': () => {},
  end: async () => {
    await clock.end();
    console.log('ended');
  },
};
await ways[way]();
