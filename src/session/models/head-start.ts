// The model thread takes its time to start, and needs nothing to begin with: it may be started before the command line is understood.

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';

/** A model thread, and the port by which it is spoken to. */
export interface StartedThread {
  readonly worker: Worker;
  readonly port: MessagePort;
}

let ahead: StartedThread | undefined;

/** Starts a model thread for the session to come. It does not keep the process alive. */
export function startAhead(): void {
  ahead ??= startThread();
}

/** The thread that was started ahead, or a new one. */
export function takeModelThread(): StartedThread {
  const thread = ahead ?? startThread();
  ahead = undefined;
  return thread;
}

function startThread(): StartedThread {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(threadUrl(), { workerData: { port: port2 }, transferList: [port2] });
  worker.unref();
  port1.unref();
  return { worker, port: port1 };
}

/** Threads run compiled code, also when this file itself runs from its source under a test runner. */
function threadUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../../../dist/session/models/model-thread.js' : './model-thread.js', import.meta.url);
}
