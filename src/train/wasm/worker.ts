// A training thread: takes part in every step until the leader stops the team.

import { workerData } from 'node:worker_threads';
import { Team } from '../../kernels/team.js';
import { KernelThread } from '../../kernels/thread.js';
import type { Assignment } from './threads.js';

const { module, memory, layout, thread } = workerData as Assignment;
const team = new Team(memory.buffer, layout);
try {
  team.follow(new KernelThread(module, memory, layout, thread), thread);
} catch (error) {
  team.abandon(thread);
  throw error;
}
