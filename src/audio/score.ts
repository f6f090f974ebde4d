// A MIDI file as a player hears it: the messages of all tracks in the order of time. Damage is read through. Pure.

import { MstError } from '../core/errors.js';
import { readConductor } from '../music/midi-conductor.js';
import { MidiDamage } from '../music/midi-damage.js';
import { DATA_LENGTHS, META, metaData } from '../music/midi-file.js';
import { type SalvagedMidi, salvageMidi } from '../music/midi-salvage.js';
import { secondsAt } from '../music/tempo-map.js';

/** What a file plays. Message i is due at `times[i]` seconds, which never go down. */
export interface Score {
  readonly times: Float64Array;
  /** Bytes of message i, its status first, and the port it goes to: a port has 16 channels. */
  message(i: number): { readonly bytes: number[]; readonly port: number };
  /** Seconds at which the last message is due that begins or ends a note. */
  readonly end: number;
  readonly notes: number;
  /** What the file says it is called, and whose it is. */
  readonly title: string | undefined;
  readonly artist: string | undefined;
}

/** No music is longer; what says it is would fill the disk. */
export const LONGEST_SECONDS = 4 * 3600;
/** Ports beyond these share them. */
export const PORTS = 4;

const NOTE_OFF = 0x80;
const NOTE_ON = 0x90;
const SYSTEM_EXCLUSIVE = 0xf0;
const PORT_META = 0x21;
const LONGEST_EXCLUSIVE = 1024;

/**
 * Reads the bytes of a MIDI file.
 * @throws MstError `bad-midi` for what is no MIDI file and for music of more than four hours, `no-input` when it has no note
 */
export function readScore(bytes: Uint8Array): Score {
  const damage = new MidiDamage();
  const file = salvageMidi(bytes, damage);
  const { tempoMap, metadata } = readConductor(file, damage);
  const { events, ports, notes, lastNoteTick } = gather(file);
  if (notes === 0) throw new MstError('no-input', 'The MIDI file plays nothing.', { hint: 'Choose one with notes in it.' });
  const end = secondsAt(tempoMap, lastNoteTick);
  if (end > LONGEST_SECONDS) {
    throw new MstError(
      'bad-midi',
      `The MIDI file plays for ${(end / 3600).toFixed(1)} hours, and at most ${LONGEST_SECONDS / 3600} are rendered.`,
      {
        hint: 'Its tempo may be damaged: open it in a music program, or render a part of it.',
      },
    );
  }
  const heard = events.filter((event) => (file.ticks[event] as number) <= lastNoteTick);
  return {
    times: Float64Array.from(heard, (event) => secondsAt(tempoMap, file.ticks[event] as number)),
    message: (i) => {
      const event = heard[i] as number;
      return { bytes: messageOf(file, event), port: ports[event] as number };
    },
    end,
    notes,
    title: metadata?.title,
    artist: metadata?.artist,
  };
}

interface Gathered {
  readonly events: Uint32Array;
  /** By event. */
  readonly ports: Uint8Array;
  readonly notes: number;
  readonly lastNoteTick: number;
}

/** The events that sound or change sound, by tick; of the same tick, track after track. */
function gather(file: SalvagedMidi): Gathered {
  const { statuses, ticks, bytes, offsets, tracks } = file;
  const found: number[] = [];
  const ports = new Uint8Array(statuses.length);
  const known = new Map<number, number>();
  let notes = 0;
  let lastNoteTick = 0;
  for (const { first, end } of tracks) {
    let port = 0;
    for (let event = first; event < end; event++) {
      const status = statuses[event] as number;
      if (status === META && bytes[offsets[event] as number] === PORT_META) {
        const [asked = 0] = metaData(file, event);
        port = known.get(asked) ?? known.size % PORTS;
        known.set(asked, port);
      }
      if (status > SYSTEM_EXCLUSIVE) continue;
      found.push(event);
      ports[event] = port;
      const kind = status & 0xf0;
      if (kind !== NOTE_ON && kind !== NOTE_OFF) continue;
      lastNoteTick = Math.max(lastNoteTick, ticks[event] as number);
      if (kind === NOTE_ON && (bytes[(offsets[event] as number) + 1] as number) > 0) notes++;
    }
  }
  const events = Uint32Array.from(found).sort((a, b) => (ticks[a] as number) - (ticks[b] as number) || a - b);
  return { events, ports, notes, lastNoteTick };
}

function messageOf(file: SalvagedMidi, event: number): number[] {
  const status = file.statuses[event] as number;
  const at = file.offsets[event] as number;
  if (status !== SYSTEM_EXCLUSIVE) return [status, ...file.bytes.subarray(at, at + (DATA_LENGTHS[status] as number))];
  let length = 0;
  let start = at;
  for (let more = true; more; start++) {
    const byte = file.bytes[start] as number;
    length = length * 128 + (byte & 127);
    more = byte >= 128;
  }
  return [status, ...file.bytes.subarray(start, start + Math.min(length, LONGEST_EXCLUSIVE))];
}
