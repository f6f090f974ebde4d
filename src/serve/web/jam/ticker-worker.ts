// A worker that says every few milliseconds that time has passed: browsers slow down the timers of pages nobody looks at, not these.

const TICK_MS = 10;

const scope = globalThis as unknown as { postMessage(message: null): void };
setInterval(() => scope.postMessage(null), TICK_MS);
