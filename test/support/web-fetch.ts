// Fetching in a test as `mst fetch` does, on a clock that sleeps at once.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchMusic } from '../../src/pipeline/fetch/fetch.js';
import type { WebSettings } from '../../src/pipeline/fetch/from-web.js';
import type { ManifestLine } from '../../src/pipeline/fetch/manifest.js';
import { type WebLimits, webLimits } from '../../src/pipeline/fetch/web/limits.js';
import { defaultLimits } from '../../src/pipeline/limits.js';
import { silent } from '../../src/pipeline/progress.js';
import { resolveHome } from '../../src/registry/home.js';
import { filesIn } from './folder.js';
import { virtualTime } from './web-server.js';

export interface Extra extends Partial<Omit<WebSettings, 'limits'>> {
  readonly limits?: Partial<WebLimits>;
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  readonly note?: (text: string) => void;
  readonly update?: boolean;
  /** The largest file that is taken. */
  readonly fileBytes?: number;
}

export function webSettings({ limits, ...extra }: Extra = {}): WebSettings {
  const time = extra.time ?? virtualTime();
  return {
    anySite: false,
    match: undefined,
    limit: undefined,
    update: false,
    now: time.now,
    seed: 1,
    time,
    ...extra,
    limits: { ...webLimits, ...limits },
  };
}

/** Fetches into datasets/ella of a home. */
export async function fetchWeb(home: string, paths: readonly string[], extra: Extra = {}) {
  const web = webSettings(extra);
  const { skipped, summary } = await fetchMusic(
    {
      home: resolveHome({ current: home }),
      artist: 'ella',
      paths,
      current: home,
      web,
      now: web.now,
      limits: { ...defaultLimits, ...(extra.fileBytes !== undefined && { fileBytes: extra.fileBytes }) },
    },
    {
      progress: extra.note === undefined ? silent : { ...silent, note: extra.note },
      signal: extra.signal ?? new AbortController().signal,
      force: extra.force ?? false,
    },
  );
  return { skipped, summary, failed: Object.fromEntries((summary.web?.failed ?? []).map(({ url, reason }) => [url, reason])) };
}

/** The fetched files with their text. */
export function midiOf(home: string): Record<string, string> {
  return filesIn(join(home, 'datasets/ella/midi'));
}

export function manifestOf(home: string): ManifestLine[] {
  const text = readFileSync(join(home, 'datasets/ella/manifest.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ManifestLine);
}

/** Bytes that begin as a MIDI file does, of any length. */
export function song(text: string, length = 0): string {
  return `MThd${text}`.padEnd(length, text);
}
