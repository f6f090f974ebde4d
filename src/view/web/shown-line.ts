// One line of a song on the page: a button that plays it, its roll, and the playhead, which can be moved by pointer and keys.

import { type RollNote, type SongLine, type SongMusic, songClock } from '../packed-song.js';
import { element } from './dom.js';
import type { PlayedNote, Player } from './player.js';
import { drawRoll } from './roll.js';
import { BEHIND, SOLO } from './synth.js';

/** CSS pixels: height of a roll, and the least width of a 16th. */
const HEIGHT = 168;
const LEAST_STEP = 2;
const UNITS_PER_STEP = 12;

/** What all lines of a page share. */
export interface Stage {
  readonly player: Player;
  /** Whether the song's other tracks sound along. */
  readonly accompanied: () => boolean;
  readonly still: MediaQueryList;
  /** Says something to those who do not see the page. */
  readonly say: (text: string) => void;
}

export interface ShownMusic {
  readonly line: SongLine;
  readonly moments: SongMusic['moments'];
  /** The song's other notes, counted from the beginning of the line. */
  readonly others: readonly RollNote[];
}

/** The other notes of a song while a line lasts, without those that are the line's own. */
export function othersOf({ tracks }: SongMusic, { start, length, notes }: SongLine): RollNote[] {
  const own = new Set(notes.map((note) => `${Math.round(note.start / UNITS_PER_STEP)} ${note.pitch}`));
  const others: RollNote[] = [];
  for (const track of tracks) {
    for (const note of track.notes) {
      const at = note.start - start;
      if (at >= length || at + note.length <= 0) continue;
      if (!own.has(`${Math.round(at / UNITS_PER_STEP)} ${note.pitch}`)) others.push({ ...note, start: at });
    }
  }
  return others.sort((a, b) => a.start - b.start);
}

export class ShownLine {
  readonly button: HTMLButtonElement;
  /** The roll in a frame that scrolls sideways where there is no room for it. */
  readonly frame: HTMLElement;
  readonly #stage: Stage;
  readonly #name: string;
  readonly #firstBar: number;
  readonly #load: () => Promise<ShownMusic>;
  readonly #roll: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #head: HTMLElement;
  #music: ShownMusic | undefined;
  #place = 0;
  #shown = false;
  /** The frame asked for in which the playhead moves on. */
  #nextFrame = 0;

