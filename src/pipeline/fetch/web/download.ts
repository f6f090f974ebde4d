// One file of the web onto the disk: from where an earlier try or fetch broke off if the server can, else from its beginning, within
// bounds, and only as a whole.

import { defaultLimits, tooLarge } from '../../limits.js';
import type { Client, Wanted } from './client.js';
import type { Answer } from './exchange.js';
import { contentRange, encodingsOf, lengthOf, rangeValidator, type Validators, validatorsOf } from './headers.js';
import { kindOf } from './kind.js';
import type { Part, Partials } from './partials.js';
import { troubleOfStatus, WebTrouble } from './trouble.js';

/** How much may still be brought. */
export interface Budget {
  left: number;
}

export interface Downloaded {
  readonly part: Part;
  /** Where it came from in the end. */
  readonly url: URL;
  /** The headers of the answer that brought the end of it. */
  readonly headers: Answer['headers'];
  /** Whether that was a local address. */
  readonly local: boolean;
}

/**
 * Brings a file.
 * @param most bytes it may have as it is sent
 * @param mostOfPage bytes it may have when it begins as a web page does
 * @param unless states of it that need not be brought again
 * @param told called with the number of bytes that came, piece by piece
 * @returns undefined when it is in one of these states still
 * @throws WebTrouble; MstError `storage`; the abort reason. What came stays in `partials` if it can be gone on from
 */
export async function download(
  client: Client,
  partials: Partials,
  wanted: Wanted,
  {
    most,
    mostOfPage,
    budget,
    unless,
    told,
  }: { most: number; mostOfPage: number; budget: Budget; unless?: Validators | undefined; told(bytes: number): void },
): Promise<Downloaded | undefined> {
  const key = wanted.url.href;
  let farthest = 0;
  return client.persist(wanted, (gained) => {
    const before = resumable(partials, key);
    farthest = Math.max(farthest, before?.size ?? 0);
    const headers = { ...rangeHeaders(before), ...conditions(unless) };
    return client.use(wanted, { method: 'GET', headers }, async ({ answer, url }) => {
      if (answer.status === 304 && unless !== undefined) return undefined;
      const { part, total } = receive(answer, before, (facts) => partials.begin(key, facts));
      if (part === undefined) {
        partials.drop(key);
        throw new WebTrouble('changed or went wrong between two tries', { again: true });
      }
      try {
        if ((total ?? 0) > most) throw tooMuch(total ?? 0, most);
        let bound = most;
        for await (const piece of answer.body) {
          if (part.size === 0 && kindOf(piece, '') === 'html') bound = Math.min(most, mostOfPage);
          if (part.size + piece.length > bound) throw tooMuch(part.size + piece.length, bound);
          budget.left -= piece.length;
          if (budget.left < 0) throw new WebTrouble('was left for the next fetch: this one has brought as much as one may');
          part.append(piece);
          told(piece.length);
          if (part.size > farthest) {
            farthest = part.size;
            gained();
          }
        }
        if (total !== undefined && part.size !== total) {
          throw new WebTrouble(`broke off after ${part.size} of ${total} bytes`, { again: true });
        }
        return { part, url, headers: answer.headers, local: answer.local };
      } catch (error) {
        if (error instanceof WebTrouble && !(error.again && rangeValidator(part.facts) !== undefined)) partials.drop(key);
        throw error;
      } finally {
        part.close();
      }
    });
  });
}

/** The part of a file that can be gone on from. */
function resumable(partials: Partials, key: string): Part | undefined {
  const part = partials.part(key);
  return part !== undefined && part.size > 0 && rangeValidator(part.facts) !== undefined ? part : undefined;
}

function rangeHeaders(part: Part | undefined): Record<string, string> {
  const validator = part && rangeValidator(part.facts);
  return part === undefined || validator === undefined ? {} : { Range: `bytes=${part.size}-`, 'If-Range': validator };
}

function conditions({ etag, lastModified }: Validators = {}): Record<string, string> {
  return {
    ...(etag === undefined ? {} : { 'If-None-Match': etag }),
    ...(lastModified === undefined || etag !== undefined ? {} : { 'If-Modified-Since': lastModified }),
  };
}

/**
 * Where the body of an answer goes, and how large the file is then, if that is said. No part when the rest that was asked for is not the
 * rest of what is there.
 * @throws WebTrouble for an answer that brings nothing
 */
function receive(
  answer: Answer,
  before: Part | undefined,
  begin: (facts: Part['facts']) => Part,
): { part: Part | undefined; total: number | undefined } {
  const { status, headers } = answer;
  const validators = validatorsOf(headers);
  const encodings = encodingsOf(headers);
  if (status === 200) {
    return { part: begin({ ...validators, encodings }), total: lengthOf(headers) };
  }
  if (status !== 206 && status !== 416) throw troubleOfStatus(status);
  const range = contentRange(headers);
  if (before === undefined || status === 416) return { part: undefined, total: undefined };
  const { facts, size } = before;
  const same =
    range?.start === size &&
    (validators.etag === undefined || validators.etag === facts.etag) &&
    (validators.lastModified === undefined || validators.lastModified === facts.lastModified) &&
    encodings.join() === facts.encodings.join();
  const length = lengthOf(headers);
  return same
    ? { part: before, total: range.total ?? (length === undefined ? undefined : size + length) }
    : { part: undefined, total: undefined };
}

function tooMuch(size: number, most: number): WebTrouble {
  return new WebTrouble(tooLarge(size, { ...defaultLimits, fileBytes: most }));
}
