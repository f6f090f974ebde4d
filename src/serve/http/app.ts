// The routes: what is served, and the two requests for answers. Names and origins are checked before this, in server.ts.

import { setTimeout } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { MstError } from '../../core/errors.js';
import { type AnswerPool, Busy, tooMany } from '../answer/answer-pool.js';
import type { Question } from '../answer/answer-thread.js';
import { readContinueBody } from '../answer/continue.js';
import { LARGEST_BODY } from '../answer/limits.js';
import { readDuration, readPredictBody } from '../answer/predict.js';
import type { Site } from '../site/site.js';
import { type BodyBudget, BodyCut, BodyRefused, readBody } from './body.js';
import type { Refusal } from './refusal-log.js';
import { type Asking, sendAsset, sendModelFile } from './send.js';

export interface AppParts {
  readonly site: Site;
  readonly pool: AnswerPool;
  readonly budget: BodyBudget;
  /** A seed for an answer that does not say one. */
  readonly nextSeed: () => number;
  readonly refused: (kind: Refusal) => void;
  /** Told of what should never happen. */
  readonly warn: (text: string) => void;
}

type Bound = { Bindings: HttpBindings };

const PREDICT = '/predict';
const CONTINUE = '/api/continue';
const READING = 'GET, HEAD';
const SECONDS_UNTIL_ROOM = 2;
/** Milliseconds before those are sent away for whom there is no room: refusing them at full speed would leave no time for answers. */
const REFUSAL_PAUSE = 200;

export function createApp(parts: AppParts): Hono<Bound> {
  const app = new Hono<Bound>();
  app.post(PREDICT, (c) =>
    answering(c, parts, async (body) => {
      const wish = {
        kind: 'predict',
        midi: readPredictBody(body),
        duration: readDuration(c.req.query('duration')),
        temperature: 1,
      } as const;
      const question = { model: await modelFor(parts.site, undefined), wish: { ...wish, seed: parts.nextSeed() } };
      return { question, headers: { 'Content-Type': 'audio/midi', 'Content-Disposition': 'attachment; filename="output.mid"' } };
    }),
  );
  app.post(CONTINUE, (c) =>
    answering(c, parts, async (body) => {
      const { model: name, seed = parts.nextSeed(), ...wish } = readContinueBody(body);
      const model = await modelFor(parts.site, name);
      const headers = { 'Mst-Model': encodeURIComponent(model.name), 'Mst-Seed': String(seed) };
      return { question: { model, wish: { ...wish, seed } }, headers: { ...headers, 'Content-Type': 'application/json; charset=utf-8' } };
    }),
  );
  for (const path of [PREDICT, CONTINUE]) app.all(path, (c) => wrongMethod(c, parts, 'POST'));
  app.get('*', async (c) => (await found(c, parts)) ?? nothingThere(c, parts));
  app.all('*', async (c) =>
    (await parts.site.find(addressOf(c))) === undefined ? nothingThere(c, parts) : wrongMethod(c, parts, READING),
  );
  app.onError((error, c) => {
    if (error instanceof MstError && error.code === 'not-found') parts.warn(error.message);
    else parts.warn(`Something went wrong inside mst: ${error.message}`);
    return problem(c, 500, { message: 'Something went wrong in the server; its log says what.' });
  });
  return app;
}

/** The address as it was asked for, to be looked up: never decoded, never made a path. Empty where it is none of ours. */
function addressOf(c: Context<Bound>): string {
  const [path = ''] = (c.env.incoming.url ?? '').split('?', 1);
  return path.startsWith('/') ? path.slice(1) : path;
}

async function found(c: Context<Bound>, { site }: AppParts): Promise<Response | undefined> {
  const there = await site.find(addressOf(c));
  if (there === undefined) return undefined;
  const asking: Asking = {
    head: c.env.incoming.method === 'HEAD',
    acceptEncoding: c.req.header('accept-encoding'),
    ifNoneMatch: c.req.header('if-none-match'),
  };
  return there.kind === 'asset' ? sendAsset(there.asset, asking) : sendModelFile(there.file, asking);
}

