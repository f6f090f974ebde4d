// A page that needs nothing but itself: its script, its style and its data stand in it, and its policy allows those alone.

import { htmlText, jsonForScript } from './html.js';

/** A bundled script or style, and its hash as a Content-Security-Policy names it. */
export interface Inline {
  readonly text: string;
  readonly hash: string;
}

export interface PageParts {
  readonly title: string;
  /** Of scripts/build-pages.mjs. */
  readonly script: Inline;
  readonly style: Inline;
  /** What the script reads with `pageData` (web/page-data.ts). */
  readonly data: unknown;
  /** Sources of sound, as a policy names them; by default none. */
  readonly media?: string;
  /** Markup: the elements of the body but the scripts. */
  readonly body: string;
}

/** The text of a page. The title and the data may hold anything; neither becomes markup. */
export function selfContainedPage({ title, script, style, data, media, body }: PageParts): string {
  const sound = media === undefined ? '' : ` media-src ${media};`;
  const policy = `default-src 'none'; script-src '${script.hash}'; style-src '${style.hash}';${sound} base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${htmlText(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${htmlText(title)}</title>
<style>${style.text}</style>
</head>
<body>
${body}
<script type="application/json" id="data">${jsonForScript(data)}</script>
<script>${script.text}</script>
</body>
</html>
`;
}
