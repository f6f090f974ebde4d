// Worker thread of step 3: searches a handful of songs at a time.

import { type ExamplesTask, makeExamples } from './examples-file.js';
import { serveTasks } from './worker.js';

serveTasks((task: ExamplesTask) => makeExamples(task));
