// The session of this page, in this browser.

import { addresses } from '../addresses.js';
import type { PageSession } from '../page-session.js';
import type { SettingsStore } from './page-settings.js';
import { WebSession } from './web-session.js';

/** Opens it; its models and recordings come in a moment. */
export function openSession(): PageSession {
  return new WebSession(addresses, () => indexedDB, storeOf());
}

/** Undefined where the browser keeps nothing for this page. */
function storeOf(): SettingsStore | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
