// What became of one file: its melodies with their rolls, what was not taken and why, and the lines for overrides.txt.

import type { ExplainedCollection, ExplainedFile, ExplainedLoss, ExplainedMelody } from '../explain-data.js';
import { element, foreign } from './dom.js';
import { othersOf, ShownLine, type ShownMusic, type Stage } from './shown-line.js';
import type { Songs } from './songs.js';

/** Melodies shown at once, and how many more when asked. */
const AT_ONCE = 8;
/** Of a track that was not taken so many bars are shown. */
const BARS_OF_TRACK = 36;
const COMMON_BAR = 192;

export interface CardContext {
  readonly stage: Stage;
  readonly songs: Songs;
  readonly collection: ExplainedCollection;
  /** Tells when a line comes into sight and goes out of it. */
  readonly watch: (line: ShownLine) => void;
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;
const counted = (n: number, thing: string, things = `${thing}s`): string => `${n} ${n === 1 ? thing : things}`;

/** The card of a file. */
export function fileCard(file: ExplainedFile, context: CardContext): HTMLElement {
  const { melodies, losses, set, more = 0, why } = file;
  const kept = melodies.length > 0;
  const state = kept ? (set === 'eval' ? 'set aside to judge by' : 'to learn from') : 'left out';
  const card = element(
    'article',
    { class: kept ? 'card' : 'card left-out' },
    element(
      'header',
      {},
      element('h2', {}, foreign(file.file)),
      element('span', { class: `state ${kept ? (set ?? '') : 'none'}` }, state),
      element('p', { class: 'facts' }, factsOf(file, context.collection)),
    ),
  );
  if (kept) {
    const list = element('ol', { class: 'melodies' });
    card.append(list);
    showMore(list, melodies, (melody) => melodyItem(file, melody, context));
    if (more > 0) card.append(element('p', { class: 'quiet' }, `${more} more melodies of this file are not on this page.`));
    if (file.songs.length === 0) card.append(element('p', { class: 'quiet' }, 'This page is full: the notes of this file are not on it.'));
  }
  if (losses.length > 0) {
    const list = element('ul', { class: 'losses' });
    showMore(list, losses, (loss) => lossItem(file, loss, context));
    if (kept || losses.length > 1 || why === undefined || losses.some(({ track }) => track !== undefined)) {
      const title = `Not taken: ${counted(losses.length, 'track or piece', 'tracks and pieces')}`;
      card.append(element('details', { open: !kept }, element('summary', {}, title), list));
    } else if (losses[0]?.as !== undefined) {
      card.append(list);
    }
  }
  if (file.lines.length > 0) card.append(linesFor(file, context.stage));
  return card;
}

function factsOf({ melodies, why, agreement, tunes, losses }: ExplainedFile, { lost }: ExplainedCollection): string {
  const tracks = new Set(melodies.map(({ track }) => track)).size;
  const facts: string[] = [];
  if (melodies.length > 0) facts.push(`${counted(melodies.length, 'melody', 'melodies')} from ${counted(tracks, 'track')}`);
  if (why !== undefined) facts.push((why === 'unreadable' && losses[0]?.why) || (lost[why] ?? why));
  if (tunes !== undefined) facts.push(`a book of ${tunes} tunes`);
  if (agreement !== undefined && agreement < 0.5) facts.push('played freely: its notes lie beside the beat');
  return facts.join(' · ');
}

/** Fills a list, the first few at once and more on demand. */
function showMore<T>(list: HTMLElement, items: readonly T[], make: (item: T) => HTMLElement): void {
  let shown = 0;
  const add = (): void => {
    const next = items.slice(shown, shown + AT_ONCE);
    const made = next.map(make);
    list.append(...made);
    shown += next.length;
    const left = items.length - shown;
    if (left === 0) return;
    const button = element('button', { type: 'button', class: 'more' }, `Show ${Math.min(left, AT_ONCE)} more of ${items.length}`);
    const item = element('li', { class: 'more-item' }, button);
    button.addEventListener('click', () => {
      const before = list.children.length - 1;
      item.remove();
      add();
      list.children[before]?.querySelector<HTMLElement>('button, [tabindex]')?.focus();
    });
    list.append(item);
  };
  add();
}

function nameOf({ name, track, tune }: { name?: string; track?: number; tune?: number }, { tunes }: ExplainedFile): string {
  if (tunes !== undefined && (tune !== undefined || name === undefined)) return `Tune ${tune ?? 1}${name === undefined ? '' : `, ${name}`}`;
  return name ?? (track === undefined ? 'All tracks together' : `Track ${track}`);
}

function melodyItem(file: ExplainedFile, melody: ExplainedMelody, { stage, songs, collection, watch }: CardContext): HTMLElement {
  const { at, track, name, channel, sound, part, bars, key, metre, heard, notes, why, score } = melody;
  const [from, to] = bars;
  const where = from === to ? `bar ${from}` : `bars ${from}–${to}`;
  const facts = [
    part !== undefined && part > 1 && `part ${part}`,
    where,
    key,
    metre !== undefined && (heard ? `${metre} (heard)` : metre),
    notes !== undefined && counted(notes, 'note'),
    sound,
    name !== undefined && track !== undefined && `track ${track}`,
    channel !== undefined && `channel ${channel}`,
  ].filter((fact) => typeof fact === 'string');
  const reason = why === undefined ? undefined : (collection.taken[why] ?? why);
  const sure =
    score !== undefined && why !== 'chosen' && element('span', { class: score < 0.5 ? 'sure low' : 'sure' }, `${percent(score)} sure`);
  const about = element(
    'div',
    { class: 'about' },
    element('h3', {}, foreign(nameOf(melody, file))),
    element('p', { class: 'facts' }, facts.join(' · ')),
    element('p', { class: 'why' }, sure, reason !== undefined && ` ${reason}`),
  );
  if (at === undefined) return element('li', {}, element('div', { class: 'line' }, about));
  const [song, number] = at;
  const load = async (): Promise<ShownMusic> => {
    const music = await songs.get(file, song);
    const line = music.lines[number];
    if (line === undefined) throw new Error('This page is damaged: a melody is missing.');
    return { line, moments: music.moments, others: othersOf(music, line) };
  };
  const shown = new ShownLine(stage, { name: `${nameOf(melody, file)}, ${where}`, firstBar: from, load });
  watch(shown);
  return element('li', {}, element('div', { class: 'line' }, shown.button, about), shown.frame);
}

function lossItem(file: ExplainedFile, loss: ExplainedLoss, context: CardContext): HTMLElement {
  const { track, name, channel, why, as, notes, pieces, score, line } = loss;
  const reason = context.collection.lost[why] ?? why;
  const same = typeof as === 'number' ? ` (track ${as})` : '';
  const facts = [
    pieces !== undefined && counted(pieces, 'piece'),
    notes !== undefined && notes > 0 && counted(notes, 'note'),
    score !== undefined && `${percent(score)} like a melody`,
    name !== undefined && track !== undefined && `track ${track}`,
    channel !== undefined && `channel ${channel}`,
  ].filter((fact) => typeof fact === 'string');
  const about = element(
    'div',
    { class: 'about' },
    element(
      'p',
      { class: 'lost' },
      (track !== undefined || name !== undefined) && element('strong', {}, foreign(nameOf(loss, file))),
      (track !== undefined || name !== undefined) && ': ',
      `${reason}${same}`,
      typeof as === 'string' && ', in ',
      typeof as === 'string' && foreign(as),
    ),
    facts.length > 0 && element('p', { class: 'facts' }, facts.join(' · ')),
  );
  const shown = trackLine(file, loss, context);
  return element(
    'li',
    {},
    element('div', { class: 'line' }, shown?.button, about, line !== undefined && copyable(line, context.stage)),
    shown?.frame,
  );
}

/** A track that was not taken, to be heard all the same; its roll appears with its first playing. */
function trackLine(file: ExplainedFile, loss: ExplainedLoss, { stage, songs, watch }: CardContext): ShownLine | undefined {
  const { track, why } = loss;
  const known = track !== undefined && why !== 'drums' && file.songs.length === 1 && file.tunes === undefined;
  if (!known || file.melodies.some((melody) => melody.track === track)) return undefined;
  const load = async (): Promise<ShownMusic> => {
    const music = await songs.get(file, 0);
    const { start: anchor = 0, bar = COMMON_BAR } = music.lines[0] ?? {};
    const notes = music.tracks.find(({ instrument }) => instrument === track)?.notes ?? [];
    const start = anchor + Math.floor(((notes[0]?.start ?? 0) - anchor) / bar) * bar;
    const end = notes.reduce((last, note) => Math.max(last, note.start + note.length), start + bar);
    const length = Math.min(Math.ceil((end - start) / bar), BARS_OF_TRACK) * bar;
    const own = notes
      .map((note) => ({ ...note, start: note.start - start }))
      .filter((note) => note.start < length)
      .map((note) => ({ ...note, length: Math.min(note.length, length - note.start) }));
    const line = { start, length, bar, notes: own };
    const rest = { ...music, tracks: music.tracks.filter(({ instrument }) => instrument !== track) };
    return { line, moments: music.moments, others: othersOf(rest, line) };
  };
  const shown = new ShownLine(stage, { name: nameOf(loss, file), firstBar: 1, load });
  shown.frame.hidden = true;
  shown.button.addEventListener(
    'click',
    () => {
      shown.frame.hidden = false;
      watch(shown);
    },
    { once: true },
  );
  return shown;
}

function linesFor({ lines }: ExplainedFile, stage: Stage): HTMLElement {
  const rows = lines.map(([line, does]) => element('li', {}, element('span', {}, `To ${does}: `), copyable(line, stage)));
  return element('details', { class: 'change' }, element('summary', {}, 'Change what is taken from this file'), element('ul', {}, ...rows));
}

/** A line for overrides.txt and a button that copies it. */
function copyable(line: string, { say }: Stage): HTMLElement {
  const code = element('code', { dir: 'ltr' }, line);
  const button = element('button', { type: 'button', class: 'copy', 'aria-label': `Copy ${line}` }, 'Copy');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(line);
      button.textContent = 'Copied';
      say('Copied');
      setTimeout(() => {
        button.textContent = 'Copy';
      }, 2000);
    } catch {
      // Where a page may not write to the clipboard, the line is selected for the user to copy it.
      getSelection()?.selectAllChildren(code);
      say('Selected; press Ctrl+C to copy');
    }
  });
  return element('span', { class: 'override' }, code, button);
}
