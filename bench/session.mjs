// How a session keeps time. 100 turns of 1 bar at 240 qpm, each a fresh call, played from a MIDI file and answered by the starter model: how
// far each answer's first note, as the clock thread sent it, is from its beat, idle and with both cores busy with other work.
// run: npm run bench -- session          (about 7 minutes; --turns 20: fewer turns)
//      npm run bench -- session --start  how long the bin takes until a first note can be played
//      npm run bench -- session --kill 50  what is left of a dense session after SIGKILL
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Random } from '../dist/core/random.js';
import { decodeLog } from '../dist/jam/log/log.js';
import { createNoteSequence } from '../dist/music/note-sequence.js';
import { noteSequenceToMidi } from '../dist/music/note-sequence-to-midi.js';
import { killJam } from '../test/session/support/killed-jam.mjs';
import { beside, CASES } from './support/busy.mjs';
import { load, machine, quantile } from './support/figures.mjs';

const { values } = parseArgs({
  options: {
    turns: { type: 'string', default: '100' },
    start: { type: 'boolean' },
    kill: { type: 'string' },
    runs: { type: 'string', default: '9' },
  },
});
const BIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const QPM = 240;
const folder = mkdtempSync(join(tmpdir(), 'mst-session-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** The bin plays a session; its talk goes line by line to `hear`. */
function session(args, hear = () => {}) {
  const child = spawn(process.execPath, [BIN, 'session', '--model', 'folk', '--no-ui', '--sound', 'off', '--home', folder, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.setEncoding('utf8').on('data', (text) => hear(text, child));
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
}

/** A call of one bar for every other bar: eighths of C major, other ones each time. */
function writeCalls(path, turns) {
  const random = new Random(5);
  const bar = (4 * 60) / QPM;
  const scale = [60, 62, 64, 65, 67, 69, 71, 72];
  const notes = Array.from({ length: turns * 8 }, (_, k) => {
    const startTime = Math.floor(k / 8) * 2 * bar + ((k % 8) * bar) / 8;
    return {
      pitch: scale[Math.floor(random.uniform() * 8)],
      velocity: 80,
      startTime,
      endTime: startTime + bar / 10,
      instrument: 0,
      program: 0,
      isDrum: false,
    };
  });
  const totalTime = notes.at(-1).endTime;
  writeFileSync(path, noteSequenceToMidi(createNoteSequence({ ticksPerQuarter: 480, tempos: [{ time: 0, qpm: QPM }], notes, totalTime })));
}

async function measureTurns() {
  const turns = Number(values.turns);
  const calls = join(folder, 'calls.mid');
  writeCalls(calls, turns);
  console.log(`${machine()}\n${turns} turns of 1 bar at ${QPM} qpm, answered by the starter model`);
  for (const { name, threads, median, p99 } of CASES) {
    const record = join(folder, `${name}.jsonl`);
    const sound = join(folder, `${name}.raw`);
    writeFileSync(sound, '');
    const play = ['--input', calls, '--lengths', '1+1', '--qpm', String(QPM), '--record', record, '--output', sound, '--seed', '1'];
    const code = await beside(threads, () => session(play));
    const { entries } = decodeLog(readFileSync(record, 'utf8'));
    const begun = entries.filter(({ type, whose }) => type === 'turn' && whose === 'model');
    const offsets = begun.flatMap(({ turn, t }) => {
      const sent = entries.find((entry) => entry.type === 'sent' && entry.turn === turn);
      return sent === undefined ? [] : [(sent.actual - t) / 1000];
    });
    const late = entries.filter(({ type }) => type === 'late').reduce((sum, { notes }) => sum + notes, 0);
    const made = entries.flatMap((entry) => (entry.type === 'reply' && entry.generation !== null ? [entry.generation / 1000] : []));
    const size = offsets.map(Math.abs);
    const missed = turns - offsets.length;
    const reached = code === 0 && missed === 0 && quantile(size, 0.5) < median && quantile(size, 0.99) < p99;
    console.log(
      `${name} (${load()}): first note ${quantile(size, 0.5).toFixed(3)} ms from its beat at the median, ` +
        `${quantile(size, 0.99).toFixed(2)} ms at 99%, ${Math.max(...size).toFixed(2)} ms at worst; ${missed} of ${turns} missed, ` +
        `${late} later notes left out; answers made in ${quantile(made, 0.5).toFixed(0)} ms (99%: ${quantile(made, 0.99).toFixed(0)} ms); ` +
        `at most ${median} and ${p99} ms wanted: ${reached ? 'reached' : 'not reached'}`,
    );
  }
}

async function measureStart() {
  const times = [];
  const bare = [];
  for (let run = 0; run < Number(values.runs); run++) {
    const nothing = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    const began = performance.now();
    bare.push(began - nothing);
    let ready;
    await session(['--turns', 'solo', '--record', join(folder, `${run}.jsonl`)], (text, child) => {
      if (ready !== undefined || !text.includes('Ready')) return;
      ready = performance.now() - began;
      child.kill('SIGINT');
    });
    times.push(ready);
  }
  console.log(machine());
  console.log(
    `ready for the first note after ${quantile(times, 0.5).toFixed(0)} ms at the median of ${times.length} starts, ` +
      `${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)} ms; under 400 wanted\n` +
      `(at the same time, Node alone needed ${quantile(bare, 0.5).toFixed(0)} ms to start and end)`,
  );
}

async function measureKills() {
  const random = new Random(7);
  const losses = [];
  for (let run = 0; run < Number(values.kill); run++) {
    const { sent, recovered, lost } = await killJam(join(folder, `kill-${run}`), {
      after: 0.3 + 4 * random.uniform(),
      eventsPerSecond: 20,
    });
    losses.push(lost);
    console.log(`  ${run + 1}: ${sent} events sent, ${recovered} recovered, ${lost} of those sent 250 ms before lost`);
  }
  console.log(`${losses.filter((lost) => lost === 0).length} of ${losses.length} kills lost nothing that was sent 250 ms before`);
}

if (values.start) await measureStart();
else if (values.kill !== undefined) await measureKills();
else await measureTurns();
