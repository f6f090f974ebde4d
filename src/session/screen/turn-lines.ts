// A session told without a screen: one line for each turn, from the entries of its log.

import type { LogEntry } from '../../jam/log/log-entry.js';
import { mixWords, timingWords } from './screen.js';

interface Turn {
  readonly turn: number;
  readonly whose: 'you' | 'model';
  readonly t: number;
  notes: number;
  reply: Extract<LogEntry, { type: 'reply' }> | undefined;
  /** Microseconds of the first note after the turn's beginning. */
  offset: number | undefined;
  late: number;
  cut: boolean;
}

const NOTE_ON = /^9[\da-f]{3}(?!00)/i;

export class TurnLines {
  #turn: Turn | undefined;
  /** The last notes that began in one moment, and when (microseconds): the first of a turn may be told of before the turn is. */
  #latest = { whose: 'you', t: -1, notes: 0 };
  #held = false;

  /** Hears an entry, and gives the line of the turn that it ends, if it ends one, or of the music that stands still or goes on. */
  entry(entry: LogEntry): string | undefined {
    const turn = this.#turn;
    if (entry.type === 'tempo' && (entry.qpm === 0) !== this.#held) {
      this.#held = !this.#held;
      return this.#held ? '     waiting for the MIDI clock' : '     the MIDI clock runs';
    }
    if (entry.type === 'turn') {
      const { whose, t } = this.#latest;
      const notes = whose === entry.whose && t === entry.t ? this.#latest.notes : 0;
      this.#turn = { ...entry, notes, reply: undefined, offset: undefined, late: 0, cut: false };
      return turn && describe(turn, entry.t);
    }
    if (entry.type === 'end') {
      this.#turn = undefined;
      return turn && describe(turn, entry.t);
    }
    if ((entry.type === 'in' || (entry.type === 'out' && entry.voice === 'model')) && NOTE_ON.test(entry.bytes)) {
      const whose = entry.type === 'in' ? 'you' : 'model';
      const more = whose === this.#latest.whose && entry.t === this.#latest.t;
      this.#latest = { whose, t: entry.t, notes: more ? this.#latest.notes + 1 : 1 };
      if (turn?.whose === whose) turn.notes++;
    }
    if (turn === undefined) return undefined;
    if (entry.type === 'reply' && entry.turn === turn.turn) turn.reply = entry;
    if (entry.type === 'sent' && entry.turn === turn.turn) turn.offset = entry.actual - turn.t;
    if (entry.type === 'late' && entry.turn === turn.turn) turn.late += entry.notes;
    if (entry.type === 'dropped' && entry.voice === 'model' && turn.whose === 'model' && entry.due >= turn.t) {
      turn.notes--;
      turn.late++;
    }
    if (entry.type === 'cut' && entry.turn === turn.turn) turn.cut = true;
    return undefined;
  }
}

function describe({ turn, whose, t, notes, reply, offset, late, cut }: Turn, end: number): string {
  const counted = `${notes} ${notes === 1 ? 'note' : 'notes'}`;
  const parts = [`${String(turn + 1).padStart(3)}  ${whose.padEnd(5)}  ${((end - t) / 1e6).toFixed(1).padStart(5)} s  ${counted}`];
  if (whose === 'model') {
    if (reply?.job) parts.push(mixWords(reply.job.mix));
    if (reply !== undefined || offset !== undefined) {
      parts.push(
        timingWords({ offset: offset === undefined ? null : offset / 1e6, generation: reply?.generation ? reply.generation / 1e6 : null }),
      );
    }
    if (late > 0) parts.push(`${late} too late`);
    if (cut) parts.push('broken off');
  }
  return parts.join(', ');
}
