// What the model is to do in a turn, as things stand now.

import { STEPS_PER_QUARTER } from '../../music/melody.js';
import type { Stage } from '../stage.js';
import { FIRST_BARS_OF_ENDLESS, melodyUpTo, modelBound, quarterOf, timeOf } from '../turns/bounds.js';
import type { Exchange } from '../turns/turn-modes.js';
import type { TurnPlan } from './partner.js';
import type { ReplyPlace } from './reply.js';

/** What is left of rounding, in quarter notes. */
const ROUNDING = 1e-6;

/** How an answer is played: as the call was. */
export type Manner = Pick<ReplyPlace, 'swing' | 'velocities'>;

/** What is known of a turn of the model. */
export interface TurnFacts {
  readonly turn: number;
  /** Where it begins, in quarter notes of the session. */
  readonly quarter: number;
  readonly exchange: Exchange;
  /** Which of the model's turns it is, from 0: several models take turns. */
  readonly count: number;
  /** Whether it is your turn now, so that what you play is answered. */
  readonly listening: boolean;
  /** How the answer is played when there is no call. */
  readonly manner: Manner;
  /** When the turn ends, in seconds, once it has begun; undefined before. */
  readonly end: () => number | undefined;
}

export function planTurn(stage: Stage, { turn, quarter, exchange, count, listening, manner, end }: TurnFacts): TurnPlan {
  const { call, mode, partner, settings, tempo } = stage;
  const { beatsPerBar, models, seed, temperature, voices } = settings;
  const endless = mode.answerEnds === 'never';
  const heard = listening && !call.empty;
  const bound = modelBound(stage, exchange, quarter);
  const quarters = endless ? FIRST_BARS_OF_ENDLESS * beatsPerBar : quarterOf(tempo, bound) - quarter;
  return {
    place: {
      turn,
      quarter,
      timeAt: (at) => tempo.timeAt(at),
      end: () => end() ?? (endless ? Infinity : timeOf(tempo, bound)),
      swing: heard ? call.swing : manner.swing,
      velocities: (heard ? call.velocities : undefined) ?? manner.velocities,
      channel: voices.model.channel,
    },
    steps: Math.max(1, Math.ceil(quarters * STEPS_PER_QUARTER - ROUNDING)),
    endless,
    call: heard ? melodyUpTo(stage, quarter) : null,
    alone: mode.beginsAlone || partner.takes !== null,
    mix: models.length === 0 ? undefined : models[count % models.length],
    temperature,
    seed,
  };
}
