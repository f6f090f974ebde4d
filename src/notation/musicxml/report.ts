// What is said about a file: the error that refuses it, and what had to be left out, each problem once with its first line.
import { MstError } from '../../core/errors.js';

// A damaged file may have a different complaint in every line.
const mostWarnings = 20;

export class Report {
  readonly #filename: string;
  readonly #problems = new Map<string, { line: number; times: number }>();

  constructor(filename: string) {
    this.#filename = filename;
  }

  /** @throws MstError `bad-musicxml` with file and line. */
  fail(line: number, problem: string, hint: string): never {
    throw new MstError('bad-musicxml', `${this.#filename}: line ${line}: ${problem}.`, { hint });
  }

  warn(line: number, problem: string): void {
    const known = this.#problems.get(problem);
    if (known) known.times++;
    else if (this.#problems.size < mostWarnings) this.#problems.set(problem, { line, times: 1 });
  }

  get warnings(): string[] {
    return [...this.#problems].map(([problem, { line, times }]) => {
      const more = times === 1 ? '' : ` (and ${times - 1} more like it)`;
      return `line ${line}: ${problem}${more}`;
    });
  }
}
