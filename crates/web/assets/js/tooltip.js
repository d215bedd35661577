// Tooltips of charts: elements with text, never parsed HTML.

import { el } from './dom.js';
import { styleColour } from './theme.js';

/** The options that all tooltips share. */
export function tooltipBase() {
  return {
    confine: true,
    appendTo: undefined,
    enterable: false,
    transitionDuration: 0,
    backgroundColor: styleColour('raised'),
    borderColor: styleColour('line-strong'),
    borderWidth: 1,
    padding: 0,
    extraCssText: '',
    textStyle: { color: styleColour('ink'), fontSize: 12 },
  };
}

/** The content of a tooltip: a heading, and lines of colour, name and value. */
export function tooltipContent(heading, lines) {
  const table = el('table.tip-lines');
  for (const line of lines) {
    const dot = el('span.dot');
    if (line.colour) dot.style.background = line.colour;
    table.append(el('tr', { class: line.strong ? 'strong' : '' }, el('td', {}, line.colour ? dot : null), el('td', { text: line.name }), el('td.number', { text: line.value })));
  }
  return el('div.tip', {}, el('div.tip-head', { text: heading }), table);
}
