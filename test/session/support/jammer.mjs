// A session whose keys come from a pipe instead of a terminal, for tests that end it at any moment: says "ready", then plays what comes.
// run: node jammer.mjs RECORDING OUTPUT
import { setTimeout } from 'node:timers/promises';
import { playSession } from '../../../dist/session/session.js';
import { planSession } from '../../../dist/session/session-options.js';

const [file, output] = process.argv.slice(2);
const directory = new URL('../../../checkpoints/folk/model', import.meta.url).pathname;
const words = {
  model: ['folk'],
  mix: [],
  temperature: 1,
  takes: 3,
  turns: 'bars',
  lengths: '1+1',
  qpm: 240,
  metronome: 'on',
  input: ['keyboard'],
  wait: false,
  legato: false,
  output: [output],
  virtual: false,
  thru: true,
  'play-over': 'along',
  'model-channel': 1,
  'click-channel': 10,
  cc: [],
  simulate: false,
  sound: 'off',
};
const plan = planSession(words, {
  defaultModel: () => 'folk',
  findModel: (name) => ({ name, directory }),
  current: process.cwd(),
  seed: 1,
  hasKeyboard: true,
});
const keys = {
  isTTY: true,
  on: (event, listener) => process.stdin.on(event, listener),
  off: (event, listener) => process.stdin.off(event, listener),
  resume: () => process.stdin.resume(),
  pause: () => process.stdin.pause(),
};
const canvas = { isTTY: true, write: () => true, on: () => {}, off: () => {} };
await playSession(plan, {
  keys,
  canvas,
  mortal: process,
  signal: new AbortController().signal,
  screen: false,
  style: { color: false, unicode: false },
  tell: (text) => console.log(text),
  warn: (text) => console.error(text),
  place: { path: file, replace: false },
  origin: { created: new Date().toISOString(), version: 'test' },
});
await setTimeout(0);
process.exit();
