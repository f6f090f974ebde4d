// mst help env: the environment variables mst heeds. (`mst help COMMAND` is `mst COMMAND --help`; see arguments.ts.)

import { type CommandGroup, defineCommand } from '../command.js';
import { variables } from '../environment.js';

const env = defineCommand({
  name: 'env',
  usage: '',
  describe: 'List the environment variables mst heeds, and what they are set to',
  async run({ output, environment }) {
    const rows = Object.entries(variables).map(([name, describe]) => {
      const value = environment.values[name as keyof typeof variables];
      return { name, describe, value: value ?? null };
    });
    const text = rows
      .flatMap(({ name, describe, value }) => [name, `  ${describe}`, `  ${value === null ? 'not set' : `now: ${value}`}`])
      .join('\n');
    output.result(rows, text);
  },
});

export const helpCommand: CommandGroup = {
  name: 'help',
  describe: 'Explain a command, or the environment variables (env)',
  commands: [env],
};
