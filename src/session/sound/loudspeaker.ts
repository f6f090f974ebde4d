// The way to the machine's loudspeaker: tries the players of the table until one plays, feeds it by the clock, notices when it stops, runs
// dry or does not take its sound, and then does what helps. It has no clock and starts no process itself: whoever drives it does.

import { LIVE_GAIN } from '../../audio/live/loudness.js';
import { Pace } from '../../audio/live/pace.js';
import { toPcm } from '../../audio/live/pcm.js';
import { type PlayerHooks, PlayerProcess } from './player-process.js';
import type { PlayerKind, PlayerNews } from './players.js';
import { type Refused, refusal, sentence } from './refusal.js';
import type { SoundReport } from './sound-orders.js';

export interface RunningPlayer {
  readonly pid: number | undefined;
  readonly full: boolean;
  write(bytes: Uint8Array): void;
  kill(): void;
}

export interface LoudspeakerOptions {
  readonly kinds: readonly PlayerKind[];
  /** Frames a second. */
  readonly rate: number;
  /** Frames are rendered in multiples of this. */
  readonly block: number;
  /** Session time 0 on the system's monotonic clock, in nanoseconds. */
  readonly epoch: bigint;
  /** What the user says that sound is late by, in seconds. */
  readonly latency: number | undefined;
  readonly volume: number;
  readonly say: (report: SoundReport) => void;
  /** Renders what is next. @param zero where session time 0 is, in seconds of the frames' time */
  readonly render: (left: Float32Array, right: Float32Array, frame: number, zero: number) => void;
  /** @param buffer seconds of sound it may hold */
  readonly start?: (kind: PlayerKind, options: { rate: number; buffer: number; hooks: PlayerHooks }) => RunningPlayer;
}

/** Seconds of sound that a player holds at first, and at most after it has run dry too often. */
const BUFFER = 0.04;
const LARGEST_BUFFER = 0.16;
/** A player that has run dry so often within so many seconds is given more to hold. */
const BREAKS = 4;
const BREAKS_WITHIN = 20;
/** What happens in its first second is forgiven. */
const SETTLING = 1;
/** A player must begin within so many seconds. */
const PATIENCE = 3;
/** Seconds that a player may fail to take its sound. */
const STUCK = 0.5;
/** Players that may end in the midst of a session; of more it is silent. */
const MOST_ENDS = 5;
/** How long a player that tells how late it is gets to do so before it is announced. */
const MEASURING = 0.2;
/** A latency that changes by more (seconds) is announced again, this many seconds later at the earliest. */
const ANOTHER_LATENCY = 0.01;
const ANNOUNCED_AGAIN = 2;
/** The end: sound fades within so many seconds, and all is over after these. */
const FADE = 0.012;
const LONGEST_END = 0.085;

interface Playing {
  readonly kind: PlayerKind;
  readonly process: RunningPlayer;
  readonly pace: Pace;
  readonly opened: number;
  /** Whether it has said that it plays, and whether it has got what it begins with. */
  begun: boolean;
  primed: boolean;
  /** When both were so. */
  began: number | undefined;
  announced: { readonly at: number; readonly latency: number } | undefined;
  stuck: number;
  /** Breaks that are forgiven, and since when they are counted. */
  breaks: { readonly count: number; readonly since: number };
}

export class Loudspeaker {
  readonly #options: LoudspeakerOptions;
  #left: PlayerKind[];
  readonly #refused: Refused[] = [];
  #playing: Playing | undefined;
  #buffer = BUFFER;
  #ends = 0;
  #now = 0;
  /** When the player was last looked after. */
  #fed = Number.NEGATIVE_INFINITY;
  #ready = false;
  #last: { readonly report: SoundReport } | undefined;
  #ending: number | undefined;
  #over = false;

  constructor(options: LoudspeakerOptions) {
    this.#options = options;
    this.#left = [...options.kinds];
  }

  /** Whether it has ended. */
  get over(): boolean {
    return this.#over;
  }

