// Shows one of the states: the page's address ends in # and its name. Tests find the session as `window.session`. Not shipped.

import '../css/app.css';
import { mount } from '../mount.js';
import { FakeSession } from './fake-session.js';
import { STORIES } from './states.js';

const story = STORIES[decodeURIComponent(location.hash.slice(1))];
const root = document.getElementById('app');
if (story === undefined || root === null) throw new Error(`There is no state called ${location.hash}.`);
const session = new FakeSession(story);
Object.assign(window, { session });
mount(session, root);