function nothingThere(c: Context<Bound>, { refused }: AppParts): Response {
  refused('not-found');
  return c.text('There is nothing here.\n', 404, { 'Cache-Control': 'no-store' });
}

function wrongMethod(c: Context<Bound>, { refused }: AppParts, allow: string): Response {
  refused('method');
  return c.text(`Only ${allow} can be used here.\n`, 405, { Allow: allow });
}

/** The model of a name, or the one the page begins with. @throws MstError `not-found`, Busy */
async function modelFor(site: Site, name: string | undefined): Promise<Question['model']> {
  const { listing, byName } = await site.shelf.look();
  const wanted = name?.replace(/:latest$/, '') ?? listing.chosen;
  if (wanted === undefined) throw new NoModel();
  const model = byName.get(wanted);
  if (model !== undefined) return { name: wanted, directory: model.directory, key: model.address };
  const names = [...byName.keys()].slice(0, 24).join(', ');
  throw new MstError('not-found', 'There is no model of this name that can be played.', { hint: `There are: ${names || 'none'}.` });
}

class NoModel extends Error {}

interface Prepared {
  readonly question: Question;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads a body, has it answered, and finds the words for whatever goes wrong. */
async function answering(c: Context<Bound>, parts: AppParts, prepare: (body: Uint8Array) => Promise<Prepared>): Promise<Response> {
  const { incoming, outgoing } = c.env;
  const gone = new AbortController();
  const leave = (): void => gone.abort(new BodyCut('Whoever asked has gone.'));
  outgoing.once('close', leave);
  let release = (): void => {};
  try {
    // What cannot be answered need not be read.
    if (parts.pool.full) throw tooMany();
    const body = await readBody(incoming, LARGEST_BODY, parts.budget);
    release = body.release;
    const { question, headers } = await prepare(body.bytes);
    const answer = await parts.pool.ask(question, gone.signal);
    const bytes = typeof answer === 'string' ? new TextEncoder().encode(answer) : answer;
    return new Response(bytes as Uint8Array<ArrayBuffer>, {
      headers: { ...headers, 'Content-Length': String(bytes.length), 'Cache-Control': 'no-store' },
    });
  } catch (error) {
    release();
    return await refusal(c, parts, error);
  } finally {
    release();
    outgoing.off('close', leave);
  }
}

async function refusal(c: Context<Bound>, { refused }: AppParts, error: unknown): Promise<Response> {
  if (error instanceof BodyCut) return new Response(null, { status: 400 });
  if (error instanceof BodyRefused) {
    if (error.status === 503) return busy(c, refused, error.message, SECONDS_UNTIL_ROOM);
    refused(error.status === 413 ? 'too-large' : 'bad-request');
    return problem(c, error.status, { message: error.message }, { Connection: 'close' });
  }
  if (error instanceof Busy) return busy(c, refused, error.message, error.retryAfter);
  if (error instanceof NoModel) {
    return busy(c, refused, 'There is no model that can be played.', 60);
  }
  // What is wrong with a model or a thread is not the fault of who asks.
  if (!(error instanceof MstError) || error.code === 'bad-model' || error.code === 'engine') throw error;
  refused('bad-request');
  const { message, hint } = error;
  return problem(c, 400, { message, ...(hint !== undefined && { hint }) });
}

async function busy(c: Context<Bound>, refused: AppParts['refused'], message: string, seconds: number): Promise<Response> {
  refused('busy');
  await setTimeout(REFUSAL_PAUSE);
  return problem(c, 503, { message, hint: 'Ask again in a while.' }, { 'Retry-After': String(seconds) });
}

function problem(
  c: Context<Bound>,
  status: 400 | 413 | 415 | 500 | 503,
  error: { readonly message: string; readonly hint?: string },
  headers: Readonly<Record<string, string>> = {},
): Response {
  return c.json({ error }, status, { 'Cache-Control': 'no-store', ...headers });
}