  /** @param load gets its notes, when they are first needed */
  constructor(stage: Stage, { name, firstBar, load }: { name: string; firstBar: number; load: () => Promise<ShownMusic> }) {
    this.#stage = stage;
    this.#name = name;
    this.#firstBar = firstBar;
    this.#load = load;
    this.button = element('button', { type: 'button', class: 'play', 'aria-label': `Play ${name}` });
    this.button.addEventListener('click', () => this.toggle());
    this.#canvas = element('canvas', { width: 0, height: 0, 'aria-hidden': 'true' });
    this.#head = element('div', { class: 'head' });
    const slider = { role: 'slider', tabindex: 0, 'aria-label': `Place in ${name}`, 'aria-valuemin': firstBar, 'aria-valuenow': firstBar };
    this.#roll = element('div', { class: 'roll', ...slider, 'aria-valuetext': `bar ${firstBar}` }, this.#canvas, this.#head);
    this.#roll.addEventListener('keydown', (event) => this.#key(event));
    this.#roll.addEventListener('pointerup', (event) => this.#point(event));
    this.frame = element('div', { class: 'frame' }, this.#roll);
    this.frame.style.setProperty('--height', `${HEIGHT}px`);
  }

  get playing(): boolean {
    return this.#stage.player.owner === this;
  }

  /** Draws the roll, or draws it anew. */
  async show(): Promise<void> {
    this.#shown = true;
    const music = await this.#get();
    if (!this.#shown) return;
    const { length, bar, notes } = music.line;
    const width = Math.max(this.frame.clientWidth, Math.ceil((length / UNITS_PER_STEP) * LEAST_STEP));
    this.#roll.style.width = `${width}px`;
    this.#roll.setAttribute('aria-valuemax', String(this.#firstBar + Math.ceil(length / bar) - 1));
    drawRoll(this.#canvas, { length, bar, firstBar: this.#firstBar, notes, others: music.others }, { width, height: HEIGHT });
    this.#moveHead();
  }

  /** Lets go of the picture and the notes while nobody sees them. */
  hide(): void {
    this.#shown = false;
    this.#canvas.width = 0;
    this.#canvas.height = 0;
    if (!this.playing) this.#music = undefined;
  }

  async toggle(): Promise<void> {
    if (this.playing) {
      this.#stage.player.stop();
      this.#stage.say('Stopped');
      return;
    }
    const music = await this.#get();
    await this.#playFrom(this.#place < music.line.length ? this.#place : 0);
  }

  /** Goes on where it is, with or without the other tracks. */
  async again(): Promise<void> {
    if (this.playing) await this.#playFrom(this.#place);
  }

  async #get(): Promise<ShownMusic> {
    this.#music ??= await this.#load();
    return this.#music;
  }

  async #playFrom(place: number): Promise<void> {
    const { line, moments, others } = await this.#get();
    // The list may have changed while its notes were fetched.
    if (!this.button.isConnected) return;
    const { secondsAt } = songClock(moments);
    const zero = secondsAt(line.start);
    const at = (unit: number): number => secondsAt(line.start + unit) - zero;
    const played = (notes: readonly RollNote[], voice: PlayedNote['voice']): PlayedNote[] =>
      notes.map(({ start, length, pitch }) => ({ start: at(start), seconds: at(start + length) - at(start), pitch, voice }));
    const behind = this.#stage.accompanied() ? played(others, BEHIND) : [];
    const notes = [...played(line.notes, SOLO), ...behind].sort((a, b) => a.start - b.start);
    const ended = (): void => this.#ended();
    await this.#stage.player.play(this, notes, { from: at(place), seconds: at(line.length), ended });
    if (!this.playing) return;
    this.button.classList.add('playing');
    this.button.setAttribute('aria-label', `Stop ${this.#name}`);
    this.#roll.classList.add('playing');
    this.#follow();
  }

  #ended(): void {
    cancelAnimationFrame(this.#nextFrame);
    this.button.classList.remove('playing');
    this.button.setAttribute('aria-label', `Play ${this.#name}`);
    this.#roll.classList.remove('playing');
    const { length = 0 } = this.#music?.line ?? {};
    // From its end it begins anew.
    if (this.#place > length - UNITS_PER_STEP) this.#place = 0;
    this.#moveHead();
  }

  /** Moves the playhead while it plays. */
  #follow(): void {
    if (!this.playing || this.#music === undefined) return;
    const { line, moments } = this.#music;
    const { secondsAt, placeAt } = songClock(moments);
    this.#place = placeAt(secondsAt(line.start) + this.#stage.player.position) - line.start;
    this.#moveHead();
    this.#scrollAlong();
    this.#nextFrame = requestAnimationFrame(() => this.#follow());
  }

  #moveHead(): void {
    if (this.#music === undefined) return;
    const { length, bar } = this.#music.line;
    // Where motion is unwelcome the playhead goes from bar to bar.
    const shown = this.#stage.still.matches && this.playing ? Math.floor(this.#place / bar) * bar : this.#place;
    this.#head.style.transform = `translateX(${(Math.min(shown, length) / length) * this.#roll.clientWidth}px)`;
    this.#head.classList.toggle('away', this.#place === 0 && !this.playing);
    const now = this.#firstBar + Math.min(Math.floor(this.#place / bar), Math.ceil(length / bar) - 1);
    if (this.#roll.getAttribute('aria-valuenow') === String(now)) return;
    this.#roll.setAttribute('aria-valuenow', String(now));
    this.#roll.setAttribute('aria-valuetext', `bar ${now}`);
  }

  #scrollAlong(): void {
    if (this.#music === undefined) return;
    const { clientWidth, scrollLeft } = this.frame;
    const x = (this.#place / this.#music.line.length) * this.#roll.clientWidth;
    if (x < scrollLeft || x > scrollLeft + clientWidth - 24) this.frame.scrollLeft = x - clientWidth * 0.1;
  }

  async #goTo(place: number): Promise<void> {
    const { line } = await this.#get();
    this.#place = Math.min(Math.max(0, place), line.length - 1);
    if (this.playing) await this.#playFrom(this.#place);
    this.#moveHead();
    this.#scrollAlong();
  }

  async #key(event: KeyboardEvent): Promise<void> {
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault();
      return this.toggle();
    }
    if (!['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) return;
    event.preventDefault();
    const { bar, length } = (await this.#get()).line;
    const here = Math.floor(this.#place / bar);
    if (event.key === 'Home') await this.#goTo(0);
    else if (event.key === 'End') await this.#goTo(Math.floor((length - 1) / bar) * bar);
    else await this.#goTo((here + (event.key === 'ArrowRight' ? 1 : -1)) * bar);
  }

  async #point(event: PointerEvent): Promise<void> {
    const { left, width } = this.#roll.getBoundingClientRect();
    const { line } = await this.#get();
    await this.#goTo(((event.clientX - left) / width) * line.length);
    if (!this.playing) await this.toggle();
  }
}
