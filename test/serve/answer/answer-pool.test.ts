// The pool with real threads: bounded, in order, given up, replaced.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AnswerPool, Busy, type PoolSettings } from '../../../src/serve/answer/answer-pool.js';
import type { Question, Reply } from '../../../src/serve/answer/answer-thread.js';
import { temporaryFolder } from '../../support/folder.js';
import { midiOf, readPredicted, THREE } from '../support/calls.js';
import { modelFiles } from '../support/served.js';

function setUp(settings: Partial<PoolSettings> = {}) {
  const folder = temporaryFolder(modelFiles('m'));
  const pool = new AnswerPool({ threads: 1, queue: 2, patience: 20_000, ...settings });
  onTestFinished(() => pool.end());
  const question = (duration: number, seed = 1): Question => ({
    model: { name: 'm', directory: join(folder, 'm'), key: 'm' },
    wish: { kind: 'predict', midi: midiOf(THREE), duration, temperature: 1, seed },
  });
  return { pool, question };
}
const always = new AbortController().signal;

describe('AnswerPool', () => {
  it('answers those who wait, one after the other, and equal questions alike', async () => {
    const { pool, question } = setUp();
    const answers = await Promise.all([pool.ask(question(4), always), pool.ask(question(4), always), pool.ask(question(4, 2), always)]);
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).not.toEqual(answers[2]);
    expect(readPredicted(answers[0] as Uint8Array).tones.length).toBeGreaterThan(3);
    expect(pool.load).toBe(0);
  });

  it('takes no more than its queue holds, and more when there is room again', async () => {
    const { pool, question } = setUp();
    const taken = [1, 2, 3].map((seed) => pool.ask(question(4, seed), always));
    await expect(pool.ask(question(4), always)).rejects.toThrow(Busy);
    await expect(pool.ask(question(4), always)).rejects.toMatchObject({ retryAfter: expect.any(Number) });
    await Promise.all(taken);
    await expect(pool.ask(question(4), always)).resolves.toBeInstanceOf(Uint8Array);
  });

  it('drops a question whose asker has gone, waiting or begun, and goes on with the next', async () => {
    const { pool, question } = setUp({ queue: 8 });
    await pool.ask(question(3), always);
    const gone = new AbortController();
    const [begun, waiting, next] = [
      pool.ask(question(290), gone.signal),
      pool.ask(question(290), gone.signal),
      pool.ask(question(4), always),
    ];
    expect(pool.load).toBe(3);
    gone.abort(new Error('gone'));
    await expect(begun).rejects.toThrow('gone');
    await expect(waiting).rejects.toThrow('gone');
    await expect(next).resolves.toBeInstanceOf(Uint8Array);
    expect(pool.load).toBe(0);
    await expect(pool.ask(question(4), gone.signal)).rejects.toThrow('gone');
  });

  it('gives up what takes too long, and answers the next', async () => {
    const { pool, question } = setUp({ patience: 1 });
    await expect(pool.ask(question(290), always)).rejects.toThrow('took too long');
    expect(pool.load).toBeLessThanOrEqual(1);
  });

  it('tells what is wrong with a question, and with a model', async () => {
    const { pool, question } = setUp();
    await expect(pool.ask(question(1), always)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('no room') });
    const lost = { ...question(4), model: { name: 'x', directory: '/nowhere', key: 'x' } };
    await expect(pool.ask(lost, always)).rejects.toMatchObject({ code: 'bad-model' });
    await expect(pool.ask(question(4), always)).resolves.toBeInstanceOf(Uint8Array);
  });

  it('ends with whoever waits told so', async () => {
    const { pool, question } = setUp();
    const waiting = [pool.ask(question(290), always), pool.ask(question(290), always)];
    const told = Promise.allSettled(waiting);
    await pool.end();
    for (const { status } of await told) expect(status).toBe('rejected');
    await expect(pool.ask(question(4), always)).rejects.toThrow('stopping');
  });

  it('a thread is told which question nobody waits for, and heeds it', async () => {
    const { pool, question } = setUp();
    const told = vi.spyOn(Atomics, 'store');
    onTestFinished(() => told.mockRestore());
    const gone = new AbortController();
    const begun = pool.ask(question(4), gone.signal);
    gone.abort(new Error('gone'));
    await expect(begun).rejects.toThrow('gone');
    expect(told).toHaveBeenCalledExactlyOnceWith(expect.any(Int32Array), 0, 1);

    const unwanted = new Int32Array(new SharedArrayBuffer(4));
    const thread = new Worker(new URL('../../../dist/serve/answer/answer-thread.js', import.meta.url), { workerData: { unwanted } });
    onTestFinished(async () => void (await thread.terminate()));
    const replyTo = (id: number): Promise<Reply> => {
      const reply = new Promise<Reply>((resolve) => thread.once('message', resolve));
      thread.postMessage({ ...question(4), id });
      return reply;
    };
    unwanted[0] = 7;
    expect(await replyTo(7)).toEqual({ id: 7, type: 'stopped' });
    expect(await replyTo(8)).toMatchObject({ id: 8, type: 'answer' });
  });
});
