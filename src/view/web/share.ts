// The script of a share page: plays its sound, and moves clock, roll and turns along. Times are milliseconds of the music.

import { asTime } from '../bars.js';
import { notesFromFlat, type ShareScriptData } from '../share-data.js';
import { brushFor } from './lanes.js';
import { paintNote } from './note-look.js';
import { pageData } from './page-data.js';
import { soundOf } from './sound.js';
import { GUTTER, type Stretch, Timeline } from './timeline.js';

/** CSS pixels of a second in the roll, and where the playhead stands in it once it moves. */
const SECOND = 72;
const HEAD = 0.3;
/** Of a window that turns its pages, so much is new. */
const PAGE = 0.85;
/** CSS pixels: who moves less has clicked. */
const STILL = 5;

const find = <T extends HTMLElement>(selector: string): T => document.querySelector<T>(selector) as T;
const data = pageData<ShareScriptData>();
const audio = find<HTMLAudioElement>('audio');
const [play, clock, now, whole] = [find('.play'), find('.clock'), find('.now'), find('.whole')];
const [overview, frame, trouble] = [find('.overview'), find('.timeline'), find('.trouble')];
const [overviewHead, overviewWindow, head] = [find('.overview .head'), find('.overview .window'), find('.timeline .head')];
const [small, large] = [find<HTMLCanvasElement>('.overview canvas'), find<HTMLCanvasElement>('.timeline canvas')];
const turnButtons = [...document.querySelectorAll<HTMLElement>('.turn')];
const still = matchMedia('(prefers-reduced-motion: reduce)');

const parts = data.parts.map((part) => ({ ...part, notes: notesFromFlat(part.notes) }));
let length = data.length;
let timeline = new Timeline({ ...data, parts, length });
const sound = soundOf(audio, find<HTMLAnchorElement>('#mp3'));

/** The last of ascending times that is not after `time`; -1: none. */
function lastBefore(times: readonly number[], time: number): number {
  return times.findLastIndex((each) => each <= time + 1);
}

/** CSS pixels of the roll that show music. */
const roomAcross = (): number => Math.max(1, large.clientWidth - GUTTER);

/** What the window shows when the music is at a time. */
function windowAt(time: number): Stretch {
  const span = Math.min(length, (roomAcross() / SECOND) * 1000);
  const last = Math.max(0, length - span);
  const from = still.matches ? Math.floor(time / (span * PAGE)) * span * PAGE : time - span * HEAD;
  const start = Math.min(last, Math.max(0, from));
  return { from: start, to: start + span };
}

/** Where the playhead is shown: where motion is unwelcome, it goes from bar to bar. */
function shownTime(): number {
  const bar = still.matches && !audio.paused ? data.bars[lastBefore(data.bars, sound.time)] : undefined;
  return bar ?? sound.time;
}

function draw(): void {
  const time = shownTime();
  const stretch = windowAt(time);
  timeline.draw(large, stretch, audio.paused && sound.time === 0 ? undefined : sound.time);
  const perTime = small.clientWidth / length;
  overviewWindow.hidden = stretch.to - stretch.from >= length;
  overviewWindow.style.width = `${(stretch.to - stretch.from) * perTime}px`;
  overviewWindow.style.transform = `translateX(${stretch.from * perTime}px)`;
  head.style.transform = `translateX(${GUTTER + ((time - stretch.from) / (stretch.to - stretch.from)) * roomAcross()}px)`;
  overviewHead.style.transform = `translateX(${Math.min(time, length) * perTime}px)`;
  tell();
}

/** Clock, turn, and what the slider says. */
function tell(): void {
  const seconds = Math.floor(sound.time / 1000);
  if (now.textContent !== asTime(seconds)) now.textContent = asTime(seconds);
  const turn = data.turns.findLastIndex(({ start }) => start <= sound.time + 1);
  turnButtons.forEach((button, k) => {
    if ((k === turn && sound.time < length) !== button.hasAttribute('aria-current')) button.toggleAttribute('aria-current');
  });
  const bar = lastBefore(data.bars.slice(0, -1), sound.time) + 1;
  const words = [`${asTime(seconds)} of ${asTime(length / 1000)}`, bar > 0 && `bar ${bar}`, data.turns[turn]?.by]
    .filter(Boolean)
    .join(', ');
  if (overview.getAttribute('aria-valuetext') === words) return;
  overview.setAttribute('aria-valuenow', String(seconds));
  overview.setAttribute('aria-valuetext', words);
}

let nextFrame = 0;
function follow(): void {
  cancelAnimationFrame(nextFrame);
  draw();
  if (!audio.paused) nextFrame = requestAnimationFrame(follow);
}

function seek(time: number): void {
  sound.time = Math.min(Math.max(0, time), length - 1);
  if (audio.paused) draw();
}

async function toggle(): Promise<void> {
  if (audio.paused) await start();
  else audio.pause();
}

async function start(): Promise<void> {
  try {
    await audio.play();
  } catch (error) {
    // Pausing before it began is no fault.
    if (!(error instanceof DOMException && error.name === 'AbortError')) fail();
  }
}

