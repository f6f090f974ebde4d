// A PATH on which one fake player stands under the names asked for, and reading what it was given: 16-bit stereo at 44100 frames a second.

import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';
import { temporaryFolder } from '../../support/folder.js';

export const RATE = 44_100;
const SCRIPT = fileURLToPath(new URL('./fake-player.mjs', import.meta.url));

export interface FakeDeeds {
  readonly refuse?: string;
  readonly dieAfter?: number;
  readonly deafAfter?: number;
}

/** A folder with players, to be used as PATH. Gives it, and where they keep what they are given. */
export function fakePlayers(
  players: Readonly<Record<string, FakeDeeds>>,
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
): { path: string; folder: string } {
  const [path, folder] = [temporaryFolder({}, onTestFinished), temporaryFolder({}, onTestFinished)];
  for (const [name, deeds] of Object.entries(players)) {
    const file = join(path, name);
    const json = JSON.stringify({ folder, ...deeds });
    writeFileSync(file, `#!/bin/sh\nFAKE_PLAYER='${json}' exec '${process.execPath}' '${SCRIPT}' ${name} "$@"\n`);
    chmodSync(file, 0o755);
  }
  return { path, folder };
}

export interface HeardPlayer {
  readonly pid: number;
  /** The name it was called by. */
  readonly name: string;
  /** Left channel, full scale = 1. */
  readonly samples: Float32Array;
}

/** What each player that was started was given, in the order of process numbers. */
export function heardBy(folder: string): HeardPlayer[] {
  const pids = readdirSync(folder).flatMap((file) => (file.endsWith('.pcm') ? [Number(file.slice(0, -4))] : []));
  return pids
    .sort((a, b) => a - b)
    .map((pid) => {
      const bytes = readFileSync(join(folder, `${pid}.pcm`));
      const frames = Math.floor(bytes.length / 4);
      const samples = Float32Array.from({ length: frames }, (_, k) => bytes.readInt16LE(k * 4) / 32_768);
      const args = join(folder, `${pid}.args`);
      const [, name = ''] = existsSync(args) ? (JSON.parse(readFileSync(args, 'utf8')) as string[]) : [];
      return { pid, name, samples };
    });
}

/** Frames at which something begins after a tenth of a second of near silence. */
export function onsets(samples: Float32Array, level = 0.02): number[] {
  const found: number[] = [];
  let quiet = RATE;
  for (let frame = 0; frame < samples.length; frame++) {
    quiet++;
    if (Math.abs(samples[frame] as number) < level) continue;
    if (quiet > RATE / 10) found.push(frame);
    quiet = 0;
  }
  return found;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
