// The pages of a table: the range of visible rows, and buttons to the previous and next page.

import { el, icon } from './dom.js';
import { formatValue } from './format.js';
import { t } from './texts.js';

/** The number of rows per page. */
export const PAGE = 50;
/** Tables up to this number of rows have no search and no count. */
const FEW = 15;

/** The number of all rows, and of those that can be shown: a report file contains only the first rows of a long table. */
function rowsOf(figure) {
  const total = figure.found_rows ?? figure.total_rows ?? figure.rows.length;
  return { total, held: Math.min(total, figure.held_rows ?? total) };
}

/** Returns true if a table is long enough for a search field. */
export function isLong(figure) {
  return rowsOf(figure).total > FEW;
}

/** The range of visible rows as text: `1–50 of 120`. */
export function rangeText(figure, view) {
  const { total } = rowsOf(figure);
  if (!figure.rows.length) return t('table.no_match');
  const offset = view.offset ?? 0;
  return t('table.range', { from: formatValue(offset + 1, 'count'), to: formatValue(offset + figure.rows.length, 'count'), total: formatValue(total, 'count') });
}

/** Returns the line below a table, or null if all rows are visible. */
export function drawPager(figure, view, load) {
  const { total, held } = rowsOf(figure);
  const offset = view.offset ?? 0;
  const limit = view.limit ?? PAGE;
  if (held <= limit && !offset) return total > FEW ? el('div.pager', {}, el('span', { text: t('table.all_rows', { total: formatValue(total, 'count') }) })) : null;
  const move = (to, name, text) => el('button.quiet', {
    type: 'button', 'aria-label': text, title: text, 'data-spot': name, disabled: to < 0 || to >= held, onclick: () => load({ ...view, offset: to }),
  }, icon(name));
  return el('div.pager', {}, el('span', { text: rangeText(figure, view) }),
    el('span.pager-buttons', {}, move(offset - limit, 'left', t('table.previous')), move(offset + limit, 'right', t('table.next'))));
}
