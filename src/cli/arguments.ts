// From the command line to a command and its values, by yargs; every mistake becomes an MstError `usage` in mst's own words.

import yargs, { type Argv } from 'yargs';
import { MstError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import { type Command, type CommandGroup, everywhere, isGroup, type Option, type Options } from './command.js';
import { variables } from './environment.js';
import { checkValues } from './values.js';

/** What the command line asks for. */
export type Request =
  | { readonly kind: 'run'; readonly command: Command; readonly values: Readonly<Record<string, unknown>> }
  | { readonly kind: 'print'; readonly text: string /** Whether help was asked for. */; readonly asked: boolean };

/**
 * Reads the command line.
 * @param args without node and the script
 * @throws MstError `usage`
 */
export async function parseArguments(
  args: readonly string[],
  commands: readonly (Command | CommandGroup)[],
  { version, width }: { version: string; width: number },
): Promise<Request> {
  // `mst help train` is `mst train --help`.
  const asked =
    args[0] === 'help' && args[1] !== undefined && args[1] !== 'env' && !args[1].startsWith('-') ? [...args.slice(1), '--help'] : args;
  const spelled = canonical(respelled(asked, commands), commands);
  let chosen: { command: Command; path: string; values: Record<string, unknown> } | undefined;
  const parser = prepare(yargs([]), version, width);
  for (const command of commands) {
    if (isGroup(command)) {
      parser.command(command.name, command.describe, (inner) => {
        const { itself } = command;
        inner.usage(itself === undefined ? `$0 ${command.name} COMMAND\n\n${command.describe}.` : usageOf(itself, command.name));
        if (itself !== undefined) add(inner, itself, command.name, '$0');
        for (const leaf of command.commands) add(inner, leaf, `${command.name} ${leaf.name}`);
      });
    } else add(parser, command, command.name);
  }
  function usageOf(command: Command, path: string): string {
    return `$0 ${path} ${command.usage}\n\n${command.describe}.${argumentHelp(command, width)}`;
  }
  function add(to: Argv, command: Command, path: string, name = command.name): void {
    to.command(
      name,
      command.describe,
      (inner) => {
        // The usage of what a group does by itself is the group's: yargs would print both.
        if (name !== '$0') inner.usage(usageOf(command, path));
        declare(inner, command.options);
        for (const [option, { group = 'Options' }] of Object.entries(command.options)) inner.group(option, `${group}:`);
        inner.group(globals, 'Everywhere:');
        for (const [line, what] of command.examples ?? []) inner.example(line, what);
      },
      (values) => {
        chosen = { command, path, values };
      },
    );
  }

  const { error, words, output } = await parse(parser, spelled);
  if (error !== undefined) throw new MstError('usage', inOurWords(error), { hint: `See: mst ${named(words, commands)}--help` });
  if (output !== '') return { kind: 'print', text: output, asked: true };
  const [first, second] = words;
  const around = commands.filter(isGroup).find((group) => group.name === first && group.itself === chosen?.command);
  if (around !== undefined && second !== undefined) throw unknownCommand(second, around.commands, `mst ${around.name}`);
  if (chosen !== undefined)
    return { kind: 'run', command: chosen.command, values: checkValues(chosen.values, chosen.command, chosen.path) };
  const group = commands.filter(isGroup).find(({ name }) => name === words[0]);
  const unknown = words[group === undefined ? 0 : 1];
  if (unknown !== undefined) throw unknownCommand(unknown, group?.commands ?? commands, group === undefined ? 'mst' : `mst ${group.name}`);
  const help = await parse(parser, [...(group === undefined ? [] : [group.name]), '--help']);
  return { kind: 'print', text: help.output, asked: false };
}

const globals = [...Object.keys(everywhere), 'help', 'version'];

/** Where to begin, as the help without a command says it. */
const FIRST_STEPS = [
  ['mst demo', 'Hear what it does: it learns the folk tunes that come with it'],
  ['mst train --artist NAME FOLDER', 'Have it learn your music'],
  ['mst session --model NAME', 'Play with it; in a browser with mst serve'],
] as const;

function prepare(parser: Argv, version: string, width: number): Argv {
  parser
    .scriptName('mst')
    .locale('en')
    .parserConfiguration({
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'boolean-negation': false,
    })
    .usage(`$0 COMMAND\n\nTurns a folder of MIDI files into a musical partner.\n\nFirst steps:\n${indented(FIRST_STEPS, width)}`)
    .version(version)
    .describe('version', 'Print the version')
    .help()
    .describe('help', 'Print this help')
    .wrap(width)
    .exitProcess(false)
    .epilogue(`mst COMMAND --help says more of a command.\n\nEnvironment:\n${columns(Object.entries(variables), width)}`);
  declare(parser, everywhere);
  return parser.group(globals, 'Everywhere:');
}

function declare(parser: Argv, options: Options): void {
  for (const [name, option] of Object.entries(options)) {
    if (option.type === 'flag') parser.option(name, { type: 'boolean', describe: option.describe });
    else parser.option(name, { describe: describeOption(option), requiresArg: true });
  }
}

function describeOption(option: Exclude<Option, { type: 'flag' }>): string {
  const notes: string[] = [];
  if (option.type === 'text' && option.choices !== undefined) notes.push(`[${option.choices.join(' | ')}]`);
  if (option.type !== 'texts' && option.required) notes.push('[required]');
  if (option.type === 'texts') notes.push('[more than once]');
  else if (option.default !== undefined && option.default !== '') notes.push(`[default: ${option.default}]`);
  return [option.describe, ...notes].join(' ');
}

/** Stands for a space that yargs would trim, in what is given to it. */
const hardSpace = '\ue000';

function argumentHelp({ positionals }: Command, width: number): string {
  const rows = Object.entries(positionals).map(([name, { describe }]) => [name.toUpperCase(), describe] as const);
  return rows.length === 0 ? '' : `\n\nArguments:\n${indented(rows, width)}`;
}

/** Names and what they are, in two columns that stay as they are in a usage text. */
function indented(rows: readonly (readonly [string, string])[], width: number): string {
  return columns(rows, width).replace(/^ +/gm, (spaces) => hardSpace.repeat(spaces.length));
}

/** Names and what they are, in two columns. */
function columns(rows: readonly (readonly [string, string])[], width: number): string {
  const longest = Math.max(...rows.map(([name]) => name.length));
  return rows
    .map(([name, text]) => `  ${name.padEnd(longest)}  ${wrap(text, width - longest - 4).join(`\n${' '.repeat(longest + 4)}`)}`)
    .join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function respelled(args: readonly string[], commands: readonly (Command | CommandGroup)[]): readonly string[] {
  const named = commands.find(({ name }) => name === args[0]);
  const command = named && isGroup(named) ? (named.commands.find(({ name }) => name === args[1]) ?? named.itself) : named;
  return command?.respell?.(args) ?? args;
}

/**
 * --eval-ratio for --eval_ratio and the other way round: whichever spelling the command declares.
 * @throws MstError `usage` for a value given to an option that has none, which yargs would pass over
 */
function canonical(args: readonly string[], commands: readonly (Command | CommandGroup)[]): string[] {
  const leaves = commands.flatMap((command) =>
    isGroup(command) ? [...(command.itself ? [command.itself] : []), ...command.commands] : [command],
  );
  const known = [everywhere, ...leaves.map(({ options }) => options)].flatMap((options: Options) => Object.entries(options));
  const spelling = new Map(known.map(([name, option]) => [name.replaceAll('_', '-'), { name, option }]));
  const end = args.indexOf('--');
  return args.map((arg, index) => {
    const [, given, value] = arg.match(/^--([^=]+)(=.*)?$/s) ?? [];
    if (given === undefined || (end >= 0 && index > end)) return arg;
    const { name, option } = spelling.get(given.replaceAll('_', '-')) ?? { name: given };
    if (option?.type === 'flag' && value !== undefined && value !== '=true' && value !== '=false') {
      throw new MstError('usage', `--${name} is either there or not, not ${JSON.stringify(value.slice(1))}.`, { hint: 'See: mst --help' });
    }
    return `--${name}${value ?? ''}`;
  });
}

function parse(parser: Argv, args: readonly string[]): Promise<{ error: string | undefined; words: string[]; output: string }> {
  return new Promise((resolve) => {
    parser.parse([...args], {}, (error: Error | undefined | null, argv: { _: (string | number)[] }, output: string) => {
      resolve({ error: error?.message, words: argv._.map(String), output: error ? '' : output.replaceAll(hardSpace, ' ') });
    });
  });
}

/** The command that words name, with a space after it; nothing of none. */
function named([first, second]: readonly string[], commands: readonly (Command | CommandGroup)[]): string {
  const command = commands.find(({ name }) => name === first);
  if (command === undefined) return '';
  const leaf = isGroup(command) ? command.commands.find(({ name }) => name === second) : undefined;
  return leaf === undefined ? `${command.name} ` : `${command.name} ${leaf.name} `;
}

function inOurWords(message: string): string {
  const missing = message.match(/^Not enough arguments following: (.*)$/);
  return missing === null ? message : `--${missing[1]} needs a value.`;
}

function unknownCommand(word: string, commands: readonly { name: string }[], before: string): MstError {
  const near = nearest(
    word,
    commands.map(({ name }) => name),
  );
  return new MstError('usage', `There is no command "${before} ${word}".`, {
    hint: near === undefined ? `See which there are: ${before} --help` : `Did you mean: ${before} ${near}`,
  });
}
