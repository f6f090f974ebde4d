// Temporary folders of real files.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';

/**
 * A fresh folder, removed when the test ends, with these files in it.
 * @param finished that of its context, in a test that runs beside others: nobody else knows then which test calls
 */
export function temporaryFolder(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  finished: TestContext['onTestFinished'] = onTestFinished,
): string {
  const folder = mkdtempSync(join(tmpdir(), 'mst-test-'));
  finished(() => rmSync(folder, { recursive: true, force: true }));
  addFiles(folder, files);
  return folder;
}

export function addFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Every file below a folder, hidden ones too, with its text. */
export function filesIn(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile())
      found[relative(folder, join(entry.parentPath, entry.name))] = readFileSync(join(entry.parentPath, entry.name), 'latin1');
  }
  return Object.fromEntries(Object.entries(found).sort());
}
