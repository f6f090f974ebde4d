// The error of a place in a tune book.
import { MstError } from '../../core/errors.js';
import type { AbcPosition } from './tune.js';

/** What a tune is called in messages. */
export interface AbcTuneName {
  filename: string;
  number: number;
  title: string;
}

/** MstError `bad-abc`: file, tune, line and column, what was wrong, what to do. */
export function abcError(tune: AbcTuneName, position: AbcPosition, problem: string, hint: string): MstError {
  const title = tune.title === '' ? '' : ` "${tune.title.slice(0, 80)}"`;
  const where = `${tune.filename}: tune ${tune.number}${title}, line ${position.line}, column ${position.column}`;
  return new MstError('bad-abc', `${where}: ${problem}.`, { hint: `${hint[0]?.toUpperCase()}${hint.slice(1)}.` });
}
