// Starts the page: over the API, or over the data embedded in a report file.

import { el } from './dom.js';
import { embeddedSource } from './embedded.js';
import { Page } from './page.js';
import { LiveSource } from './source.js';

document.body.append(el('div.hidden', { id: 'announcements', 'aria-live': 'polite', role: 'status' }));
embeddedSource().then((embedded) => new Page(embedded ?? new LiveSource()).start(document.getElementById('app')));
