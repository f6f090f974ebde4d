// Worker thread of bench/mutate.mjs: damages and reads files seed by seed, and says in shared memory which one is in hand.
import { parentPort, workerData } from 'node:worker_threads';
import { MstError } from '../../dist/core/errors.js';
import { encodeNoteSequence } from '../../dist/records/note-sequence.js';
import { formats, mutant, readSeeds } from './mutants.mjs';

const { format, folder, from, to, shared } = workerData;
const { read } = formats[format];
const seeds = readSeeds(format, folder);
/** What an encoded result may have at most: so many bytes, and for each byte of the file. */
const [SPARE_BYTES, BYTES_PER_BYTE] = [4_000_000, 1000];
const REPORT_EVERY = 1000;

let longest = { milliseconds: 0, seed: from };
let refusals = new Map();

function report(more) {
  parentPort.postMessage({ longest, refusals, ...more });
  refusals = new Map();
}

shared[3] = 1;
for (let seed = from; seed < to; seed++) {
  shared[0] = seed;
  const bytes = mutant(format, seeds, seed);
  const start = performance.now();
  try {
    const size = (await read(bytes)).reduce((sum, sequence) => sum + encodeNoteSequence(sequence).length, 0);
    if (size > SPARE_BYTES + BYTES_PER_BYTE * bytes.length) throw new Error(`${bytes.length} bytes became ${size}`);
    shared[1]++;
  } catch (error) {
    if (!(error instanceof MstError)) {
      report({ crash: error.stack });
      break;
    }
    shared[2]++;
    const what = error.message
      .slice(0, 160)
      .replace(/"[^"]*"/g, '"…"')
      .replace(/\d+/g, 'N');
    refusals.set(what, (refusals.get(what) ?? 0) + 1);
  }
  const milliseconds = performance.now() - start;
  if (milliseconds > longest.milliseconds) longest = { milliseconds, seed };
  if (seed % REPORT_EVERY === 0) report({});
}
report({ done: true });
