// A recording after changes as a piece to share: its music without the metronome, and who plays when. Pure.

import { type MarkedMusic, musicOf } from '../../../jam/session-to-midi.js';
import type { EditedSession } from '../../../jam/timeline-edited.js';
import { mixName, type SessionPiece, type Turn } from '../../../view/session-piece.js';
import type { Side } from '../page-session.js';

const PLAYER = 'You';

/** @param programs General MIDI programs of the sides; those the session began with where none are given */
export function editedPiece(session: EditedSession, programs: Readonly<Record<Side, number>> | undefined): SessionPiece {
  const { sequence, markers }: MarkedMusic = musicOf(session, { click: false, ...(programs !== undefined && { programs }) });
  const named = session.turns.filter(({ whose, mix }) => whose === 'model' && mix.length > 0).map(({ mix }) => mixName(mix));
  const names = [...new Set(named)];
  const only = names.length === 1 ? names[0] : undefined;
  const [you, model] = [
    { instrument: 0, name: PLAYER },
    { instrument: 1, name: only ?? 'Model' },
  ];
  const turns = session.turns.slice(1).map((turn): Turn => {
    const count = (voice: Side): number => (session.isMuted(turn) ? 0 : session.notes(turn, voice).length);
    return {
      whose: turn.whose,
      by: turn.whose === 'you' ? PLAYER : turn.mix.length === 0 ? model.name : mixName(turn.mix),
      ...session.span(turn),
      notes: { you: count('you'), model: count('model') },
    };
  });
  return {
    sequence: { ...sequence, instrumentInfos: [you, model].map(({ instrument, name }) => ({ instrument, name })) },
    markers,
    turns: turns.filter(({ start, end }) => start < Math.min(end, sequence.totalTime)),
    you,
    model,
    offset: session.beginning,
  };
}
