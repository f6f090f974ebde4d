// The sound thread: plays a session through mst's own synthesizer and a player of the system. Started by speaker.ts.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type Instrument, SOUND_VOICES } from '../../audio/live/instrument.js';
import { TimedPlayer } from '../../audio/live/timed-player.js';
import { DRUM_CHANNEL, programChange } from '../../jam/midi-message.js';
import { CHANNELS } from '../clock/packed-message.js';
import { SessionTime } from '../clock/session-time.js';
import { becomeUrgent } from '../clock/urgency.js';
import { Loudspeaker } from './loudspeaker.js';
import { playersOf } from './players.js';
import type { SoundOrder, SoundReport, SoundThreadData } from './sound-orders.js';

/** Frames a second. */
const RATE = 44_100;
/** Frames of the synthesizer's block; the synthesizer itself is loaded while the player starts. */
const BLOCK = 64;
/** How often the player is given more, in milliseconds. */
const TICK_MS = 4;

const { epoch, soundFont, volume, latency, programs } = workerData as SoundThreadData;
const port = parentPort as MessagePort;
const time = new SessionTime(epoch);
/** Orders that came before there was anything to play them. */
let early: SoundOrder[] | undefined = [];
let timed: TimedPlayer | undefined;

function say(report: SoundReport): void {
  port.postMessage(report);
}

const loudspeaker = new Loudspeaker({
  kinds: playersOf(process.platform),
  rate: RATE,
  block: BLOCK,
  epoch,
  latency,
  volume,
  say,
  render(left, right, frame, zero) {
    if (timed === undefined) return;
    timed.zero = zero;
    timed.render(left, right, frame);
    const played = timed.takePlayed();
    if (played.length > 0) say({ type: 'played', played });
  },
});

function obey(order: SoundOrder): void {
  if (order.type === 'end') {
    early = undefined;
    loudspeaker.end(time.now());
    return;
  }
  if (timed === undefined) early?.push(order);
  else if (order.type === 'play') timed.play(order.message);
  else if (order.type === 'cancel') timed.cancel(order.voice, order.from);
  else timed.silence();
}

async function openInstrument(): Promise<Instrument> {
  const [{ openSoundFont }, { Synthesizer }] = await Promise.all([
    import('../../audio/soundfont.js'),
    import('../../audio/synthesizer.js'),
  ]);
  const synthesizer = new Synthesizer(await openSoundFont(soundFont), { rate: RATE, ports: SOUND_VOICES.length });
  for (const [place, voice] of SOUND_VOICES.entries()) {
    const program = programs[voice];
    if (program === undefined) continue;
    for (let channel = 0; channel < CHANNELS; channel++) {
      if (channel !== DRUM_CHANNEL) synthesizer.send(programChange(channel, program), place);
    }
  }
  return synthesizer;
}

function tick(): void {
  try {
    loudspeaker.tick(time.now());
  } catch (error) {
    fail(error);
  }
  if (loudspeaker.over) {
    say({ type: 'ended' });
    port.close();
  } else {
    setTimeout(tick, TICK_MS);
  }
}

function fail(error: unknown): void {
  const { message, hint = '', code } = error as { message: string; hint?: string; code?: string };
  timed = undefined;
  loudspeaker.fail({ type: 'silent', problem: message, hint, ...(code !== undefined && { code }) });
}

port.on('message', (order: SoundOrder) => {
  try {
    obey(order);
  } catch (error) {
    fail(error);
  }
});
// The player starts while the sounds are read.
loudspeaker.open(time.now());
try {
  timed = new TimedPlayer(await openInstrument(), { rate: RATE, block: BLOCK });
  for (const order of early ?? []) obey(order);
  early = undefined;
  becomeUrgent();
  loudspeaker.go();
} catch (error) {
  fail(error);
}
tick();
