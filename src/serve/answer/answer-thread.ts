// A thread that answers: opens the models it is asked for, keeps the last few, and works on one question at a time. Between two steps of the
// network it looks whether anyone still waits. Started by answer-pool.ts.

import { parentPort, workerData } from 'node:worker_threads';
import { type MelodyModel, openModel } from '../../model/model.js';
import { loadModel } from '../../registry/models.js';
import { type ContinueWish, continueSequence } from './continue.js';
import { type PredictWish, predict } from './predict.js';

/** A model's folder, and a key that changes with its contents. */
export interface AskedModel {
  readonly name: string;
  readonly directory: string;
  readonly key: string;
}

export interface Question {
  readonly model: AskedModel;
  readonly wish: PredictWish | ContinueWish;
}

/** A question under its number. */
export interface Posed extends Question {
  readonly id: number;
}

export type Reply =
  | { readonly id: number; readonly type: 'answer'; readonly answer: Uint8Array | string }
  | { readonly id: number; readonly type: 'stopped' }
  | { readonly id: number; readonly type: 'failed'; readonly code: string; readonly message: string; readonly hint?: string };

/** What the thread is started with: the number of the question that nobody waits for any more, at index 0. */
export interface ThreadData {
  readonly unwanted: Int32Array;
}

/** Models kept open. */
const KEPT = 4;

const { unwanted } = workerData as ThreadData;
const opened = new Map<string, MelodyModel>();

function modelOf(asked: AskedModel): MelodyModel {
  const known = opened.get(asked.key);
  opened.delete(asked.key);
  const model = known ?? openModel(loadModel(asked));
  opened.set(asked.key, model);
  for (const key of opened.keys()) if (opened.size > KEPT) opened.delete(key);
  return model;
}

function answer({ id, model, wish }: Posed): Reply {
  try {
    const stop = (): boolean => Atomics.load(unwanted, 0) === id;
    const made = wish.kind === 'predict' ? predict(modelOf(model), wish, stop) : continueSequence(modelOf(model), wish, stop);
    return made === undefined ? { id, type: 'stopped' } : { id, type: 'answer', answer: made };
  } catch (error) {
    const { code = 'unexpected', message = String(error), hint } = error as { code?: string; message?: string; hint?: string };
    return { id, type: 'failed', code, message, ...(hint !== undefined && { hint }) };
  }
}

parentPort?.on('message', (posed: Posed) => parentPort?.postMessage(answer(posed)));
