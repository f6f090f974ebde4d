// The page: a session, and what is seen of it.

import './ui/css/app.css';
import { openSession } from './jam/open-session.js';
import { mount } from './ui/mount.js';

const root = document.getElementById('app');
if (root !== null) mount(openSession(), root);
