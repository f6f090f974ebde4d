// Shows one of the states: the page's address ends in # and its name. Tests find the session as `window.session`, and show another state by
// `window.showStory(name)`. Not shipped.

import '../css/app.css';
import { mount } from '../mount.js';
import { FakeSession } from './fake-session.js';
import { STORIES } from './states.js';

let takeAway: (() => void) | undefined;

function showStory(name: string): void {
  const story = STORIES[name];
  const root = document.getElementById('app');
  if (story === undefined || root === null) throw new Error(`There is no state called ${name}.`);
  takeAway?.();
  const session = new FakeSession(story);
  Object.assign(window, { session });
  takeAway = mount(session, root);
}

Object.assign(window, { showStory });
showStory(decodeURIComponent(location.hash.slice(1)));
