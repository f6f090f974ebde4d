// A session on a virtual clock, as fast as the models think: files play as the human, thinking takes no time, and nothing sounds. The
// same files, models, settings and seed make the same recording.

import { closeSync, rmSync } from 'node:fs';
import type { Action } from '../jam/action.js';
import { Planner } from '../jam/answers/planner.js';
import { Engine } from '../jam/engine.js';
import { encodeLogEntry } from '../jam/log/log.js';
import type { LogEntry } from '../jam/log/log-entry.js';
import { AtomicFile } from '../registry/files.js';
import { FilePlayer } from './file-player.js';
import { openModels } from './models/opened-models.js';
import { createRecording, type RecordingPlace } from './recording/recordings.js';
import type { Origin, SessionPlan, SessionResult } from './session-plan.js';
import { fileStart, TurnWatch } from './turn-watch.js';

export interface Simulation {
  /** The recording to be made. Until it is whole it is empty, or the old one that it replaces. */
  readonly place: RecordingPlace;
  readonly origin: Origin;
  readonly signal: AbortSignal;
  /** Told a line for each turn. */
  readonly tell: (line: string) => void;
}

/** Bytes of the recording that are written at once. */
const CHUNK = 65_536;
/** How often others get a turn in this thread, in milliseconds. */
const BREATH_MS = 50;
const SLICE = 64;

/** Simulates a session. @throws MstError what cannot be opened or written; the reason of the signal */
export async function simulateSession(plan: SessionPlan, { place, origin, signal, tell }: Simulation): Promise<SessionResult> {
  const { models, logged } = openModels(plan.models);
  const planner = new Planner(models);
  const replaced = 'path' in place && place.replace ? place.path : undefined;
  const file = replaced ?? reserve(place);
  const recording = new AtomicFile(file);
  const watch = new TurnWatch(plan.fileWaits);
  let lines = '';
  let ended = false;
  const flush = (): void => {
    recording.write(new TextEncoder().encode(lines));
    lines = '';
  };
  const log = (entry: LogEntry): void => {
    lines += encodeLogEntry(entry);
    if (lines.length >= CHUNK) flush();
    const line = watch.hear(entry);
    if (line !== undefined) tell(line);
  };
  const act = (action: Action): void => {
    if (action.type === 'ask') planner.give(action.job);
    else if (action.type === 'log') log(action.entry);
    else if (action.type === 'ended') ended = true;
    else if (action.type === 'send' && action.first !== undefined) firsts.push({ time: action.time, turn: action.first });
    else if (action.type === 'cancel' && action.voice === 'model')
      firsts.splice(0, firsts.length, ...firsts.filter(({ time }) => time < action.from));
  };
  /** First notes on their way; they go out exactly when they are due. */
  const firsts: { readonly time: number; readonly turn: number }[] = [];
  const sources = plan.inputs.map((input) => (input.kind === 'file' ? input.path : input.kind));
  const engine = new Engine(plan.settings, act, { models: logged, sources, ...origin });
  let now = 0;
  try {
    engine.begin(0);
    const start = fileStart(plan.settings, watch.firstBeat ?? 0);
    const players = plan.inputs.flatMap((input, source) =>
      input.kind === 'file' ? [{ source, player: new FilePlayer(input.messages, start) }] : [],
    );
    const released: { readonly time: number; readonly bytes: readonly number[]; readonly source: number }[] = [];
    watch.onFlow = (flows, time) => {
      for (const { source, player } of players) {
        if (flows) player.resume(time);
        else player.wait(time, (at, bytes) => released.push({ time: at, bytes, source }));
      }
    };
    let finishing = false;
    let breathed = performance.now();
    while (!ended) {
      if (performance.now() - breathed > BREATH_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        breathed = performance.now();
        signal.throwIfAborted();
      }
      const letGo = released.shift();
      if (letGo !== undefined) {
        engine.input(letGo.time, letGo.bytes, letGo.source);
        continue;
      }
      if (!planner.idle) {
        const answer = planner.work(SLICE);
        if (answer !== undefined) engine.answer(now, answer);
        continue;
      }
      if (!finishing && players.every(({ player }) => player.over)) {
        finishing = true;
        engine.control(now, { type: 'finish' });
        continue;
      }
      const next = players.reduce((first, each) => (each.player.nextTime < first.player.nextTime ? each : first));
      const first = firsts[0];
      const due = Math.min(next.player.nextTime, engine.nextDeadline, first?.time ?? Number.POSITIVE_INFINITY);
      now = Math.max(now, due);
      if (first !== undefined && first.time <= now) {
        firsts.shift();
        engine.sent(now, first.turn, first.time);
      } else if (next.player.nextTime <= now) {
        next.player.advance(now, (time, bytes) => engine.input(time, bytes, next.source));
      } else {
        engine.advance(now);
      }
    }
    flush();
    recording.commit();
  } catch (error) {
    recording.abandon();
    if (replaced === undefined) rmSync(file, { force: true });
    throw error;
  }
  const { answers } = engine.status(now);
  return { file, seconds: now, answers: answers.turns, missed: answers.missed, lost: 0 };
}

/** The name of a recording that no other session takes from now on. */
function reserve(place: RecordingPlace): string {
  const { path, descriptor } = createRecording(place);
  closeSync(descriptor);
  return path;
}
