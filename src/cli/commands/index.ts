// Every command, in the order in which help shows them. A command's module is light; what it works with is imported when it runs.

import type { Command, CommandGroup } from '../command.js';
import { datasetsCommand } from './datasets.js';
import { demoCommand } from './demo.js';
import { doctorCommand } from './doctor.js';
import { fetchCommand } from './fetch.js';
import { generateCommand } from './generate.js';
import { helpCommand } from './help.js';
import { modelsCommand } from './models.js';
import { plotCommand } from './plot.js';
import { renderCommand } from './render.js';
import { serveCommand } from './serve.js';
import { sessionCommand } from './session.js';
import { shareCommand } from './share.js';
import { convertCommand, evaluateCommand, examplesCommand, exportCommand, fitCommand } from './steps.js';
import { trainCommand } from './train.js';

export const commands: readonly (Command | CommandGroup)[] = [
  trainCommand,
  generateCommand,
  sessionCommand,
  serveCommand,
  renderCommand,
  shareCommand,
  plotCommand,
  modelsCommand,
  datasetsCommand,
  demoCommand,
  doctorCommand,
  fetchCommand,
  convertCommand,
  examplesCommand,
  fitCommand,
  evaluateCommand,
  exportCommand,
  helpCommand,
];
