// What the page and its model worker say to each other.

import type { Answer, Job } from '../../../jam/answers/job.js';

/** A model to open, with the addresses of its files by their names. */
export interface ModelAddress {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** Bytes of all files. */
  readonly size: number;
}

export type ModelOrder =
  | { readonly type: 'open'; readonly model: ModelAddress }
  /** The newest job replaces all others. */
  | { readonly type: 'job'; readonly job: Job };

export type ModelReport =
  /** How much of a model's files has come, 0..1. */
  | { readonly type: 'progress'; readonly name: string; readonly done: number }
  | { readonly type: 'ready'; readonly name: string }
  | { readonly type: 'broken'; readonly name: string; readonly message: string; readonly hint?: string }
  | { readonly type: 'answer'; readonly answer: Answer }
  /** A job could not be done; others may be. */
  | { readonly type: 'failed'; readonly message: string; readonly hint?: string };