  /** Whether nothing will sound any more. */
  get silent(): boolean {
    return this.#last !== undefined;
  }

  /** Starts the first player. */
  open(now: number): void {
    this.#now = now;
    this.#next();
  }

  /** There is something to render from now on. */
  go(): void {
    this.#ready = true;
  }

  /** Nothing can be rendered any more. */
  fail(report: SoundReport & { readonly type: 'silent' }): void {
    this.#stop();
    this.#left = [];
    this.#beSilent(report);
  }

  /** Gives the player what it needs; to be called every few milliseconds. */
  tick(now: number): void {
    this.#now = now;
    const playing = this.#playing;
    if (this.#ending !== undefined && (playing === undefined || now >= this.#ending)) {
      this.#stop();
      this.#over = true;
    } else if (playing?.began !== undefined) {
      this.#feed(playing, playing.began);
    } else if (playing !== undefined && now > playing.opened + PATIENCE) {
      this.#lose('it does not begin to play');
    } else if (playing !== undefined && this.#ready) {
      this.#prime(playing);
    }
  }

  /** Fades out and ends. */
  end(now: number): void {
    this.#now = now;
    const { rate } = this.#options;
    const playing = this.#playing;
    this.#left = [];
    if (playing?.began === undefined) {
      this.#ending = now;
      return;
    }
    this.#give(playing, Math.max(playing.pace.wanted(now), this.#whole(FADE * rate)), 0);
    this.#ending = now + Math.min(playing.pace.latency + FADE, LONGEST_END);
  }

