import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.js';
import { type Command, type CommandGroup, defineCommand, isGroup, type Options } from '../../src/cli/command.js';
import { commands as allCommands } from '../../src/cli/commands/index.js';
import { optionsSaid } from '../../src/cli/values.js';

const make = defineCommand({
  name: 'make',
  usage: 'FILE [OUT]',
  describe: 'Makes',
  positionals: { file: { describe: 'A file', required: true }, out: { describe: 'Another' } },
  options: {
    num_outputs: { type: 'integer', describe: 'How many', min: 1, max: 10, default: 3 },
    temperature: { type: 'number', describe: 'How wild', min: 0 },
    'output-dir': { type: 'text', describe: 'Where' },
    config: { type: 'text', choices: ['basic_rnn', 'mono_rnn'], describe: 'Which', default: 'basic_rnn' },
    scale: { type: 'text', choices: ['major', 'minor', 'dorian'], describe: 'In what', group: 'Notes' },
    hparams: { type: 'text', default: '', describe: 'More' },
    loud: { type: 'flag', describe: 'Louder' },
  },
  examples: [['mst make x', 'Makes x']],
  async run() {},
});
const needy = defineCommand({
  name: 'needy',
  usage: 'PATH… --artist NAME',
  describe: 'Needs',
  positionals: { path: { describe: 'Paths', many: true, required: true } },
  options: { artist: { type: 'text', describe: 'Who', required: true } },
  async run() {},
});
const group: CommandGroup = { name: 'things', describe: 'Things', commands: [needy, make] };
const itself: CommandGroup = { name: 'song', describe: 'Songs', itself: make, commands: [needy] };
const commands: (Command | CommandGroup)[] = [make, needy, group, itself];
const about = { version: '1.2.3', width: 80 };

async function values(...args: string[]): Promise<Record<string, unknown>> {
  const request = await parseArguments(args, commands, about);
  if (request.kind !== 'run') throw new Error(`printed ${request.text}`);
  return { ...request.values, command: request.command.name };
}

