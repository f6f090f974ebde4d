// Worker thread of step 2: converts a handful of files at a time.

import { type ConvertTask, convertFile } from './convert-file.js';
import { serveTasks } from './worker.js';

serveTasks((tasks: readonly ConvertTask[]) => tasks.map(convertFile));
