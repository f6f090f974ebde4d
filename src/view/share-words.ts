// Dates and sizes in words, the same everywhere.

/** "22 November 2026", in UTC; undefined for what is no date. */
export function asDate(iso: string): string | undefined {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? undefined : new Date(time).toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
}

/** "22 November 2026 at 18:20 UTC" */
export function asMoment(iso: string): string | undefined {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return undefined;
  return `${asDate(iso)} at ${new Date(time).toISOString().slice(11, 16)} UTC`;
}

/** "812 bytes", "3.4 kB", "1.2 MB" */
export function asSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 999_500 ? `${(bytes / 1e3).toFixed(bytes < 9950 ? 1 : 0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
