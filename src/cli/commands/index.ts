// Every command, in the order in which help shows them. A command's module is light; what it works with is imported when it runs.

import type { Command, CommandGroup } from '../command.js';
import { doctorCommand } from './doctor.js';
import { fetchCommand } from './fetch.js';
import { modelsCommand } from './models.js';

export const commands: readonly (Command | CommandGroup)[] = [fetchCommand, modelsCommand, doctorCommand];
