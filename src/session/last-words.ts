// What must be done before the process ends, however it ends: notes ended, the terminal put right, the recording written.

/** The parts of Node's `process` that matter here. */
export interface Mortal {
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
  listenerCount(event: string): number;
  exit(code: number): never;
}

/** Signals that end a process, and the exit codes that say so. A closed terminal window sends SIGHUP, or SIGBREAK on Windows. */
const DEADLY = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143, SIGBREAK: 149 } as const;

/**
 * Calls `say` when the process ends by itself, by `exit`, by an error that nobody caught, or by a signal. `say` cannot wait for anything
 * asynchronous, and is called once. A signal that others listen to as well is theirs to answer; one that nobody else does ends the process.
 * @returns what takes the arrangement back, without a word
 */
export function beforeDeath(mortal: Mortal, say: () => void): () => void {
  let said = false;
  const die = (): void => {
    if (said) return;
    said = true;
    say();
  };
  const listeners = Object.entries(DEADLY).map(([signal, code]) => {
    const listener = (): void => {
      // Those who arranged something here all listen; who else does, decides.
      if (mortal.listenerCount(signal) > (arrangements.get(mortal) ?? 0)) return;
      mortal.exit(code);
    };
    return [signal, listener] as const;
  });
  arrangements.set(mortal, (arrangements.get(mortal) ?? 0) + 1);
  mortal.on('exit', die);
  for (const [signal, listener] of listeners) mortal.on(signal, listener);
  let standing = true;
  return () => {
    if (!standing) return;
    standing = false;
    arrangements.set(mortal, (arrangements.get(mortal) ?? 1) - 1);
    mortal.off('exit', die);
    for (const [signal, listener] of listeners) mortal.off(signal, listener);
  };
}

/** How many arrangements stand, by process. */
const arrangements = new WeakMap<Mortal, number>();
