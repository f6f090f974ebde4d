// Reading what a request carries, never more than a limit of it, and never more than a limit of all together.

import type { IncomingMessage } from 'node:http';

/** Why a body was not read. */
export class BodyRefused extends Error {
  readonly status: 413 | 415 | 503;

  constructor(status: 413 | 415 | 503, message: string) {
    super(message);
    this.status = status;
  }
}

/** The connection ended before the body did. */
export class BodyCut extends Error {}

/** Bytes of bodies that are being read or wait for an answer. */
export class BodyBudget {
  readonly #most: number;
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get held(): number {
    return this.#held;
  }

  take(bytes: number): boolean {
    if (this.#held + bytes > this.#most) return false;
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** A body, and what gives its room back. */
export interface HeldBody {
  readonly bytes: Uint8Array;
  readonly release: () => void;
}

/**
 * Reads a body whole.
 * @param most bytes of it
 * @throws BodyRefused, BodyCut
 */
export function readBody(request: IncomingMessage, most: number, budget: BodyBudget): Promise<HeldBody> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (error: Error): void => {
      leave();
      budget.give(size);
      size = 0;
      // What still comes is let go by, so that the answer can be heard.
      request.resume();
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      if (size + chunk.length > most) stop(tooLarge(most));
      else if (!budget.take(chunk.length)) stop(new BodyRefused(503, 'Too many are asking at once.'));
      else {
        size += chunk.length;
        chunks.push(chunk);
      }
    };
    const onEnd = (): void => {
      leave();
      let held = size;
      resolve({
        bytes: Buffer.concat(chunks),
        release: () => {
          budget.give(held);
          held = 0;
        },
      });
    };
    const onCut = (): void => stop(new BodyCut('The connection ended before the body did.'));
    const leave = (): void => {
      request.off('data', onData).off('end', onEnd).off('close', onCut).off('error', onCut);
      // An error that comes later is nobody's.
      request.on('error', () => {});
    };
    const coding = request.headers['content-encoding'] ?? 'identity';
    if (coding !== 'identity') stop(new BodyRefused(415, 'A body cannot be compressed.'));
    else if (Number(request.headers['content-length'] ?? 0) > most) stop(tooLarge(most));
    else request.on('data', onData).on('end', onEnd).on('close', onCut).on('error', onCut);
  });
}

function tooLarge(most: number): BodyRefused {
  return new BodyRefused(413, `A body may have ${most} bytes at most.`);
}
