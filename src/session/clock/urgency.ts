// Asks the system to run the calling thread before others. What a system grants, and whether, differs; nothing depends on it but precision.

import { spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { platform } from 'node:process';

/** How long the asking may take, in milliseconds. */
const PATIENCE_MS = 500;

/**
 * Makes the calling thread as urgent as the system lets us: on Linux, real-time round robin of the lowest rank, which goes before all
 * ordinary work (users who may make music usually have the right to it), or else a raised priority.
 */
export function becomeUrgent(): void {
  if (platform === 'linux' && becomeRealTime()) return;
  try {
    setPriority(constants.priority.PRIORITY_HIGH);
  } catch {
    // Not allowed: then it is as urgent as everything else.
  }
}

function becomeRealTime(): boolean {
  try {
    const thread = readlinkSync('/proc/thread-self').split('/').at(-1) ?? '';
    // Reset on fork: whatever this thread may start is ordinary again.
    return spawnSync('chrt', ['--reset-on-fork', '--rr', '--pid', '1', thread], { stdio: 'ignore', timeout: PATIENCE_MS }).status === 0;
  } catch {
    return false;
  }
}

/** Whether this user may have real-time threads; asked with a process that does nothing. */
export function mayBeRealTime(): boolean {
  return platform === 'linux' && spawnSync('chrt', ['--rr', '1', 'true'], { stdio: 'ignore', timeout: PATIENCE_MS }).status === 0;
}
