// The model a command works with: the one that was named, else the default one.

import { MstError } from '../../core/errors.js';
import { readDefault } from '../../registry/default-model.js';
import type { ModelEntry } from '../../registry/models.js';
import type { Context } from '../command.js';

/** What is said of an argument or option that names a model, or leaves it to the default one. */
export const MODEL = 'Name of a model (NAME or NAME:TAG), or path of its folder; else the default one';

/** The model of MAGENTA_MODEL, else the one chosen with `mst models default`. @throws MstError `usage` when there is neither */
export function defaultModel(context: Pick<Context, 'environment' | 'home'>): string {
  const name = context.environment.defaultModel ?? readDefault(context.home);
  if (name !== undefined) return name;
  throw new MstError('usage', 'Which model? None was named, MAGENTA_MODEL is not set, and no default was chosen.', {
    hint: 'See which there are: mst models ls   and choose one for good: mst models default NAME',
  });
}

/**
 * Finds the model that was named, else the default one.
 * @throws MstError `not-found`, saying who named it when the user did not; `usage` when nobody did
 */
export async function modelFor(context: Pick<Context, 'environment' | 'home' | 'current'>, given: string | undefined): Promise<ModelEntry> {
  const { findModel } = await import('../../registry/models.js');
  const { home, current, environment } = context;
  if (given !== undefined) return findModel(home, given, current);
  const name = defaultModel(context);
  try {
    return findModel(home, name, current);
  } catch (error) {
    if (!(error instanceof MstError)) throw error;
    const by = environment.defaultModel === undefined ? 'mst models default chose it' : 'MAGENTA_MODEL says so';
    throw new MstError(error.code, `${error.message} (None was named, and ${by}.)`, { hint: 'Name another: mst models ls   lists them' });
  }
}
