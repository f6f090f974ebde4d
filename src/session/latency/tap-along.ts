// The tap test of a session's output: opens what the plan names, plays clicks, and hears taps from every input.

import { MstError } from '../../core/errors.js';
import { readMessage } from '../../jam/midi-message.js';
import type { Voice } from '../../jam/settings.js';
import { OutputClock } from '../clock/output-clock.js';
import { SessionTime } from '../clock/session-time.js';
import { beforeDeath, type Mortal } from '../last-words.js';
import { SessionPorts } from '../ports/session-ports.js';
import { type KeySource, type Picture, Terminal } from '../screen/terminal.js';
import type { SessionPlan } from '../session-plan.js';
import { SessionSound } from '../sound/session-sound.js';
import { testLatency } from './latency-test.js';

export interface TapAlong {
  readonly keys: KeySource;
  readonly canvas: Picture;
  readonly mortal: Mortal;
  readonly signal: AbortSignal;
  /** Told what a person should know. */
  readonly notice: (text: string) => void;
  /** Told when the clicks are about to come. */
  readonly begin: () => void;
}

/** Seconds by which taps come after clicks, or undefined where too few came. @throws MstError what cannot be opened; the reason of the signal */
export async function tapAlong(plan: SessionPlan, { keys, canvas, mortal, signal, notice, begin }: TapAlong): Promise<number | undefined> {
  const time = new SessionTime();
  const taps: number[] = [];
  const stopped = new AbortController();
  const terminal = new Terminal({
    keys,
    picture: canvas,
    screen: false,
    onKey: ({ key, ctrl, action }) => {
      if (key === 'escape' || (ctrl && key === 'c')) stopped.abort(new Error('stopped'));
      else if (action === 'press') taps.push(time.now());
    },
  });
  const clock = await OutputClock.start(time, (_, reason) => notice(`An output does not work any more: ${reason}`));
  const ports = new SessionPorts(() => time.now(), false);
  let sound: SessionSound | undefined;
  const schedule = (at: number, voice: Voice, bytes: readonly number[]): void => {
    clock.schedule(at, voice, bytes);
    sound?.schedule(at, voice, bytes);
  };
  const takeBack = beforeDeath(mortal, () => {
    sound?.kill();
    clock.silence();
    terminal.close();
  });
  try {
    ports.openInputs(plan.inputs, {
      message: (at, bytes) => {
        if (readMessage(bytes).type === 'note-on') taps.push(at);
      },
      lost: () => {},
      notice,
    });
    await ports.openOutputs(plan, clock, notice);
    const alone = ports.outputs.length === 0;
    const heard = plan.speaker?.when === 'always' || alone ? plan.speaker : undefined;
    // What is to be found is how late it sounds when nothing is done about it.
    const speaker = heard && ({ ...heard, when: 'always', latency: 0 } as const);
    sound = await SessionSound.open({ ...plan, speaker }, { time, alone, hooks: { begun() {}, latency() {}, played() {}, notice } });
    if (alone && sound === undefined) {
      throw new MstError('not-found', 'There is no MIDI output to test.', { hint: 'See which there are: mst session --list-ports' });
    }
    await terminal.open();
    begin();
    return await testLatency(
      { time, clock: { schedule }, channel: plan.settings.voices.click.channel, signal: AbortSignal.any([signal, stopped.signal]) },
      taps,
    );
  } catch (error) {
    if (stopped.signal.aborted) return undefined;
    throw error;
  } finally {
    ports.close();
    await sound?.end();
    await clock.end();
    terminal.close();
    takeBack();
  }
}
