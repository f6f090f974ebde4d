// Ports that come and go: a port in use that is unplugged is given up, and taken into use again when it is back.

import { portAgain } from './port-names.js';

/** What a port in use does when it goes and when it comes back, perhaps under another number; `back` may fail, and is tried again. */
export interface Kept {
  lost(): void;
  back(name: string): void | Promise<void>;
}

interface Port {
  name: string;
  readonly kept: Kept;
  state: 'open' | 'lost' | 'opening';
}

export class PortKeeper {
  readonly #ports: Port[] = [];
  #newcomer: ((name: string) => void) | undefined;
  #seen: readonly string[] = [];

  /** Keeps an eye on an open port. @returns what says that it does not work any more, as when sending to it fails */
  keep(name: string, kept: Kept): () => void {
    const port: Port = { name, kept, state: 'open' };
    this.#ports.push(port);
    return () => lose(port);
  }

  /** Tells of every port that is plugged in from now on and is none that was in use before. @param names the ports there are now */
  greet(names: readonly string[], newcomer: (name: string) => void): void {
    this.#seen = names;
    this.#newcomer = newcomer;
  }

  /** Compares with the ports there are now; to be called every second or so. */
  check(names: readonly string[]): void {
    for (const port of this.#ports) if (port.state === 'open' && !names.includes(port.name)) lose(port);
    for (const port of this.#ports) {
      if (port.state !== 'lost') continue;
      const taken = this.#ports.filter(({ state }) => state !== 'lost').map((other) => other.name);
      const name = portAgain(names, port.name, taken);
      if (name !== undefined) void revive(port, name);
    }
    const fresh = names.filter((name) => !this.#seen.includes(name) && !this.#ports.some((port) => port.name === name));
    this.#seen = names;
    for (const name of fresh) this.#newcomer?.(name);
  }
}

function lose(port: Port): void {
  if (port.state !== 'open') return;
  port.state = 'lost';
  port.kept.lost();
}

async function revive(port: Port, name: string): Promise<void> {
  const before = port.name;
  port.name = name;
  port.state = 'opening';
  try {
    await port.kept.back(name);
    port.state = 'open';
  } catch {
    port.name = before;
    port.state = 'lost';
  }
}
