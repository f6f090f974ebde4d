// A MIDI file as what a player would send: its messages with their times.

import { MstError } from '../core/errors.js';
import { readConductor } from '../music/midi-conductor.js';
import { MidiDamage } from '../music/midi-damage.js';
import { DATA_LENGTHS } from '../music/midi-file.js';
import { salvageMidi } from '../music/midi-salvage.js';
import { secondsAt } from '../music/tempo-map.js';

/** A message of one to three bytes, and when it is played: seconds from the beginning of the file. */
export interface TimedMessage {
  readonly time: number;
  readonly bytes: readonly number[];
}

const FIRST_SYSTEM_STATUS = 0xf0;

/**
 * What all tracks of a file play, in the order of time; of the same time, track after track. Damage is read through.
 * @throws MstError `bad-midi` for what is no MIDI file, `no-input` when it plays nothing
 */
export function readFileMessages(bytes: Uint8Array): TimedMessage[] {
  const damage = new MidiDamage();
  const file = salvageMidi(bytes, damage);
  const { tempoMap } = readConductor(file, damage);
  const events: number[] = [];
  for (const { first, end } of file.tracks) {
    for (let event = first; event < end; event++) if ((file.statuses[event] as number) < FIRST_SYSTEM_STATUS) events.push(event);
  }
  const tick = (event: number): number => file.ticks[event] as number;
  events.sort((a, b) => tick(a) - tick(b) || a - b);
  if (events.length === 0) throw new MstError('no-input', 'The MIDI file plays nothing.', { hint: 'Choose one with notes in it.' });
  return events.map((event) => {
    const status = file.statuses[event] as number;
    const at = file.offsets[event] as number;
    return { time: secondsAt(tempoMap, tick(event)), bytes: [status, ...file.bytes.subarray(at, at + (DATA_LENGTHS[status] as number))] };
  });
}
