// Worker thread of step 2: converts a handful of files at a time.

import { type ConvertedFile, type ConvertTask, convertFile } from './convert-file.js';
import { serveTasks } from './worker.js';

serveTasks(async (tasks: readonly ConvertTask[]) => {
  const converted: ConvertedFile[] = [];
  for (const task of tasks) converted.push(await convertFile(task));
  return converted;
});
