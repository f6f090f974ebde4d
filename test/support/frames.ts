// How often a page asks to be drawn.

import type { Page } from 'playwright-core';

/** How many functions the page asks to have called in the next frame, counted for the length of one. */
export function askedEachFrame(page: Page): Promise<number> {
  return page.evaluate<number>(`new Promise((done) => {
    const ask = window.requestAnimationFrame;
    let asked = 0;
    window.requestAnimationFrame = (callback) => {
      asked++;
      return ask.call(window, callback);
    };
    ask.call(window, () => {
      asked = 0;
      ask.call(window, () => {
        window.requestAnimationFrame = ask;
        done(asked);
      });
    });
  })`);
}
