// Worker thread of step 3: searches or encodes a handful of songs at a time, or gets them ready to be shown.

import { type Answer, serveTasks } from '../worker.js';
import { type ExplainTask, explainSongs } from './explained-music.js';
import { type EncodeTask, encodeMelodies, type MagentaTask, magentaExamples, type SearchTask, searchSongs } from './songs.js';

/** What a task made, and the bytes of it that are handed over. */
function answer(task: SearchTask | EncodeTask | MagentaTask | ExplainTask): Answer {
  if (task.kind === 'search') return { made: searchSongs(task), given: [] };
  if (task.kind === 'explain') return { made: explainSongs(task), given: [] };
  if (task.kind === 'encode') {
    const made = encodeMelodies(task);
    return { made, given: made.map(({ record }) => record.buffer) };
  }
  const made = magentaExamples(task);
  return { made, given: made.flatMap(({ records }) => records.map(({ buffer }) => buffer)) };
}

serveTasks(answer);
