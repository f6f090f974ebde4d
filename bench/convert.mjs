// Step 2 on a folder of music, reading and writing files as mst does: files and megabytes a second with one worker thread and more, after a
// round to get warm. Where other programs keep the cores busy, files per second of CPU time say more than those per second of the clock.
// run: npm run bench -- convert FOLDER [--copies 4] [--jobs 1,2] [--rounds 3]
// The first three steps as commands on generated MIDI files: time, and the most memory each had.
// run: npm run bench -- convert --generated 20000 [--seed 1] [--config lookback_rnn]
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { convert } from '../dist/pipeline/convert/convert.js';
import { isMusic } from '../dist/pipeline/music-kinds.js';
import { silent } from '../dist/pipeline/progress.js';
import { load, machine } from './support/figures.mjs';
import { writeSmallSongs } from './support/small-songs.mjs';

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    copies: { type: 'string', default: '4' },
    jobs: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '3' },
    generated: { type: 'string' },
    seed: { type: 'string', default: '1' },
    config: { type: 'string', default: 'lookback_rnn' },
  },
});
const [source] = positionals;
if ((source === undefined) === (values.generated === undefined)) {
  console.error('usage: npm run bench -- convert FOLDER [--copies 4] [--jobs 1,2] [--rounds 3], or --generated COUNT');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'mst-convert-'));
console.log(machine());
try {
  if (source === undefined) runCommands(Number(values.generated));
  else await runStep();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function runStep() {
  const names = readdirSync(source, { recursive: true }).filter((name) => isMusic(name) && statSync(join(source, name)).isFile());
  const copies = Number(values.copies);
  let bytes = 0;
  for (let copy = 0; copy < copies; copy++) {
    for (const name of names) {
      const to = join(folder, 'midi', String(copy), name);
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(join(source, name), to);
      bytes += statSync(to).size;
    }
  }
  const files = names.length * copies;
  console.log(`${source}: ${names.length} files, ${copies} times; ${(bytes / 1e6).toFixed(1)} MB`);
  const best = new Map();
  for (const jobs of values.jobs.split(',').map(Number)) {
    for (let round = 0; round <= Number(values.rounds); round++) {
      const cpu = process.cpuUsage();
      const began = performance.now();
      const signal = new AbortController().signal;
      const { summary } = await convert({ directory: folder, artist: 'bench' }, { progress: silent, signal, force: true, jobs });
      const seconds = (performance.now() - began) / 1000;
      const { user, system } = process.cpuUsage(cpu);
      if (round === 0) continue;
      const rate = files / seconds;
      best.set(jobs, Math.max(best.get(jobs) ?? 0, rate));
      console.log(
        `  ${jobs} ${jobs === 1 ? 'worker ' : 'workers'}  ${rate.toFixed(0)} files/s, ${(bytes / 1e6 / seconds).toFixed(1)} MB/s; ` +
          `${(files / ((user + system) / 1e6)).toFixed(0)} files per second of CPU time, ${((user + system) / 1e6 / seconds).toFixed(2)} cores busy; ` +
          `${summary.ok + summary.warning} read, ${load()}`,
      );
    }
  }
  const [first, ...others] = best;
  for (const [jobs, rate] of others) {
    console.log(`  ${jobs} workers to ${first[0]}, best rounds: ${(rate / first[1]).toFixed(2)} times`);
  }
}

function runCommands(count) {
  const bytes = writeSmallSongs(join(folder, 'songs'), count, Number(values.seed));
  console.log(`${count} generated MIDI files, ${(bytes / 1e6).toFixed(1)} MB`);
  const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
  const report = new URL('support/report-peak.mjs', import.meta.url).href;
  for (const args of [
    ['fetch', join(folder, 'songs'), '--artist', 'g'],
    ['convert', 'g'],
    ['examples', 'g', '--config', values.config],
    ['examples', 'g', '--config', values.config],
  ]) {
    const peak = join(folder, 'peak.json');
    const began = performance.now();
    const { status, stderr } = spawnSync(process.execPath, ['--import', report, main, ...args, '--home', folder, '--json'], {
      env: { ...process.env, MST_BENCH_PEAK: peak },
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0) throw new Error(`mst ${args.join(' ')} ended with ${status}: ${stderr}`);
    const seconds = (performance.now() - began) / 1000;
    const { megabytes, cpuSeconds } = JSON.parse(readFileSync(peak, 'utf8'));
    console.log(
      `  mst ${args[0].padEnd(8)}  ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of CPU time; at most ${megabytes.toFixed(0)} MB resident; ${load()}`,
    );
  }
}
