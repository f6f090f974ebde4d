// The web app's page around a script of a test's, bundled as the real one is, with the headers mst serve sends.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { securityHeaders } from '../../src/serve/site/policy.js';

const root = join(import.meta.dirname, '../..');
const TYPES: Readonly<Record<string, string>> = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css' };

export interface BundledFile {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** The files by their paths on a server; the page is at `/`. @param script relative to the repository's root */
export function bundledPage(script: string): Record<string, BundledFile> {
  const folder = mkdtempSync(join(tmpdir(), 'mst-test-'));
  try {
    execFileSync(process.execPath, ['scripts/build-web.mjs', script, folder], { cwd: root });
    return Object.fromEntries(
      readdirSync(folder).map((name) => {
        const headers = { ...securityHeaders, 'Content-Type': TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream' };
        return [name === 'index.html' ? '/' : `/${name}`, { body: readFileSync(join(folder, name)), headers }];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