describe('parseArguments', () => {
  it('gives every declared value its type, or its default', async () => {
    expect(await values('make', '007', '--temperature', '.5', '--loud')).toEqual({
      command: 'make', file: '007', out: undefined, num_outputs: 3, temperature: 0.5, 'output-dir': undefined, config: 'basic_rnn',
      scale: undefined, hparams: '', loud: true,
      home: undefined, seed: undefined, force: false, json: false, quiet: false,
    }); // biome-ignore format: a table
  });

  it.each([
    [['--num_outputs', '4', '--output-dir', 'd']],
    [['--num-outputs=4', '--output_dir=d']],
    [['--num_outputs', '9', '--num-outputs', '4', '--output_dir', 'x', '--output-dir', 'd']],
  ])('understands %j: both spellings, the last one counts', async (args) => {
    expect(await values('make', 'x', ...args)).toMatchObject({ num_outputs: 4, 'output-dir': 'd' });
  });

  it('takes options anywhere, negative numbers, and what follows -- as it is', async () => {
    expect(await values('--seed', '5', 'make', '--force', 'a', '--', '--num-outputs')).toMatchObject({
      seed: 5,
      force: true,
      file: 'a',
      out: '--num-outputs',
    });
    expect(await values('needy', 'a', 'b', '--artist', 'x', 'c')).toMatchObject({ path: ['a', 'b', 'c'], artist: 'x' });
    expect(await values('things', 'make', 'a', '--temperature', '1e-3')).toMatchObject({ file: 'a', temperature: 0.001 });
    await expect(values('make', 'a', '--temperature', '-1')).rejects.toMatchObject({
      message: '--temperature takes a number of at least 0, not "-1".',
    });
  });

  it.each([
    [['mkae'], 'There is no command "mst mkae".', 'Did you mean: mst make'],
    [['xyzzy'], 'There is no command "mst xyzzy".', /mst --help/],
    [['things', 'nedy'], 'There is no command "mst things nedy".', 'Did you mean: mst things needy'],
    [['make', 'x', '--temprature', '1'], 'make has no option --temprature.', 'Did you mean --temperature?'],
    [['make', 'x', '--num-output', '1'], 'make has no option --num-output.', 'Did you mean --num_outputs?'],
    [['make', 'x', '--artist', 'y'], 'make has no option --artist.', /make --help/],
    [['make', 'x', '-q'], 'make has no option -q.', /make --help/],
    [['make', 'x', '--no-loud'], 'make has no option --no-loud.', /make --help/],
    [['make', 'x', '--loud=very'], '--loud is either there or not, not "very".', /mst --help/],
    [['make', 'a', 'b', 'c'], 'make does not know what to do with "c".', 'Usage: mst make FILE [OUT]'],
    [['make'], 'make needs FILE: A file.', 'Usage: mst make FILE [OUT]'],
    [['things', 'needy', 'a'], 'things needy needs --artist: Who.', 'Usage: mst things needy PATH… --artist NAME'],
    [['needy', 'a', '--artist'], '--artist needs a value.', 'See: mst needy --help'],
    [['things', 'needy', 'a', '--artist'], '--artist needs a value.', 'See: mst things needy --help'],
    [['make', 'x', '--config', 'rnn'], '--config takes basic_rnn or mono_rnn, not "rnn".', /make --help/],
    [['make', 'x', '--config', 'mono'], '--config takes basic_rnn or mono_rnn, not "mono".', /make --help/],
    [['make', 'x', '--config', 'mono_rn'], /^--config takes/, 'Did you mean --config mono_rnn?'],
    [['make', 'x', '--scale', 'x'], '--scale takes one of major, minor, dorian, not "x".', /make --help/],
    [['make', 'x', '--num_outputs', '1.5'], '--num_outputs takes a whole number from 1 to 10, not "1.5".', /make --help/],
    [['make', 'x', '--num_outputs', '11'], '--num_outputs takes a whole number from 1 to 10, not "11".', /make --help/],
    [['make', 'x', '--temperature', 'hot'], '--temperature takes a number of at least 0, not "hot".', /make --help/],
    [['make', 'x', '--temperature', ''], /takes a number/, /make --help/],
    [['make', 'x', '--temperature', '0x10'], /takes a number/, /make --help/],
    [['make', 'x', '--temperature', '1e999'], /takes a number/, /make --help/],
    [['make', 'x', '--seed', '9007199254740993'], /--seed takes a whole number/, /make --help/],
  ])('refuses %j', async (args, message, hint) => {
    const like = (expected: string | RegExp) => (typeof expected === 'string' ? expected : expect.stringMatching(expected));
    await expect(values(...args)).rejects.toMatchObject({ code: 'usage', message: like(message), hint: like(hint) });
  });

  it('prints help and the version when asked, and help when no command is named', async () => {
    const text = async (...args: string[]): Promise<string> => {
      const request = await parseArguments(args, commands, about);
      return request.kind === 'print' ? request.text : 'ran';
    };
    expect(await text('--version')).toBe('1.2.3');
    const help = await text('--help');
    for (const word of ['mst make', 'mst needy', 'mst things', '--home', '--json', 'MST_HOME', 'NO_COLOR']) expect(help).toContain(word);
    expect(await text()).toBe(help);
    const made = await text('make', '--help');
    for (const line of [
      'mst make FILE [OUT]',
      'Arguments:\n  FILE  A file\n  OUT   Another',
      '--num_outputs',
      '[default: 3]',
      '[basic_rnn | mono_rnn]',
      'Makes x',
    ])
      expect(made).toContain(line);
    expect(made).toMatch(/^Notes:\n +--scale /m);
    expect(made).not.toContain('[default: ]');
    const song = await text('song', '--help');
    expect(song).toMatch(/^mst song FILE \[OUT\]\n\nMakes\.\n\nArguments:\n {2}FILE {2}A file\n/);
    expect(song.match(/Songs/)).toBeNull();
    expect(song).toContain('mst song needy');
    expect(await text('things', 'needy', '--help')).toContain('[required]');
    expect(await text('things')).toBe(await text('things', '--help'));
    for (const printed of [help, made]) for (const line of printed.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe('optionsSaid', () => {
  it('says what was given as it is read again, and nothing else', async () => {
    const line = ['--output-dir', "Ann's songs", '--loud', '--temperature', '0', '--num_outputs', '3'];
    const said = optionsSaid(make.options, await values('make', 'x', ...line));
    expect(said).toEqual(['--temperature', '0', '--output-dir', "'Ann'\\''s songs'", '--loud']);
    const many: Options = { model: { type: 'texts', describe: 'Who' } };
    expect(optionsSaid(many, { model: ['a', 'b'] })).toEqual(['--model', 'a', '--model', 'b']);
    expect(optionsSaid(many, { model: [] })).toEqual([]);
  });
});

describe('the commands of mst', () => {
  const leaves = allCommands.flatMap((command) => (isGroup(command) ? command.commands : [command]));

  it('have help, and spell an option that several have in one way', () => {
    const spellings = new Map<string, string>();
    for (const { options, describe: text, positionals } of leaves) {
      for (const line of [text, ...Object.values({ ...options, ...positionals }).map((item) => item.describe)])
        expect(line).toMatch(/^\S.*[^.\s]$/);
      for (const name of Object.keys(options)) {
        const key = name.replaceAll('_', '-');
        expect(spellings.get(key) ?? name).toBe(name);
        spellings.set(key, name);
      }
    }
  });
});
