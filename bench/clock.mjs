// How late the clock thread of a session sends what is due: 1000 notes idle, and 1000 while both cores are busy with other threads of the same
// process. For comparison, what setTimeout does at the same time.
// run: npm run bench -- clock          (about 25 s)
import { Random } from '../dist/core/random.js';
import { createOutputMemory, readOutputMemory } from '../dist/session/clock/output.js';
import { OutputClock } from '../dist/session/clock/output-clock.js';
import { SessionTime } from '../dist/session/clock/session-time.js';
import { beside, CASES } from './support/busy.mjs';
import { machine, quantile } from './support/figures.mjs';

const EVENTS = 1000;
const APART = 0.01; // seconds, at the mean

const time = new SessionTime();
const clock = await OutputClock.start(time, (_, reason) => {
  throw new Error(reason);
});

/** Milliseconds late: of each note that the clock thread sent, and of as many timers. */
async function measure(seed) {
  const random = new Random(seed);
  const memory = createOutputMemory(EVENTS);
  const output = await clock.open({ kind: 'memory', buffer: memory });
  clock.route('model', [output]);
  const due = [];
  const timers = [];
  for (let k = 0, at = time.now() + 0.2; k < EVENTS; k++, at += APART * (0.5 + random.uniform())) {
    due.push(at);
    clock.schedule(at, 'model', [0x90, k % 128, 100]);
    setTimeout(() => timers.push((time.now() - at) * 1000), (at - time.now()) * 1000);
  }
  let dropped = 0;
  while (clock.pending > 0 || timers.length < EVENTS) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    clock.drain((sent) => {
      if (sent.dropped) dropped++;
    });
  }
  const received = readOutputMemory(memory).filter(({ message }) => (message & 0xff) === 0x90);
  clock.close(output);
  return { late: received.map((event, k) => (event.time - due[k]) * 1000), dropped, timers };
}

const figures = (numbers) =>
  `median ${quantile(numbers, 0.5).toFixed(3)} ms, 99% within ${quantile(numbers, 0.99).toFixed(2)} ms, worst ${Math.max(...numbers).toFixed(2)} ms`;

console.log(machine());
for (const [seed, { name, threads, median, p99 }] of CASES.entries()) {
  const { late, dropped, timers } = await beside(threads, () => measure(seed));
  const reached = dropped === 0 && quantile(late, 0.5) < median && quantile(late, 0.99) < p99;
  console.log(
    `\n${name}: ${late.length} notes, ${figures(late)}${dropped > 0 ? `, ${dropped} dropped` : ''}; ` +
      `at most ${median} and ${p99} wanted: ${reached ? 'reached' : 'missed'}`,
  );
  console.log(`  setTimeout: ${figures(timers)}`);
}
await clock.end();
process.exit();
