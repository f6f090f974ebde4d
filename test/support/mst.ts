// The built program `mst` in a process of its own.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface MstOptions {
  /** The folder it runs in. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with all of stderr so far; what it returns is sent as a signal. */
  readonly watch?: (stderr: string) => NodeJS.Signals | undefined;
}

/** Runs `mst ARGS` to its end. */
export function mst(args: readonly string[], { cwd, env = {}, watch }: MstOptions): Promise<Finished> {
  const { MST_HOME: _home, MST_MODELS: _models, MAGENTA_MODEL: _model, ...inherited } = process.env;
  const child = spawn(process.execPath, [program, ...args], { cwd, env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    const signal = watch?.(stderr);
    if (signal !== undefined) child.kill(signal);
  });
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr })));
}
