// Names and addresses by which this computer can be reached, and which of them a request may use: a page of a stranger's that points its own
// name at this computer (DNS rebinding) must not be able to talk to it.

import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { MstError } from '../../core/errors.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
/** What binds to every address. */
const EVERYWHERE = new Set(['0.0.0.0', '::', '']);

/** Whether only programs on this computer can connect to what is bound to this host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

export function isEverywhere(host: string): boolean {
  return EVERYWHERE.has(host);
}

/** This computer's addresses in its networks, IPv4 first; none of the loopback, none that only a cable's other end knows. */
export function networkAddresses(): string[] {
  const all = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter(({ internal, address }) => !internal && !address.toLowerCase().startsWith('fe80:'));
  const of = (family: string): string[] => all.filter((entry) => entry.family === family).map(({ address }) => address);
  return [...of('IPv4'), ...of('IPv6')];
}

/** Those addresses at which something that is bound to this host can be reached. */
export function addressesAt(host: string): string[] {
  if (isLoopback(host)) return [];
  if (!isEverywhere(host)) return [host];
  return networkAddresses().filter((address) => host !== '0.0.0.0' || !address.includes(':'));
}

/** This computer's own names. */
export function ownNames(): string[] {
  const name = hostname().toLowerCase();
  return /^[a-z0-9.-]+$/.test(name) ? [name, ...(name.includes('.') ? [] : [`${name}.local`])] : [];
}

/** A host as it stands in an address: IPv6 in brackets. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The name or address in a Host header, without its port, in small letters; undefined for what is no host. */
export function hostOf(header: string | undefined): string | undefined {
  const [, host] = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::\d{1,5})?$/i.exec(header ?? '') ?? [];
  return host?.toLowerCase();
}

/** A name or an address as a Host header has it. */
function checkedName(name: string): string {
  if (isIP(name) === 6) return inUrl(name).toLowerCase();
  if (/^[a-z0-9._-]{1,253}$/i.test(name)) return name.toLowerCase();
  throw new MstError('usage', `${JSON.stringify(name)} is neither a name nor an address.`, {
    hint: 'Give it alone, without http:// and without a port: mst serve --allowed-host jam.example',
  });
}

/** The names and addresses that requests may use. */
export class AllowedHosts {
  readonly #everywhere: boolean;
  readonly #fixed: ReadonlySet<string>;
  readonly #extra: ReadonlySet<string>;

  /**
   * @param bound what the server is bound to
   * @param extra more names and addresses that reach it, such as that of a proxy before it, without ports
   * @throws MstError `usage` for what is neither a name nor an address
   */
  constructor(bound: string, extra: readonly string[]) {
    this.#everywhere = isEverywhere(bound);
    this.#extra = new Set(extra.map(checkedName));
    this.#fixed = new Set([...LOOPBACK, ...(this.#everywhere ? [] : [inUrl(bound).toLowerCase()]), ...this.#extra]);
  }

  /** @param header of a request */
  allows(header: string | undefined): boolean {
    const host = hostOf(header);
    if (host === undefined) return false;
    if (this.#fixed.has(host)) return true;
    // Networks come and go while the server runs.
    return this.#everywhere && [...networkAddresses().map(inUrl), ...ownNames()].includes(host);
  }

  /** Whether a page of this origin may send requests that do something, to a server that was called by this Host header. */
  allowsOrigin(origin: string | undefined, header: string | undefined, site: string | undefined): boolean {
    if (site === 'cross-site' || site === 'same-site') return false;
    if (origin === undefined) return true;
    const [, rest] = /^https?:\/\/(.+)$/i.exec(origin) ?? [];
    const host = hostOf(rest);
    if (rest === undefined || host === undefined) return false;
    return rest.toLowerCase() === header?.toLowerCase() || this.#extra.has(host);
  }
}
