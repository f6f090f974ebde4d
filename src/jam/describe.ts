// The state of a session in the words of status.ts.

import type { LearnTarget } from './settings.js';
import type { Stage } from './stage.js';
import type { Status } from './status.js';
import type { Turns } from './turns/turns.js';

/** Seconds of the past that a piano roll shows at most. */
const ROLL_SECONDS = 12;

/** What a screen shows at a time, which is not before the engine's own. */
export function describe(stage: Stage, turns: Turns, { time, learning }: { time: number; learning: LearnTarget | null }): Status {
  const { settings, tempo, output, partner, mode, exchanges, playOver } = stage;
  const { beatsPerBar, models } = settings;
  const now = Math.max(time, stage.now);
  const quarter = turns.phase === 'ready' ? null : tempo.quarterAt(now);
  const position = Math.max(0, quarter ?? 0);
  const { due, startTime } = turns;
  const seconds = Math.max(0, due - now);
  const played = turns.answers - (turns.phase === 'model' ? 1 : 0);
  return {
    phase: turns.phase,
    turn: turns.turn,
    mode: mode.name,
    exchanges,
    left: Number.isFinite(due)
      ? {
          seconds,
          beats: Math.max(0, tempo.quarterAt(due) - (quarter ?? 0)),
          fraction: due > startTime ? Math.min(1, seconds / (due - startTime)) : 0,
        }
      : null,
    quarter,
    bar: Math.floor(position / beatsPerBar) + 1,
    beat: (Math.floor(position) % beatsPerBar) + 1,
    beatFraction: position - Math.floor(position),
    beatsPerBar,
    held: stage.held,
    qpm: settings.qpm,
    models: models[models.length === 0 ? 0 : played % models.length] ?? [],
    temperature: settings.temperature,
    metronome: settings.metronome,
    playOver,
    loop: partner.loop,
    mutate: partner.mutate,
    finishing: turns.finishing,
    learning,
    learned: settings.learned,
    takes: partner.takes,
    sounding: { you: stage.roll.held, model: output.sounding('model') },
    roll: stage.roll.notes(now - ROLL_SECONDS, output.pending('model')),
    lastAnswer: partner.timing,
    answers: { turns: played, missed: turns.missed },
  };
}
