// One run of mst from arguments to exit code, with everything it knows of the process passed in.

import { MstError } from '../core/errors.js';
import { storageError } from '../registry/files.js';
import { type Home, resolveHome } from '../registry/home.js';
import { packageVersion } from '../registry/package.js';
import { parseArguments } from './arguments.js';
import type { Command, CommandGroup, Context } from './command.js';
import { readEnvironment } from './environment.js';
import { type Mode, Output, type Stream } from './output.js';

/** The process, as far as mst needs it. */
export interface Host {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The current folder. */
  readonly current: string;
  readonly clock: () => number;
  /** Aborts with an MstError `interrupted` when the user interrupts. */
  readonly signal: AbortSignal;
}

/** Exit codes: all went well; it failed; the command line was wrong; the user interrupted. */
export const exitCodes = { success: 0, failure: 1, usage: 2, interrupted: 130 } as const;

/** Runs a command line and returns the exit code; nothing is thrown. */
export async function runProgram(args: readonly string[], commands: readonly (Command | CommandGroup)[], host: Host): Promise<number> {
  const environment = readEnvironment(host.env);
  const output = openOutput(args, host);
  let command: Command | undefined;
  host.signal.addEventListener('abort', () => output.note('Stopping. Ctrl-C again quits at once.'), { once: true });
  try {
    const request = await parseArguments(args, commands, { version: packageVersion(), width: Math.min(host.stdout.columns ?? 80, 110) });
    if (request.kind === 'print') {
      if (!request.asked && output.mode === 'json') throw new MstError('usage', 'Name a command.', { hint: 'See: mst --help' });
      host.stdout.write(`${request.text.trimEnd()}\n`);
      return exitCodes.success;
    }
    const { home: asked, seed, force } = request.values as { home?: string; seed?: number; force: boolean };
    let home: Home | undefined;
    const context: Context = {
      output,
      get home(): Home {
        home ??= resolveHome({ asked: asked ?? environment.home, current: host.current, shelves: environment.modelFolders });
        return home;
      },
      current: host.current,
      seed,
      force,
      signal: host.signal,
      clock: host.clock,
      environment,
    };
    command = request.command;
    await command.run(context, request.values);
    return exitCodes.success;
  } catch (error) {
    const known = withWayOn(explained(error), command);
    if (known instanceof CommandFailed) return exitCodes.failure;
    output.error(known, { debug: environment.debug });
    return exitCodeOf(known);
  }
}

/** An interruption that says nothing more says what the command has to say of it. */
function withWayOn(error: unknown, command: Command | undefined): unknown {
  const bare = error instanceof MstError && error.code === 'interrupted' && error.hint === undefined;
  return bare ? new MstError('interrupted', error.message, { hint: command?.whenInterrupted }) : error;
}

/** The sink for a command line's output. */
export function openOutput(args: readonly string[], { stdout, stderr, env }: Pick<Host, 'stdout' | 'stderr' | 'env'>): Output {
  return new Output({ stdout, stderr, mode: modeOf(args), color: readEnvironment(env).color });
}

/** Thrown by a command whose result, already printed, says that something failed. */
export class CommandFailed extends Error {}

function exitCodeOf(error: unknown): number {
  if (!(error instanceof MstError)) return exitCodes.failure;
  if (error.code === 'usage') return exitCodes.usage;
  return error.code === 'interrupted' ? exitCodes.interrupted : exitCodes.failure;
}

/** The mode must be known before the arguments are checked, so that a wrong argument is reported in it. */
function modeOf(args: readonly string[]): Mode {
  const end = args.indexOf('--');
  const options = end < 0 ? args : args.slice(0, end);
  const has = (name: string): boolean => options.some((arg) => arg === `--${name}` || arg === `--${name}=true`);
  return has('json') ? 'json' : has('quiet') ? 'quiet' : 'human';
}

/** Errors of the system that a person can do something about, in a person's words. */
export function explained(error: unknown): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS';
  return error instanceof Error && !(error instanceof MstError) && full ? storageError(path ?? 'the output', error) : error;
}
