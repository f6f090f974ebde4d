// What a command is: a plain object with a name, its options as data, and a function. It knows nothing of yargs, and loads what is heavy
// (the steps, TensorFlow.js) only when it runs.

import type { Home } from '../registry/home.js';
import type { Environment } from './environment.js';
import type { Output } from './output.js';

/** What every command is given. */
export interface Context {
  readonly output: Output;
  /** Where files are. Throws MstError when --home or MST_HOME is not a folder. */
  readonly home: Home;
  /** The folder the user is in; relative paths begin here. */
  readonly current: string;
  /** --seed, when given. */
  readonly seed: number | undefined;
  readonly force: boolean;
  /** Aborts with an MstError `interrupted` on the first Ctrl-C; a second one ends the process. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly environment: Environment;
}

interface Common {
  /** Help text; [default: …], [required] and choices are added. */
  readonly describe: string;
  /** Heading it stands under in the help; else "Options". */
  readonly group?: string;
}
/** An option's name is written as in Magenta where Magenta has it (num_outputs), else with dashes; both spellings are understood. */
export type Option =
  | (Common & { readonly type: 'flag' })
  /** A text that may be given more than once. */
  | (Common & { readonly type: 'texts' })
  | (Common & { readonly type: 'text'; readonly choices?: readonly string[]; readonly default?: string; readonly required?: true })
  | (Common & {
      readonly type: 'number' | 'integer';
      readonly min?: number;
      readonly max?: number;
      readonly default?: number;
      readonly required?: true;
    });
export type Options = Readonly<Record<string, Option>>;

/** Options that every command has. */
export const everywhere = {
  home: { type: 'text', describe: 'Folder that holds datasets/ and checkpoints/ (else MST_HOME, else where you are)' },
  seed: { type: 'integer', describe: 'Number that random decisions begin from; the same seed gives the same result', min: 0 },
  force: { type: 'flag', describe: 'Repeat what is done already, and overwrite' },
  json: { type: 'flag', describe: 'Print the result as one JSON document' },
  quiet: { type: 'flag', describe: 'Print nothing but errors' },
} as const satisfies Options;

/** Arguments without a name, in order; only the last may be `many`. */
export interface Positional {
  readonly describe: string;
  readonly many?: true;
  readonly required?: true;
}
export type Positionals = Readonly<Record<string, Positional>>;

type Kept<O, Value> = O extends { readonly required: true } | { readonly default: string | number } ? Value : Value | undefined;
type OptionValue<O> = O extends { readonly type: 'flag' }
  ? boolean
  : O extends { readonly type: 'texts' }
    ? readonly string[]
    : O extends { readonly type: 'text'; readonly choices: readonly (infer Choice)[] }
      ? Kept<O, Choice>
      : O extends { readonly type: 'text' }
        ? Kept<O, string>
        : Kept<O, number>;
type PositionalValue<P> = P extends { readonly many: true } ? readonly string[] : Kept<P, string>;

/** The values a command runs with, by the names it declares. */
export type Values<O extends Options, P extends Positionals> = { readonly [K in keyof O]: OptionValue<O[K]> } & {
  readonly [K in keyof P]: PositionalValue<P[K]>;
};

/** What to do after Ctrl-C in a command that goes on where it was. */
export const GO_ON = 'Run the same command again to go on.';

interface Definition<O extends Options, P extends Positionals> {
  readonly name: string;
  /** What follows the name in its usage line: 'PATH… --artist NAME'. */
  readonly usage: string;
  readonly describe: string;
  readonly positionals?: P;
  readonly options?: O;
  /** Command lines to show, each with what it does. */
  readonly examples?: readonly (readonly [string, string])[];
  /** The command line in mst's own words, where it may be in those of another program. @throws MstError `usage` */
  readonly respell?: (args: readonly string[]) => readonly string[];
  /** What to do after Ctrl-C, where there is anything to be said. */
  readonly whenInterrupted?: string;
  run(context: Context, values: Values<O, P>): Promise<void>;
}

export interface Command extends Omit<Definition<Options, Positionals>, 'run'> {
  readonly positionals: Positionals;
  readonly options: Options;
  run(context: Context, values: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Commands under one name, such as `mst models ls`. */
export interface CommandGroup {
  readonly name: string;
  readonly describe: string;
  /** What the name alone does, where it does something. */
  readonly itself?: Command;
  readonly commands: readonly Command[];
}

/**
 * Declares a command; the types of its values follow from its options.
 * @example defineCommand({ name: 'greet', usage: 'NAME', describe: 'Says hello', positionals: { name: { describe: 'Whom', required: true } },
 *   async run({ output }, { name }) { output.result({ hello: name }, `Hello, ${name}`); } })
 */
export function defineCommand<const O extends Options = Record<never, Option>, const P extends Positionals = Record<never, Positional>>(
  definition: Definition<O, P>,
): Command {
  return {
    ...definition,
    positionals: definition.positionals ?? {},
    options: definition.options ?? {},
    run: (context, values) => definition.run(context, values as Values<O, P>),
  };
}

export function isGroup(command: Command | CommandGroup): command is CommandGroup {
  return 'commands' in command;
}
