// Whose turn it is, to be seen at a glance: you on the left, the model on the right, each with a ring that empties, and the beat between them.

import { TURN_MODES } from '../../../../jam/turns/turn-modes.js';
import type { Side } from '../../page-session.js';
import { useMoment, useView } from '../session-context.js';
import { modelNames } from '../words.js';
import { BeatLights } from './beat-lights.js';
import { Ring } from './ring.js';
import { Timing } from './timing.js';

const STATES = {
  you: { count: 'Get ready', waiting: 'Your turn: play!', you: 'Your turn', model: 'Listen' },
  model: { count: 'Waits', waiting: 'Listens', you: 'Listens', model: 'Answers' },
} as const;

function SideCard({ side, name, active, state }: { side: Side; name: string; active: boolean; state: string }) {
  return (
    <div class={`side ${side}${active ? ' active' : ''}`}>
      <Ring side={side} />
      <div class="side-words">
        <span class="side-name">
          <i class={`mark ${side}`} aria-hidden="true" />
          <bdi>{name}</bdi>
        </span>
        <strong class="side-state">{state}</strong>
        {side === 'model' && <Timing />}
      </div>
    </div>
  );
}

export function Hud() {
  const models = useView((view) => view.settings.models);
  const moment = useMoment((status) => ({
    phase: status?.phase ?? 'ready',
    names: status?.models.map(({ model }) => model) ?? [],
    finishing: status?.finishing ?? false,
    mode: status?.mode ?? 'bars',
  }));
  const { phase } = moment;
  const names = moment.names.length > 0 ? moment.names : models;
  const key = phase === 'you' || phase === 'model' || phase === 'waiting' ? phase : 'count';
  const endless = TURN_MODES[moment.mode].answerEnds === 'never' && phase === 'model';
  const stateOf = (side: Side): string => {
    if (moment.finishing && side === 'you') return 'Last answer';
    if (endless) return side === 'you' ? (moment.mode === 'solo' ? 'Play along' : 'Touch a key to take over') : 'Plays on';
    return STATES[side][key];
  };
  return (
    <div class="hud">
      <SideCard side="you" name="You" active={key === 'you' || key === 'waiting'} state={stateOf('you')} />
      <BeatLights />
      <SideCard side="model" name={modelNames(names)} active={key === 'model'} state={stateOf('model')} />
    </div>
  );
}
