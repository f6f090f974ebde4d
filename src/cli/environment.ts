// The environment variables mst heeds, with their help text, and what they say of the terminal. Nothing else in mst looks at any.

import { delimiter } from 'node:path';

/** Every variable and what it does, as `mst --help` and `mst help env` print it. */
export const variables = {
  MST_HOME: 'Folder that holds datasets/, checkpoints/ and sessions/; --home goes before it.',
  MST_MODELS: `More folders to look models and corpora up in, separated by "${delimiter}"; never written to.`,
  MAGENTA_MODEL: 'Model that is used when a command is given none.',
  MST_SOUNDFONT: 'Soundfont that music is played with when --soundfont does not say: a path, or the name of an installed one.',
  NO_COLOR: 'Set to anything, it turns colours off.',
  MST_DEBUG: 'Set to 1, an unexpected error is printed with the place it happened at.',
} as const;

export interface Environment {
  readonly home: string | undefined;
  readonly modelFolders: readonly string[];
  readonly defaultModel: string | undefined;
  readonly soundFont: string | undefined;
  readonly color: boolean;
  readonly debug: boolean;
  /** What kind of terminal it is, and the locale of its characters, as the system says; '' where it does not. */
  readonly terminal: { readonly term: string; readonly locale: string };
  /** Every variable as it is set; those that are not are absent. */
  readonly values: Readonly<Partial<Record<keyof typeof variables, string>>>;
}

/** Reads the variables; an empty one counts as not set. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const value = (name: keyof typeof variables): string | undefined => (env[name] === '' ? undefined : env[name]);
  return {
    home: value('MST_HOME'),
    modelFolders: (value('MST_MODELS') ?? '').split(delimiter).filter((folder) => folder !== ''),
    defaultModel: value('MAGENTA_MODEL'),
    soundFont: value('MST_SOUNDFONT'),
    color: value('NO_COLOR') === undefined && env.TERM !== 'dumb',
    debug: value('MST_DEBUG') === '1',
    terminal: { term: env.TERM ?? '', locale: env.LC_ALL || env.LC_CTYPE || env.LANG || '' },
    values: Object.fromEntries(
      Object.keys(variables).flatMap((name) => {
        const set = value(name as keyof typeof variables);
        return set === undefined ? [] : [[name, set]];
      }),
    ),
  };
}