  #next(): void {
    const kind = this.#left.shift();
    if (kind === undefined) {
      this.#beSilent({ type: 'silent', ...refusal(this.#refused) });
      return;
    }
    const { rate, block, start = startPlayer, say } = this.#options;
    const buffer = this.#buffer;
    const hooks: PlayerHooks = {
      news: (news) => this.#playing?.process === process && this.#hear(this.#playing, news),
      ended: (reason) => this.#playing?.process === process && this.#lose(reason),
    };
    const process: RunningPlayer = start(kind, { rate, buffer, hooks });
    this.#playing = {
      kind,
      process,
      pace: new Pace({ rate, block, lead: Math.round(kind.ahead * buffer * rate), beyond: kind.beyond }),
      opened: this.#now,
      begun: false,
      primed: false,
      began: undefined,
      announced: undefined,
      stuck: 0,
      breaks: { count: 0, since: this.#now },
    };
    say({ type: 'process', pid: process.pid });
  }

  #hear(playing: Playing, news: PlayerNews): void {
    const { pace } = playing;
    switch (news.type) {
      case 'begun':
        playing.begun = true;
        this.#begin(playing);
        return;
      case 'holds':
        pace.setLead(news.frames);
        return;
      case 'delay':
        pace.told(this.#now, news.seconds);
        return;
      case 'clock':
        pace.ticked(Number(news.at - this.#options.epoch) / 1e9, news.seconds);
        return;
      case 'dry':
        pace.ranDry(this.#now);
    }
  }

  /** What a player begins with is silence. */
  #prime(playing: Playing): void {
    const frames = playing.pace.wanted(this.#now);
    if (frames === 0) return;
    playing.process.write(toPcm(new Float32Array(frames), new Float32Array(frames), 0));
    playing.pace.gave(frames);
    playing.primed = true;
    this.#begin(playing);
  }

  #begin(playing: Playing): void {
    if (!playing.begun || !playing.primed || playing.began !== undefined) return;
    playing.began = this.#now;
    playing.pace.begin(this.#now);
  }

  #feed(playing: Playing, began: number): void {
    const { process, pace } = playing;
    if (process.full) {
      playing.stuck += this.#now - Math.max(this.#fed, began);
    } else {
      playing.stuck = Math.max(0, playing.stuck - (this.#now - Math.max(this.#fed, began)));
      const frames = pace.wanted(this.#now);
      if (frames > 0) this.#give(playing, frames);
    }
    this.#fed = this.#now;
    if (playing.stuck > STUCK) this.#lose('it does not take its sound');
    else if (!this.#widen(playing, began)) this.#announce(playing, began);
  }

  /** Renders, and hands over. @param until what the gain goes to */
  #give(playing: Playing, frames: number, until?: number): void {
    const { latency, volume, render } = this.#options;
    const { pace, process } = playing;
    const [left, right] = [new Float32Array(frames), new Float32Array(frames)];
    render(left, right, pace.given, pace.zero + (latency === undefined ? 0 : pace.latency - latency));
    const gain = this.#ending === undefined ? LIVE_GAIN * volume : 0;
    process.write(toPcm(left, right, gain, until ?? gain));
    pace.gave(frames);
  }

  #whole(frames: number): number {
    const { block } = this.#options;
    return Math.ceil(frames / block) * block;
  }

  /** A player that runs dry too often is started anew with more to hold. Returns whether it was. */
  #widen(playing: Playing, began: number): boolean {
    const { pace, breaks, kind } = playing;
    if (this.#now < began + SETTLING) {
      playing.breaks = { count: pace.breaks, since: this.#now };
      return false;
    }
    const count = pace.breaks - breaks.count;
    if (this.#now - breaks.since > BREAKS_WITHIN) playing.breaks = { count: pace.breaks, since: this.#now };
    if (count < BREAKS || this.#ending !== undefined) return false;
    playing.breaks = { count: pace.breaks, since: this.#now };
    const text = `The sound broke off ${count} times in ${Math.round(this.#now - breaks.since)} s`;
    if (this.#buffer >= LARGEST_BUFFER) {
      this.#options.say({ type: 'notice', text: `${text}: this machine has too much to do.` });
      return false;
    }
    this.#buffer *= 2;
    this.#options.say({ type: 'notice', text: `${text}, so more of it is kept ready: it is later from now on.` });
    this.#stop();
    this.#left = [kind, ...this.#left];
    this.#next();
    return true;
  }

  #announce(playing: Playing, began: number): void {
    const { pace, announced, kind } = playing;
    const latency = this.#options.latency ?? pace.latency;
    if (announced === undefined ? !pace.measured && this.#now < began + MEASURING : !this.#isNews(latency, announced)) return;
    playing.announced = { at: this.#now, latency };
    this.#options.say({ type: 'playing', name: kind.name, through: kind.through, latency });
  }

  #isNews(latency: number, { at, latency: before }: { readonly at: number; readonly latency: number }): boolean {
    return Math.abs(latency - before) > ANOTHER_LATENCY && this.#now > at + ANNOUNCED_AGAIN;
  }

  /** The player is of no use any more; another is tried, and it itself once more after those. */
  #lose(reason: string | undefined): void {
    const playing = this.#playing;
    if (playing === undefined) return;
    const { kind, began } = playing;
    this.#stop();
    this.#refused.push({ name: kind.name, reason });
    if (began !== undefined) {
      this.#ends++;
      this.#options.say({ type: 'notice', text: `${kind.name} does not play any more: ${sentence(reason ?? 'it is gone')}` });
      if (this.#ends <= MOST_ENDS && this.#ending === undefined) {
        const { kinds } = this.#options;
        this.#left = [...kinds.slice(kinds.indexOf(kind) + 1), kind];
      } else {
        this.#left = [];
      }
    }
    this.#next();
  }

  #stop(): void {
    this.#playing?.process.kill();
    if (this.#playing !== undefined) this.#options.say({ type: 'process', pid: undefined });
    this.#playing = undefined;
  }

  #beSilent(report: SoundReport): void {
    if (this.#last !== undefined || this.#ending !== undefined) return;
    this.#last = { report };
    this.#options.say(report);
  }
}

const startPlayer = (...[kind, options]: Parameters<NonNullable<LoudspeakerOptions['start']>>): RunningPlayer =>
  new PlayerProcess(kind, options);