function fail(): void {
  trouble.hidden = false;
  trouble.textContent = 'This browser cannot play the sound in this page. Keep the MP3, and open it in a music player.';
}

/** Goes so many bars on or back; where no bars are known, as many times five seconds. */
function step(by: number): void {
  const { bars } = data;
  const here = lastBefore(bars, sound.time);
  if (bars.length < 2 || here < 0) seek(sound.time + by * 5000);
  else seek(bars[Math.min(Math.max(0, here + by), bars.length - 2)] ?? 0);
}

const KEYS: Readonly<Record<string, () => void>> = {
  ArrowLeft: () => step(-1),
  ArrowDown: () => step(-1),
  ArrowRight: () => step(1),
  ArrowUp: () => step(1),
  PageDown: () => step(-4),
  PageUp: () => step(4),
  Home: () => seek(0),
  End: () => step(1e9),
};

play.addEventListener('click', toggle);
for (const event of ['play', 'pause', 'ended']) {
  audio.addEventListener(event, () => {
    const playing = !audio.paused && !audio.ended;
    play.classList.toggle('playing', playing);
    play.setAttribute('aria-label', playing ? 'Pause' : 'Play');
    if (event === 'ended') sound.time = 0;
    if (playing) follow();
    else draw();
  });
}
audio.addEventListener('seeked', () => draw());
audio.addEventListener('error', fail);
audio.addEventListener('durationchange', () => {
  if (!Number.isFinite(audio.duration)) return;
  length = Math.max(data.length, audio.duration * 1000);
  whole.textContent = `/ ${asTime(length / 1000)}`;
  overview.setAttribute('aria-valuemax', String(Math.floor(length / 1000)));
  timeline = new Timeline({ ...data, parts, length });
  dress();
});
document.addEventListener('keydown', (event) => {
  const { key, target, ctrlKey, altKey, metaKey } = event;
  if (ctrlKey || altKey || metaKey) return;
  const own = target instanceof Element && target.closest('button, a') !== null;
  if (key === ' ' && !own) void toggle();
  else if (target === overview && key === 'Enter') void toggle();
  else if ((target === overview || ['ArrowLeft', 'ArrowRight'].includes(key)) && KEYS[key] !== undefined) KEYS[key]();
  else return;
  event.preventDefault();
});
turnButtons.forEach((button, k) => {
  button.addEventListener('click', () => {
    seek(data.turns[k]?.start ?? 0);
    void start();
  });
});

/** Calls `moved` with pixels from the element's left edge and from where the pointer went down, while it is down. */
function drag(element: HTMLElement, moved: (event: { x: number; by: number; first: boolean; last: boolean }) => void): void {
  let down: { id: number; x: number } | undefined;
  const tell = (event: PointerEvent, first: boolean, last: boolean): void => {
    if (down?.id !== event.pointerId) return;
    moved({ x: event.clientX - element.getBoundingClientRect().left, by: event.clientX - down.x, first, last });
    if (last) down = undefined;
  };
  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    down = { id: event.pointerId, x: event.clientX };
    element.setPointerCapture(event.pointerId);
    tell(event, true, false);
  });
  element.addEventListener('pointermove', (event) => tell(event, false, false));
  element.addEventListener('pointerup', (event) => tell(event, false, true));
  element.addEventListener('pointercancel', () => {
    down = undefined;
  });
}

drag(overview, ({ x }) => seek((x / overview.clientWidth) * length));
let begun = { time: 0, shown: windowAt(0), dragged: false };
drag(frame, ({ x, by, first, last }) => {
  if (first) begun = { time: sound.time, shown: windowAt(shownTime()), dragged: false };
  begun.dragged ||= Math.abs(by) > STILL;
  const { from, to } = begun.shown;
  const perPixel = (to - from) / roomAcross();
  // A click goes where it points; dragging pulls the music along.
  if (begun.dragged) seek(begun.time - by * perPixel);
  else if (last) seek(from + (x - GUTTER) * perPixel);
});

function dress(): void {
  const looks = timeline.dress(large);
  for (const swatch of document.querySelectorAll<HTMLElement>('.swatch')) {
    const canvas = swatch.querySelector('canvas') ?? swatch.appendChild(document.createElement('canvas'));
    const brush = brushFor(canvas, 26, 10);
    const look = looks[Number(swatch.dataset.part)];
    if (brush !== undefined && look !== undefined) paintNote(brush, look, { x: 0, y: 0, width: 26, height: 10 });
  }
  drawAll();
}

function drawAll(): void {
  timeline.drawAll(small);
  draw();
}

for (const element of [play, clock, overview, frame, find('.ways')]) element.hidden = false;
find('.unscripted').hidden = true;
for (const time of document.querySelectorAll('time')) {
  time.textContent = new Date(time.dateTime).toLocaleString('en', { dateStyle: 'long', timeStyle: 'short' });
}
overview.setAttribute('aria-valuemax', String(Math.floor(length / 1000)));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', dress);
new ResizeObserver(drawAll).observe(frame);
dress();
