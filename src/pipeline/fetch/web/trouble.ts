// Why something on the web cannot be had, in words that follow its name ("song.mid is not there (404)"), and whether trying again may help.

export class WebTrouble extends Error {
  /** Whether another try may go better. */
  readonly again: boolean;
  /** Milliseconds the server asks to wait before it. */
  readonly after: number | undefined;
  /** Whether its server could not be reached at all. */
  readonly unreachable: boolean;

  constructor(
    reason: string,
    { again = false, after, unreachable = false }: Partial<Pick<WebTrouble, 'again' | 'after' | 'unreachable'>> = {},
  ) {
    super(reason);
    this.again = again;
    this.unreachable = unreachable;
    this.after = after;
  }
}

const unreachable: Readonly<Record<string, readonly [why: string, again: boolean]>> = {
  ECONNREFUSED: ['its server takes no connection', true],
  ENOTFOUND: ['there is no server of that name, or no way to the web', false],
  EAI_AGAIN: ['the name of its server cannot be looked up just now', true],
  ETIMEDOUT: ['its server does not answer', true],
  EHOSTUNREACH: ['there is no way to its server', true],
  ENETUNREACH: ['there is no way to its server', true],
};
const brokenOff: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);

/** The trouble of not reaching a server. @param why in words */
export function unreached(why: string, again: boolean): WebTrouble {
  return new WebTrouble(`cannot be reached: ${why}`, { again, unreachable: true });
}

/** The trouble behind an error of Node's network. */
export function troubleOf(error: unknown): WebTrouble {
  if (error instanceof WebTrouble) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const known = unreachable[code];
  if (known !== undefined) return unreached(...known);
  if (brokenOff.has(code)) return new WebTrouble('broke off on the way', { again: true });
  if (code.startsWith('HPE_')) return new WebTrouble(`got an answer that is not HTTP (${code})`, { again: true });
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO|EPROTO/.test(code))
    return new WebTrouble(`has a server without a safe connection (${code})`, { unreachable: true });
  return new WebTrouble(`cannot be fetched (${code === '' ? message : code})`, { again: true });
}

const statuses: Readonly<Record<number, string>> = {
  401: 'asks for a password (401)',
  403: 'is not open to everyone (403)',
  404: 'is not there (404)',
  410: 'is not there any more (410)',
  429: 'is on a server that has had enough requests for now (429)',
  451: 'is withheld for legal reasons (451)',
  503: 'is on a server that is overloaded or closed for now (503)',
};
const temporary: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** The trouble with an answer that is neither the thing nor a redirect. */
export function troubleOfStatus(status: number): WebTrouble {
  const reason = statuses[status] ?? (status >= 500 ? `is on a server that failed (${status})` : `was not given (${status})`);
  return new WebTrouble(reason, { again: temporary.has(status) });
}
