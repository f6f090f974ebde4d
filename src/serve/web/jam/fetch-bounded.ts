// Fetching a file whose size is known: no more than that is read, and whoever waits is told how far it is.

import { MstError } from '../../../core/errors.js';

/**
 * The bytes at an address.
 * @param most bytes; a longer answer is refused
 * @param onBytes told how many bytes have come since it was told last
 * @throws MstError `not-found` when it is not there or cannot be had, `bad-model` when it is too long
 */
export async function fetchBounded(
  address: string,
  most: number,
  onBytes: (count: number) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetch(address);
  } catch (cause) {
    throw new MstError('not-found', `${nameOf(address)} could not be fetched: the server does not answer.`, {
      hint: 'Check that mst serve still runs, and try again.',
      cause,
    });
  }
  if (!response.ok || response.body === null) {
    throw new MstError('not-found', `${nameOf(address)} could not be fetched: the server says ${response.status} ${response.statusText}.`, {
      hint: 'Reload the page; the file may have moved.',
    });
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  try {
    for (let { done, value } = await reader.read(); !done && value !== undefined; { done, value } = await reader.read()) {
      length += value.length;
      if (length > most) {
        throw new MstError('bad-model', `${nameOf(address)} is longer than the ${most} bytes it should have.`, {
          hint: 'Reload the page.',
        });
      }
      parts.push(value);
      onBytes(value.length);
    }
  } catch (cause) {
    if (cause instanceof MstError) throw cause;
    throw new MstError('not-found', `${nameOf(address)} broke off after ${length} bytes.`, { hint: 'Try again.', cause });
  } finally {
    void reader.cancel().catch(() => {});
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function nameOf(address: string): string {
  return decodeURIComponent(new URL(address, 'http://page').pathname.split('/').at(-1) ?? address);
}
