// Plays keys to a session at a steady rate, kills it at an instant, and compares what its recording holds with what was sent.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeLog } from '../../../dist/jam/log/log.js';

const JAMMER = fileURLToPath(new URL('jammer.mjs', import.meta.url));
/** Places of keys on a piano of two rows, and the pitches they play. */
const KEYS = [...'zxcvbnm'].map((key, k) => ({ code: key.charCodeAt(0), pitch: [60, 62, 64, 65, 67, 69, 71][k] }));
const KITTY = '\x1b[?15u\x1b[?62c';

/** What is sent as event number `k`: a key goes down, then up, then the next one. */
const keyOf = (k) => KEYS[(k >> 1) % KEYS.length];
const sequenceOf = (k) => `\x1b[${keyOf(k).code};1:${k % 2 === 0 ? 1 : 3}u`;
const bytesOf = (k) => (k % 2 === 0 ? [0x90, keyOf(k).pitch] : [0x80, keyOf(k).pitch]).map((byte) => byte.toString(16)).join('');

/**
 * @param path recording and output are made beside it
 * @param options.after seconds of playing before the kill
 * @param options.grace seconds before the kill within which what was sent may be lost
 * @returns events sent, events in the recording, and how many of those sent before the grace are not there, in order
 */
export async function killJam(path, { after, eventsPerSecond, grace = 0.25 }) {
  const [recording, output] = [`${path}.jsonl`, `${path}.raw`];
  writeFileSync(output, '');
  const child = spawn(process.execPath, [JAMMER, recording, output], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => {});
  const gone = new Promise((resolve) => child.on('exit', resolve));
  await new Promise((resolve) => {
    child.stdout.on('data', resolve);
    child.on('exit', resolve);
  });
  child.stdin.write(KITTY);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const sent = [];
  const began = performance.now();
  const timer = setInterval(() => {
    while (sent.length < ((performance.now() - began) / 1000) * eventsPerSecond) {
      sent.push(performance.now());
      child.stdin.write(sequenceOf(sent.length - 1));
    }
  }, 5);
  await new Promise((resolve) => setTimeout(resolve, after * 1000));
  const killed = performance.now();
  child.kill('SIGKILL');
  clearInterval(timer);
  await gone;
  const log = existsSync(recording) ? decodeLog(readFileSync(recording, 'utf8')) : { entries: [], damaged: 0 };
  const heard = log.entries.filter(({ type }) => type === 'in').map(({ bytes }) => bytes.slice(0, 4));
  const right = heard.findIndex((bytes, k) => bytes !== bytesOf(k));
  const recovered = right < 0 ? heard.length : right;
  const due = sent.filter((time) => time <= killed - grace * 1000).length;
  return { sent: sent.length, recovered, lost: Math.max(0, due - recovered), damaged: log.damaged, recording };
}
