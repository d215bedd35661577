// The pages of a table: which rows are shown, and the way to those before and after.

import { el, icon } from './dom.js';
import { formatValue } from './format.js';
import { t } from './texts.js';

/** So many rows are asked for at once. */
export const PAGE = 50;
/** A table of so many rows is seen at a glance: no search, no count. */
const FEW = 15;

/** All rows that there are, and how many of them can be asked for: a report file holds, and finds, only the first of a long table. */
function rowsOf(figure) {
  const total = figure.found_rows ?? figure.total_rows ?? figure.rows.length;
  return { total, held: Math.min(total, figure.held_rows ?? total) };
}

/** Whether a table is long enough to be searched. */
export function isLong(figure) {
  return rowsOf(figure).total > FEW;
}

/** The rows in sight in words: `1–50 of 120`. */
export function rangeText(figure, view) {
  const { total } = rowsOf(figure);
  if (!figure.rows.length) return t('table.no_match');
  const offset = view.offset ?? 0;
  return t('table.range', { from: formatValue(offset + 1, 'count'), to: formatValue(offset + figure.rows.length, 'count'), total: formatValue(total, 'count') });
}

/** The line below a table, or nothing where all rows are in sight anyway. */
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
