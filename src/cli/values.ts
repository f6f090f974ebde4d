// The values yargs found, checked against what a command declares.

import { MstError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import { quoted } from '../registry/home.js';
import { type Command, everywhere, type Option, type Options } from './command.js';

/**
 * The values of a command's arguments and options, each of its type.
 * @param path the command's whole name, such as "models ls"
 * @throws MstError `usage` for what is not declared, missing, or not of its type
 */
export function checkValues(raw: Readonly<Record<string, unknown>>, command: Command, path: string): Record<string, unknown> {
  const hint = `See: mst ${path} --help`;
  const usage = `Usage: mst ${path} ${command.usage}`;
  const options: Options = { ...command.options, ...everywhere };
  for (const name of Object.keys(raw)) {
    if (name === '_' || name === '$0' || Object.hasOwn(options, name)) continue;
    const near = nearest(name, Object.keys(options));
    throw new MstError('usage', `${path} has no option ${name.length === 1 ? '-' : '--'}${name}.`, {
      hint: near === undefined ? hint : `Did you mean --${near}?`,
    });
  }
  const values: Record<string, unknown> = {};
  const words = (raw._ as (string | number)[]).slice(path.split(' ').length).map(String);
  for (const [name, positional] of Object.entries(command.positionals)) {
    if (positional.required && words.length === 0) {
      throw new MstError('usage', `${path} needs ${name.toUpperCase()}: ${positional.describe}.`, { hint: usage });
    }
    values[name] = positional.many ? words.splice(0) : words.shift();
  }
  if (words.length > 0) throw new MstError('usage', `${path} does not know what to do with ${JSON.stringify(words[0])}.`, { hint: usage });
  for (const [name, option] of Object.entries(options)) {
    if (raw[name] === undefined && option.type !== 'flag' && option.type !== 'texts' && option.required) {
      throw new MstError('usage', `${path} needs --${name}: ${option.describe}.`, { hint: usage });
    }
    values[name] = checkValue(raw[name], name, option, hint);
  }
  return values;
}

/** Whether a value says anything that its option would not say by itself. */
export function isGiven(option: Option | undefined, value: unknown): boolean {
  const unsaid = option !== undefined && 'default' in option ? option.default : undefined;
  return value !== undefined && value !== false && value !== unsaid && !(Array.isArray(value) && value.length === 0);
}

/** Those of some options that were given, as they are said on a command line. */
export function optionsSaid(options: Options, values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(options).flatMap(([name, option]) => {
    const value = values[name];
    if (!isGiven(option, value)) return [];
    return option.type === 'flag' ? [`--${name}`] : [value].flat().flatMap((each) => [`--${name}`, quoted(String(each))]);
  });
}

function checkValue(all: unknown, name: string, option: Option, hint: string): unknown {
  if (option.type === 'texts') return all === undefined ? [] : [all].flat().map(String);
  // Of an option that is given twice, the last one counts.
  const given: unknown = Array.isArray(all) ? all.at(-1) : all;
  const wrong = (what: string, way = hint): MstError =>
    new MstError('usage', `--${name} ${what}, not ${JSON.stringify(given)}.`, { hint: way });
  if (option.type === 'flag') return given === true;
  if (given === undefined) return option.default;
  const text = String(given);
  if (option.type === 'text') {
    const { choices } = option;
    if (choices === undefined || choices.includes(text)) return text;
    const near = nearest(text, choices);
    throw wrong(
      `takes ${choices.length > 2 ? 'one of ' : ''}${choices.join(choices.length > 2 ? ', ' : ' or ')}`,
      near && `Did you mean --${name} ${near}?`,
    );
  }
  const value = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  const whole = option.type === 'integer';
  const { min = whole ? Number.MIN_SAFE_INTEGER : -Number.MAX_VALUE, max = whole ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE } = option;
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  throw wrong(`takes ${whole ? 'a whole number' : 'a number'}${range(option)}`);
}

function range({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}
