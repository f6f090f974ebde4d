// Lines for overrides.txt, written so that overrides.ts reads them as they are meant.

/** A line about one file: `"Some Song.mid" track=3`. What cannot stand in quotes there is matched by a question mark. */
export function overrideLine(file: string, what: string): string {
  const literal = !/["\p{Cc}]/u.test(file);
  return `"${literal ? file : file.replace(/[\p{Cc}"\\*?[\](){}!+@|]/gu, '?')}" ${what}`;
}
