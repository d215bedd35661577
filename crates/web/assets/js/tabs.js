// The tabs of the sheets. Tab reaches the open one, arrow keys the others.

import { el, fill } from './dom.js';
import { addressWith, currentState } from './state.js';

/** Creates the row of tabs. Calls `open` with the id of a sheet. */
export function tabBar(label, open) {
  const node = el('div.tabs', { role: 'tablist', 'aria-label': label });
  node.addEventListener('keydown', (event) => {
    const tabs = [...node.children];
    const at = tabs.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const tab = tabs[(to + tabs.length) % tabs.length];
    open(tab.dataset.sheet);
    tab.focus();
  });
  return node;
}

/** Draws the tabs of these sheets. */
export function drawTabs(node, sheets, open) {
  fill(node, sheets.map((sheet) => el('a.tab', {
    role: 'tab', id: `tab-${sheet.id}`, 'aria-controls': 'sheet', 'data-sheet': sheet.id, href: addressWith({ sheet: sheet.id }), text: sheet.title,
    onclick: (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      open(sheet.id);
    },
  })));
}

/** Marks the open sheet. */
export function markTab(node) {
  const { sheet } = currentState();
  for (const tab of node.children) {
    const selected = tab.dataset.sheet === sheet;
    tab.setAttribute('aria-selected', String(selected));
    tab.tabIndex = selected ? 0 : -1;
    tab.setAttribute('href', addressWith({ sheet: tab.dataset.sheet }));
    if (selected && node.scrollWidth > node.clientWidth) {
      node.scrollTo({ left: tab.offsetLeft - (node.clientWidth - tab.offsetWidth) / 2 });
    }
  }
}
