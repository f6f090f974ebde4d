// A training thread: works on one memory after another, each until the leader stops the team.

import { parentPort } from 'node:worker_threads';
import { Team } from '../../kernels/team.js';
import { KernelThread } from '../../kernels/thread.js';
import type { Assignment } from './threads.js';

parentPort?.on('message', ({ module, memory, layout, thread }: Assignment) => {
  const team = new Team(memory.buffer, layout);
  try {
    team.follow(new KernelThread(module, memory, layout, thread), thread);
  } catch (error) {
    team.abandon(thread);
    throw error;
  }
});
