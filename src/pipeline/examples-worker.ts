// Worker thread of step 3: searches or encodes a handful of songs at a time.

import { type EncodeTask, encodeMelodies, type MagentaTask, magentaExamples, type SearchTask, searchSongs } from './examples-file.js';
import { serveTasks } from './worker.js';

serveTasks((task: SearchTask | EncodeTask | MagentaTask) => {
  if (task.kind === 'search') return searchSongs(task);
  return task.kind === 'encode' ? encodeMelodies(task) : magentaExamples(task);
});
