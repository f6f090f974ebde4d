// Where a command that turns files into files writes: beside each input unless told otherwise, and over nothing unless told to.

import { existsSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { MstError } from '../../core/errors.js';

export interface Planned {
  readonly input: string;
  readonly output: string;
  /** The ending of the output, in small letters, without a dot. */
  readonly format: string;
}

/**
 * The output of every input: `out` for a single one, else the input's name with another ending, in `outputDir` or beside it.
 * @param formats endings that can be written, the first unless `format` or the ending of `out` says otherwise
 * @throws MstError `usage` for choices that contradict each other, `exists` when a file is there and `force` is false
 */
export function planOutputs(
  inputs: readonly string[],
  {
    out,
    outputDir,
    format,
    formats,
    current,
    force,
  }: {
    out: string | undefined;
    outputDir: string | undefined;
    format: string | undefined;
    formats: readonly [string, ...string[]];
    current: string;
    force: boolean;
  },
): Planned[] {
  if (out !== undefined && outputDir !== undefined) {
    throw new MstError('usage', '--out and --output-dir were both given.', { hint: 'Give one of them.' });
  }
  if (out !== undefined && inputs.length > 1) {
    throw new MstError('usage', `--out names one file, and there are ${inputs.length} to make.`, { hint: 'Use --output-dir instead.' });
  }
  const planned = inputs.map((given) => {
    const input = resolve(current, given);
    if (out !== undefined) return { input, output: resolve(current, out), format: formatOf(out, format, formats) };
    const chosen = format ?? formats[0];
    const name = `${basename(input, extname(input))}.${chosen}`;
    return { input, output: join(outputDir === undefined ? dirname(input) : resolve(current, outputDir), name), format: chosen };
  });
  const met = new Map<string, string>();
  for (const { input, output } of planned) {
    // On many disks letter case, and how an accent is composed, make no other name.
    const sameName = output.normalize('NFC').toLowerCase();
    const other = met.get(sameName);
    if (other !== undefined) {
      throw new MstError('usage', `${other} and ${input} would both become ${output}.`, { hint: 'Make them one at a time, with --out.' });
    }
    met.set(sameName, input);
    if (output === input) throw new MstError('usage', `${input} would be written over itself.`, { hint: 'Choose another --out.' });
    if (!force && existsSync(output)) {
      throw new MstError('exists', `${output} is there already.`, {
        hint: 'Choose another name with --out, or overwrite it with --force.',
      });
    }
  }
  return planned;
}

function formatOf(out: string, format: string | undefined, formats: readonly string[]): string {
  const ending = extname(out).slice(1).toLowerCase();
  const endings = formats.map((name) => `.${name}`).join(' or ');
  if (!formats.includes(ending))
    throw new MstError('usage', `--out ${out} does not end in ${endings}.`, { hint: `Give it the ending ${endings}.` });
  if (format !== undefined && format !== ending) {
    throw new MstError('usage', `--out ${out} and --format ${format} contradict each other.`, { hint: 'Leave one of them out.' });
  }
  return ending;
}
