// A page without pictures around the web app's session, for tests: the session, and a hand that plays.

import { openSession } from '../../src/serve/web/jam/open-session.js';

window.session = openSession();

/** Waits until the session's turn is whose. */
window.turnOf = async (whose) => {
  while (window.session.status()?.phase !== whose) await new Promise((resolve) => setTimeout(resolve, 5));
};

/** Plays pitches one after the other, each held and let go; milliseconds. */
window.playKeys = async (pitches, held = 100, between = 60) => {
  for (const [k, pitch] of pitches.entries()) {
    window.session.press(`key ${k}`, pitch, 90);
    await new Promise((resolve) => setTimeout(resolve, held));
    window.session.release(`key ${k}`);
    await new Promise((resolve) => setTimeout(resolve, between));
  }
};
