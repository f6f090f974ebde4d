// What the server of the web app bears: 200 clients that ask for answers to a call of two bars, again and again, while another one loads
// the page. Counts statuses, times answers and the page, and watches the server's memory.
// run: npm run bench -- serve            (--seconds 10, --clients 200)
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import tone from '@tonejs/midi';
import autocannon from 'autocannon';
import { machine, quantile } from './support/figures.mjs';
import { startServer } from './support/server.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '10' }, clients: { type: 'string', default: '200' } } });
const duration = Number(values.seconds);
const PAGE_EVERY = 100;

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Two bars of eighths at 120 quarter notes a minute: 4 seconds, which the answer doubles. */
function call() {
  const midi = new tone.Midi();
  const track = midi.addTrack();
  for (let k = 0; k < 16; k++) track.addNote({ midi: 60 + ((k * 2) % 9), time: k / 4, duration: 0.22, velocity: 0.7 });
  return JSON.stringify([...midi.toArray()]);
}

/** Megabytes that a process holds in memory, where the system tells. */
function memory(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

const { url, pid, stop } = await startServer();
const body = call();
const one = async () => (await fetch(`${url}predict?duration=8`, { method: 'POST', body })).arrayBuffer();
for (let k = 0; k < 10; k++) await one();
const alone = [];
for (let k = 0; k < 20; k++) {
  const began = performance.now();
  await one();
  alone.push(performance.now() - began);
}

const pages = [];
const memories = [memory(pid)];
let lost = 0;
let running = true;
const reader = (async () => {
  while (running) {
    const began = performance.now();
    const { status } = await fetch(url).catch(() => ({ status: 0 }));
    if (status === 200) pages.push(performance.now() - began);
    else lost++;
    memories.push(memory(pid));
    await sleep(PAGE_EVERY);
  }
})();
const result = await autocannon({ url: `${url}predict?duration=8`, method: 'POST', body, connections: Number(values.clients), duration });
running = false;
await reader;
const during = memories.slice();
await sleep(1000);
const after = memory(pid);
const code = await stop();

const statuses = Object.entries(result.statusCodeStats).map(([status, { count }]) => `${count} of ${status}`);
const answered = result.statusCodeStats['200']?.count ?? 0;
const middle = during[Math.floor(during.length / 2)];
console.log(machine());
console.log(
  `One client: an answer of 4 s after ${quantile(alone, 0.5).toFixed(0)} ms at the median, ${quantile(alone, 0.99).toFixed(0)} ms at 99%`,
);
console.log(
  `${values.clients} clients for ${duration} s: ${statuses.join(', ')}, ${result.errors} errors, ${result.timeouts} timeouts; ` +
    `${(answered / duration).toFixed(0)} answers a second`,
);
console.log(`All requests: ${result.latency.p50} ms at the median, ${result.latency.p97_5} ms at 97.5%, ${result.latency.max} ms at most`);
console.log(
  `The page meanwhile: ${pages.length} times, ${quantile(pages, 0.5).toFixed(0)} ms at the median, ${Math.max(...pages).toFixed(0)} ms at most; ${lost} failed`,
);
console.log(
  `Memory: ${during[0].toFixed(0)} MB before, ${middle.toFixed(0)} MB in the middle, ${during.at(-1).toFixed(0)} MB at the end, ` +
    `${after.toFixed(0)} MB a second later; exit code ${code}`,
);
