// Puts the app into the page.

import { render } from 'preact';
import type { PageSession } from '../page-session.js';
import { App } from './app.js';
import { Frames } from './frames.js';
import { Hands } from './hands.js';
import { SharedContext } from './session-context.js';

/** Shows a session in an element. Returns what takes it away. */
export function mount(session: PageSession, root: HTMLElement): () => void {
  const shared = { session, frames: new Frames(session), hands: new Hands(session) };
  render(
    <SharedContext.Provider value={shared}>
      <App />
    </SharedContext.Provider>,
    root,
  );
  return () => render(null, root);
}
