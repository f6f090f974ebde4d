// Worker thread of step 3: searches or encodes a handful of songs at a time, or gets them ready to be shown.

import { type EncodeTask, encodeMelodies, type MagentaTask, magentaExamples, type SearchTask, searchSongs } from './examples-file.js';
import { type ExplainTask, explainSongs } from './explain-file.js';
import { serveTasks } from './worker.js';

serveTasks((task: SearchTask | EncodeTask | MagentaTask | ExplainTask) => {
  if (task.kind === 'search') return searchSongs(task);
  if (task.kind === 'explain') return explainSongs(task);
  return task.kind === 'encode' ? encodeMelodies(task) : magentaExamples(task);
});
