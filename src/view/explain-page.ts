// explain.html: what became of every file in step 3. Its script and style are bundled from view/web; everything that a stranger's file says
// reaches it as data.

import type { ExplainedCollection } from './explain-data.js';
import { WHY_TAKEN, whyNot } from './explain-words.js';
import { script, style } from './generated/explain-page.js';
import { htmlText } from './html.js';
import { selfContainedPage } from './page.js';

/** The page about a collection. */
export function explainPage(collection: Omit<ExplainedCollection, 'taken'>): string {
  const title = `The melodies of ${collection.artist}`;
  const data: ExplainedCollection = { ...collection, taken: WHY_TAKEN };
  const body = `<header class="top"><h1>${htmlText(title)}</h1></header>
<noscript><p class="notice">This page shows and plays the melodies with a script. Please allow it to run.</p></noscript>
<main></main>`;
  return selfContainedPage({ title, script, style, data, body });
}

const NOTHING = { files: 0, kept: 0, dropped: 0, melodies: 0, training: 0, eval: 0 };

/** Changes when the page or its words do: it is the pages about nothing. */
export const explainPageVersion: string = [false, true]
  .map((compat) => explainPage({ artist: '', config: '', totals: NOTHING, lost: whyNot(compat), files: [] }))
  .join('');
