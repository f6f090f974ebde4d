// What step 1 saw and did not take, by ending or kind, in words.

/** "1 .md file, 2 broken links". @param kinds endings, or words in the plural, and how many there were of each */
export function passedOverInWords(kinds: Iterable<readonly [string, number]>): string {
  return [...kinds].map(([kind, n]) => `${n} ${n === 1 ? singular(plural(kind)) : plural(kind)}`).join(', ');
}

function plural(kind: string): string {
  return kind.startsWith('.') ? `${kind} files` : kind;
}

/** The first noun, which the others belong to, for one of its kind. */
function singular(words: string): string {
  return words.replace(/\b(file|folder|link|archive)s\b/, '$1');
}
