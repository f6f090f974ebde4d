// The script of explain.html: totals, the choice of files, and their cards. Cards are made as the reader comes to them, and rolls are drawn
// while they are in sight, so that thousands of melodies cost no more than a screenful.

import type { ExplainedCollection, ExplainedFile } from '../explain-data.js';
import { chosenFiles, type Kind, type Order } from './chosen-files.js';
import { element, labelled } from './dom.js';
import { fileCard } from './file-card.js';
import { pageData } from './page-data.js';
import { Player } from './player.js';
import type { ShownLine, Stage } from './shown-line.js';
import { Songs } from './songs.js';

/** Cards made at once, and how far ahead of the reader. */
const AT_ONCE = 12;
const AHEAD = '900px';

const collection = pageData<ExplainedCollection>();
const songs = new Songs();
const player = new Player();
const lines = new Map<Element, ShownLine>();
const visible = new Set<ShownLine>();

function select<T extends string>(options: Readonly<Record<T, string>>): HTMLSelectElement {
  return element('select', {}, ...Object.entries<string>(options).map(([value, text]) => element('option', { value }, text)));
}

const search = element('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
const kind = select<Kind>({ all: 'All files', kept: 'With a melody', doubtful: 'With a doubtful melody', 'left-out': 'Left out' });
const order = select<Order>({ check: 'What to check first', name: 'Name', melodies: 'Most melodies' });
const volume = element('input', { type: 'range', min: 0, max: 100, value: 80, class: 'volume' });
const along = element('input', { type: 'checkbox' });
const found = element('p', { class: 'found', role: 'status' });
const spoken = element('p', { class: 'unseen', 'aria-live': 'polite' });
const list = element('div', { class: 'cards' });
const moreButton = element('button', { type: 'button', class: 'more' }, 'Show more files');
const more = element('div', { class: 'more-cards' }, moreButton);

const stage: Stage = {
  player,
  accompanied: () => along.checked,
  still: matchMedia('(prefers-reduced-motion: reduce)'),
  say: (text) => {
    spoken.textContent = text;
  },
};

const sight = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      const line = lines.get(target);
      if (line === undefined) continue;
      if (isIntersecting) {
        visible.add(line);
        void line.show();
      } else if (visible.delete(line)) line.hide();
    }
  },
  { rootMargin: AHEAD },
);

function watch(line: ShownLine): void {
  lines.set(line.frame, line);
  sight.observe(line.frame);
}

let waiting: readonly ExplainedFile[] = [];

function showNext(): void {
  const next = waiting.slice(0, AT_ONCE);
  waiting = waiting.slice(AT_ONCE);
  list.append(...next.map((file) => fileCard(file, { stage, songs, collection, watch })));
  more.hidden = waiting.length === 0;
}

function choose(): void {
  player.stop();
  sight.disconnect();
  lines.clear();
  visible.clear();
  list.replaceChildren();
  waiting = chosenFiles(collection.files, { words: search.value, kind: kind.value as Kind, order: order.value as Order });
  const all = collection.files.length;
  found.textContent = waiting.length === all ? `${all} ${all === 1 ? 'file' : 'files'}` : `${waiting.length} of ${all} files`;
  showNext();
}

function head(): HTMLElement[] {
  const { totals, config, overrides, files } = collection;
  const figure = (n: number, what: string): HTMLElement => element('li', {}, element('b', {}, n.toLocaleString('en')), ` ${what}`);
  const facts = element(
    'ul',
    { class: 'totals' },
    figure(totals.kept, totals.kept === 1 ? 'file with a melody' : 'files with a melody'),
    figure(totals.dropped, 'left out'),
    figure(totals.training, 'melodies to learn from'),
    figure(totals.eval, 'to judge by'),
  );
  const about = element(
    'p',
    { class: 'intro' },
    `What mst found for ${config}. In each roll the melody that was taken stands in colour, and the song’s other notes in grey behind it. Listen whether it is the right line.`,
  );
  const change =
    overrides &&
    element(
      'p',
      { class: 'intro' },
      'If not, copy a line into ',
      element('code', {}, overrides.path),
      ' and run ',
      element('code', {}, overrides.command),
      ' again.',
    );
  const missing =
    files.length < totals.files &&
    element(
      'p',
      { class: 'notice' },
      `This page shows ${files.length.toLocaleString('en')} of ${totals.files.toLocaleString('en')} files, evenly chosen. All are in examples-report.jsonl.`,
    );
  return [facts, about, change, missing].filter((part) => part instanceof HTMLElement);
}

document.querySelector('header.top')?.append(...head());
document
  .querySelector('main')
  ?.append(
    element(
      'form',
      { class: 'controls', role: 'search' },
      labelled('Find', search),
      labelled('Show', kind),
      labelled('Order', order),
      labelled('Volume', volume),
      element('label', { class: 'check' }, along, element('span', {}, 'Other tracks along, softly')),
      found,
    ),
    spoken,
    list,
    more,
  );

let typed: number | undefined;
search.addEventListener('input', () => {
  clearTimeout(typed);
  typed = setTimeout(choose, 150);
});
kind.addEventListener('change', choose);
order.addEventListener('change', choose);
volume.addEventListener('input', () => {
  player.volume = volume.valueAsNumber / 100;
});
along.addEventListener('change', () => {
  if (player.owner !== undefined) void (player.owner as ShownLine).again();
});
document.querySelector('form')?.addEventListener('submit', (event) => event.preventDefault());
document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') player.stop();
});
moreButton.addEventListener('click', () => {
  const before = list.children.length;
  showNext();
  list.children[before]?.querySelector<HTMLElement>('button')?.focus();
});
const end = new IntersectionObserver(
  (entries) => {
    if (waiting.length === 0 || !entries.at(-1)?.isIntersecting) return;
    showNext();
    // Short cards may leave the end in sight; it is told of again.
    end.unobserve(more);
    end.observe(more);
  },
  { rootMargin: AHEAD },
);
end.observe(more);

const redraw = (): void => {
  for (const line of visible) void line.show();
};
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
let width = innerWidth;
addEventListener('resize', () => {
  if (innerWidth === width) return;
  width = innerWidth;
  requestAnimationFrame(redraw);
});
choose();
