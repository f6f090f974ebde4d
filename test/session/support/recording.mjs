// Records numbered lines as fast as it is told, and says each number before its line is recorded. run: node recording.mjs FILE LINES-A-SECOND
import { writeSync } from 'node:fs';
import { Recorder } from '../../../dist/session/recording/recorder.js';

const [path, rate] = process.argv.slice(2);
const recorder = new Recorder(
  { path, replace: false },
  {
    onTrouble: (error) => {
      throw error;
    },
  },
);
let number = 0;
const began = performance.now();
setInterval(() => {
  while (number < ((performance.now() - began) / 1000) * Number(rate)) {
    writeSync(1, `${number} ${Date.now()}\n`);
    recorder.add(JSON.stringify({ number: number++ }));
    if (number % 40 === 0) recorder.sync();
  }
}, 1);
