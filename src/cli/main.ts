#!/usr/bin/env node
// The command mst: ties one run of the program to this process. The only place that exits.

import { Console } from 'node:console';
import { MstError } from '../core/errors.js';

const args = process.argv.slice(2);
if (playsLive(args)) {
  // What takes longest starts first: the rest of this program is read meanwhile.
  const { startAhead } = await import('../session/models/head-start.js');
  startAhead();
}
const { commands } = await import('./commands/index.js');
const { readEnvironment } = await import('./environment.js');
const { exitCodes, explained, openOutput, runProgram } = await import('./program.js');
const interruption = new AbortController();
const host = {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  current: process.cwd(),
  clock: Date.now,
  signal: interruption.signal,
};

// What packages say on their own is talk: stdout is for results.
globalThis.console = new Console(process.stderr, process.stderr);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) process.exit(exitCodes.interrupted);
    interruption.abort(new MstError('interrupted', 'Interrupted.'));
  });
}
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read our output may have had enough of it, as in `mst models ls | head -1`.
    if (error.code !== 'EPIPE') fail(error);
  });
}
process.on('uncaughtException', fail);

const code = await runProgram(args, commands, host);
for (const stream of [process.stdout, process.stderr]) {
  if (stream.writable) await new Promise<void>((resolve) => stream.write('', () => resolve()));
}
process.exit(code);

function fail(error: unknown): never {
  openOutput(args, host).error(explained(error), { debug: readEnvironment(process.env).debug });
  process.exit(exitCodes.failure);
}

/** Whether models will be needed as soon as may be: `mst session` with options, and none that sounds nothing. */
function playsLive([command, ...others]: readonly string[]): boolean {
  const quiet = ['--help', '--simulate', '--list-ports', '--tap-test'];
  return command === 'session' && others.every((arg, index) => !quiet.includes(arg) && (index > 0 || arg.startsWith('-')));
}
