// explain.html: what became of every file in step 3, as one page that needs nothing but itself. Its script and style are bundled from
// view/web; everything that a stranger's file says reaches it as data.

import type { ExplainedCollection } from './explain-data.js';
import { WHY_TAKEN } from './explain-words.js';
import { script, style } from './generated/explain-page.js';
import { htmlText, jsonForScript, policyFor } from './html.js';

/** Changes when the page does. */
export const explainPageVersion = `1 ${script.hash} ${style.hash}`;

/** The page about a collection. */
export function explainPage(collection: Omit<ExplainedCollection, 'taken'>): string {
  const title = `The melodies of ${collection.artist}`;
  const data: ExplainedCollection = { ...collection, taken: WHY_TAKEN };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${htmlText(policyFor(script.hash, style.hash))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${htmlText(title)}</title>
<style>${style.text}</style>
</head>
<body>
<header class="top"><h1>${htmlText(title)}</h1></header>
<noscript><p class="notice">This page shows and plays the melodies with a script. Please allow it to run.</p></noscript>
<main></main>
<script type="application/json" id="collection">${jsonForScript(data)}</script>
<script>${script.text}</script>
</body>
</html>
`;
}
