// The worker in which the page's models think, without a browser: its files come from a fetch that waits until the test lets them through.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Job } from '../../../../src/jam/answers/job.js';
import { answerTo } from '../../../../src/jam/answers/planner.js';
import { openModel } from '../../../../src/model/model.js';
import { encodeModel } from '../../../../src/model/model-format.js';
import type { ModelOrder, ModelReport } from '../../../../src/serve/web/jam/model-orders.js';
import { randomModel } from '../../../support/models.js';

const scope = globalThis as unknown as { onmessage?: (event: { data: ModelOrder }) => void };
/** Its types are a browser's, which tests do not have. */
const WORKER: string = '../../../../src/serve/web/jam/model-worker.js';
const reports: ModelReport[] = [];
/** Called with the first part of an answer. */
let onFirst = (): void => {};
/** Files by their addresses, and those that are held back. */
const files = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

beforeEach(async () => {
  vi.stubGlobal('postMessage', (report: ModelReport) => {
    if (report.type === 'answer' && reports.at(-1)?.type !== 'answer') onFirst();
    reports.push(report);
  });
  vi.stubGlobal('fetch', async (address: string) => new Response(await files.get(address)));
  reports.length = 0;
  onFirst = () => {};
  await import(WORKER);
});

afterEach(() => {
  delete scope.onmessage;
  vi.resetModules();
  vi.unstubAllGlobals();
});

const order = (data: ModelOrder): void => scope.onmessage?.({ data });

/** Has the worker open a model; its files come when the returned function is called. */
function opening(name: string, seed: number): () => void {
  const encoded = encodeModel(randomModel('basic_rnn', [8], { name }, seed));
  let letThrough = (): void => {};
  const gate = new Promise<void>((resolve) => {
    letThrough = resolve;
  });
  const addresses = [...encoded].map(([file, bytes]) => {
    const address = `http://page/${name}-${seed}/${file}`;
    files.set(
      address,
      gate.then(() => new Uint8Array(bytes)),
    );
    return [file, address] as const;
  });
  const size = [...encoded.values()].reduce((sum, { length }) => sum + length, 0);
  order({ type: 'open', model: { name, files: Object.fromEntries(addresses), size } });
  return letThrough;
}

const JOB: Job = {
  id: 1,
  turn: 1,
  mix: [{ model: 'one', weight: 1 }],
  primer: [60, -2, 62, -2],
  steps: 3000,
  done: 0,
  takes: [0],
  temperature: 1,
  seed: 3,
};

/** What a model of so many as its seed answers. */
const answerOf = (seed: number, job: Job): readonly number[] | undefined =>
  answerTo(new Map([['one', openModel(randomModel('basic_rnn', [8], {}, seed))]]), job).get(0);

const ready = (count: number): Promise<void> =>
  vi.waitFor(() => expect(reports.filter(({ type }) => type === 'ready')).toHaveLength(count), { interval: 1 });

const eventsOf = (): number[] => reports.flatMap((report) => (report.type === 'answer' ? report.answer.events : []));

it('goes on with an answer while another model comes, and while the same one comes anew', async () => {
  opening('one', 1)();
  await ready(1);
  const comesAnew = opening('one', 2);
  const comes = opening('two', 4);
  onFirst = () => {
    comes();
    comesAnew();
  };
  order({ type: 'job', job: JOB });
  await ready(3);
  await vi.waitFor(() => expect(eventsOf()).toHaveLength(3000), { interval: 5 });
  // They came in the midst of it.
  const kinds = reports.map(({ type }) => type);
  expect(kinds.lastIndexOf('ready')).toBeLessThan(kinds.lastIndexOf('answer'));
  expect(eventsOf()).toEqual(answerOf(1, JOB));
  // The next answer is by the model as it is now.
  reports.length = 0;
  const next = { ...JOB, id: 2, steps: 16 };
  order({ type: 'job', job: next });
  await vi.waitFor(() => expect(eventsOf()).toHaveLength(16), { interval: 1 });
  expect(eventsOf()).toEqual(answerOf(2, next));
});

it('has the model that was asked for last, whichever comes first', async () => {
  const comesLate = opening('one', 5);
  opening('one', 6)();
  await ready(1);
  comesLate();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const job = { ...JOB, id: 3, steps: 16 };
  order({ type: 'job', job });
  await vi.waitFor(() => expect(eventsOf()).toHaveLength(16), { interval: 1 });
  expect(eventsOf()).toEqual(answerOf(6, job));
  expect(reports.filter(({ type }) => type === 'ready')).toHaveLength(1);
});
