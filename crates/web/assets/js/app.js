// Starts the page: with the API behind it, or with the data that a report file carries.

import { el } from './dom.js';
import { embeddedSource } from './embedded.js';
import { Page } from './page.js';
import { LiveSource } from './source.js';

document.body.append(el('div.hidden', { id: 'announcements', 'aria-live': 'polite', role: 'status' }));
embeddedSource().then((embedded) => new Page(embedded ?? new LiveSource()).start(document.getElementById('app')));
