// A worker that says every few milliseconds that time has passed, while that is wanted: browsers slow down the timers of pages nobody looks
// at, not these.

const TICK_MS = 10;

const worker = globalThis as unknown as { postMessage(message: null): void; onmessage: (event: MessageEvent<boolean>) => void };
let timer: ReturnType<typeof setInterval> | undefined;

worker.onmessage = ({ data: wanted }) => {
  clearInterval(timer);
  timer = wanted ? setInterval(() => worker.postMessage(null), TICK_MS) : undefined;
};

export {};
