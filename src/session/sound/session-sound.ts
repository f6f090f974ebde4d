// The loudspeaker in a session: whether it sounds at all, what goes to it, and what a player is told of it.

import { MstError } from '../../core/errors.js';
import { LONGEST_LATENCY } from '../../jam/check-settings.js';
import type { Settings, Voice } from '../../jam/settings.js';
import { usualPrograms } from '../../jam/usual-programs.js';
import type { SessionTime } from '../clock/session-time.js';
import type { SessionPlan, SpeakerPlan } from '../session-plan.js';
import { Speaker, type SpeakerState } from './speaker.js';

export interface SoundHooks {
  /** The loudspeaker plays, which was waited for no longer. */
  begun(name: string): void;
  /** From now on sound is so many seconds late. */
  latency(seconds: number): void;
  played(id: number, time: number, dropped: boolean): void;
  notice(text: string): void;
}

/** How long a session waits for a sound that was asked for, in milliseconds. Without, it begins at once, and sounds a moment later. */
const PATIENCE_MS = 5000;
/** What a sound that has not begun yet is thought to be late by, in seconds. */
const USUAL_LATENCY = 0.1;
/** A change of latency that matters, in seconds. */
const LATER = 0.002;
const NOTHING_HEARD =
  'Nothing is heard, though all is recorded: there is no MIDI output, and no way to a loudspeaker; mst doctor says what is wrong with it.';

export class SessionSound {
  readonly #speaker: Speaker;
  readonly #clicks: boolean;
  readonly #hooks: SoundHooks;
  #latency = USUAL_LATENCY;
  #begun = false;
  #sounded = false;

  /**
   * Opens the loudspeaker where the plan wants it.
   * @param alone whether there is no MIDI output
   * @returns undefined where it is not to sound
   * @throws MstError `not-found` where it was asked for and cannot sound
   */
  static async open(
    plan: Pick<SessionPlan, 'speaker' | 'settings' | 'clickOutput'>,
    { time, alone, hooks }: { time: SessionTime; alone: boolean; hooks: SoundHooks },
  ): Promise<SessionSound | undefined> {
    const { speaker } = plan;
    if (speaker === undefined || (speaker.when === 'alone' && !alone)) return undefined;
    const sound = new SessionSound(speaker, { plan, time, hooks });
    const state = speaker.when === 'always' ? await within(sound.#speaker.opened, PATIENCE_MS) : undefined;
    sound.#begun = true;
    if (state?.on !== false) return sound;
    await sound.end();
    throw refused(state);
  }

  private constructor(
    { soundFont, volume, latency }: SpeakerPlan,
    { plan, time, hooks }: { plan: Pick<SessionPlan, 'settings' | 'clickOutput'>; time: SessionTime; hooks: SoundHooks },
  ) {
    const { you, model } = plan.settings.voices;
    const programs = usualPrograms({ you: you?.program ?? null, model: model.program });
    this.#clicks = plan.clickOutput === undefined;
    this.#hooks = hooks;
    if (latency !== undefined) this.#latency = latency;
    this.#speaker = new Speaker(
      time,
      { soundFont, volume, latency, programs },
      { changed: (state) => this.#change(state), played: hooks.played, notice: hooks.notice },
    );
  }

  /** What it is called, with how late it is; undefined while it is silent. */
  get name(): string | undefined {
    const { state } = this.#speaker;
    if (state === undefined) return 'loudspeaker';
    return state.on ? `loudspeaker (${state.name}, ${Math.round(state.latency * 1000)} ms)` : undefined;
  }

  /** The settings of a session that sounds here: you are heard, and answers are settled in time. */
  settings(settings: Settings): Settings {
    return { ...settings, thru: true, latency: Math.min(LONGEST_LATENCY, Math.max(settings.latency ?? 0, this.#latency)) };
  }

  /** @param id to be told when it was played */
  schedule(time: number, voice: Voice, bytes: readonly number[], id?: number): void {
    if (voice !== 'click' || this.#clicks) this.#speaker.schedule(time, voice, bytes, id);
  }

  cancel(voice: Voice, from: number): void {
    this.#speaker.cancel(voice, from);
  }

  /** Ends every note. */
  silence(): void {
    this.#speaker.silence();
  }

  /** Fades out; within a tenth of a second nothing sounds. */
  end(): Promise<void> {
    return this.#speaker.end();
  }

  /** Ends all sound at once; also works while the process exits. */
  kill(): void {
    this.#speaker.kill();
  }

  #change(state: SpeakerState): void {
    const sounded = this.#sounded;
    this.#sounded ||= state.on;
    if (!state.on) {
      if (this.#begun) this.#hooks.notice(sounded ? `There is no sound any more. ${state.problem}` : NOTHING_HEARD);
      return;
    }
    if (!sounded && this.#begun && this.name !== undefined) this.#hooks.begun(this.name);
    const late = Math.min(LONGEST_LATENCY, state.latency);
    if (Math.abs(late - this.#latency) < LATER) return;
    this.#latency = late;
    if (this.#begun) this.#hooks.latency(late);
  }
}

/** What a promise gives, or undefined when that takes longer. */
async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function refused({ problem, hint, code }: Extract<SpeakerState, { on: false }>): MstError {
  return new MstError((code as MstError['code'] | undefined) ?? 'not-found', problem, { hint });
}
