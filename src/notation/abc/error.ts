// The error of a place in a tune book.
import { MstError } from '../../core/errors.js';
import type { AbcPosition } from './tune.js';

/** What a tune is called in messages. */
export interface AbcTuneName {
  filename: string;
  number: number;
  title: string;
}

const longestProblem = 200;

/** MstError `bad-abc`: file, tune, line and column, what was wrong (shortened if it quotes a whole page), what to do. */
export function abcError(tune: AbcTuneName, position: AbcPosition, problem: string, hint: string): MstError {
  const title = tune.title === '' ? '' : ` "${tune.title.slice(0, 80)}"`;
  const where = `${tune.filename}: tune ${tune.number}${title}, line ${position.line}, column ${position.column}`;
  const what = problem.length > longestProblem ? `${problem.slice(0, longestProblem)}…` : problem;
  return new MstError('bad-abc', `${where}: ${what}.`, { hint: `${hint[0]?.toUpperCase()}${hint.slice(1)}.` });
}
