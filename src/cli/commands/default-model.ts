// The model a command uses when it is given none.

import { MstError } from '../../core/errors.js';
import { readDefault } from '../../registry/default-model.js';
import type { Context } from '../command.js';

/** The model of MAGENTA_MODEL, else the one chosen with `mst models default`. @throws MstError `usage` when there is neither */
export function defaultModel(context: Pick<Context, 'environment' | 'home'>): string {
  const name = context.environment.defaultModel ?? readDefault(context.home);
  if (name !== undefined) return name;
  throw new MstError('usage', 'Which model? None was named, MAGENTA_MODEL is not set, and no default was chosen.', {
    hint: 'See which there are: mst models ls   and choose one for good: mst models default NAME',
  });
}
