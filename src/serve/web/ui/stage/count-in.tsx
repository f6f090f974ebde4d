// The beats that are left before the music begins, large.

import { TURN_MODES } from '../../../../jam/turns/turn-modes.js';
import { useMoment } from '../session-context.js';

export function CountIn() {
  const { left, waits, mode } = useMoment((status) => ({
    left: status?.phase === 'count-in' && status.left !== null ? Math.ceil(status.left.beats - 1e-3) : 0,
    waits: status?.phase === 'waiting' && status.turn < 1,
    mode: status?.mode ?? 'bars',
  }));
  if (left > 0) {
    return (
      <p class="count-in" key={left} aria-hidden="true">
        {left}
      </p>
    );
  }
  if (!waits) return null;
  const clock = TURN_MODES[mode].unit === 'seconds' ? 'The clock starts with your first note.' : 'Your first note sets the beat.';
  return (
    <p class="waiting-words">
      <strong>Play!</strong> {clock}
    </p>
  );
}
