// Finds what an XML parser would have to hold in one piece, such as a comment or a text of many megabytes, before it does. No score has any.

/** Characters of the longest text, tag, comment or heading to accept. */
const longest = 2 ** 20;

// What may hold a < that begins nothing.
const closedBy: readonly (readonly [opening: string, closing: string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
];

/** The index of something too long, and what it is; undefined where there is nothing of the kind. */
export function findEndless(text: string): { at: number; what: string } | undefined {
  // Ahead of its first element a file may hold a document type, whose end is hard to see.
  const heading = text.search(/<[A-Za-z]/);
  if (heading > longest || (heading < 0 && text.length > longest)) return { at: 0, what: 'a heading' };
  let at = 0;
  while (at < text.length) {
    const known = closedBy.find(([opening]) => text.startsWith(opening, at));
    const end = known ? text.indexOf(known[1], at) + known[1].length : at + 1;
    const next = text.indexOf('<', end);
    const to = next < 0 ? text.length : next;
    if (to - at > longest || end < at) return { at, what: known ? 'a comment or a section' : 'a text or a tag' };
    at = to;
  }
  return undefined;
}
