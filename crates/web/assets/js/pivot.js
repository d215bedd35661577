// Pivots: one row per key, one column per day, cells shaded by value, with totals if the figure has them.

import { el, fillExcept } from './dom.js';
import { formatAxisDate, formatValue, isNumeric } from './format.js';
import { drawPager } from './pager.js';
import { valueName } from './series.js';
import { t } from './texts.js';

/** Returns true if a column holds cells, not keys or totals. */
function isCell(column) {
  return Boolean(column.label_format);
}

function isTotal(column) {
  return column.role === 'value' && !column.label_format;
}

/** Draws a pivot into `box`. The options are those of `drawTable`. */
export function drawPivot(box, figure, { view, load, link, search, label }) {
  const columns = figure.columns.map((column, index) => ({ ...column, index })).filter((column) => column.role !== 'hidden' && column.role !== 'user_id')
    .filter((column) => column.role !== 'detail' || !figure.rows.length || figure.rows.some((row) => row[column.index] !== null));
  const shaded = columns.filter(isCell);
  const largest = Math.max(0, ...figure.rows.flatMap((row) => shaded.map((column) => Number(row[column.index]) || 0)));
  const heading = (column) => (isCell(column) && /^\d{4}-\d{2}/.test(column.name) ? formatAxisDate(column.name, column.label_format === 'month' ? 'month' : null) : column.text);
  const head = el('tr', {}, columns.map((column) => el('th', { scope: 'col', class: (isNumeric(column.format) ? 'number' : '') + (isTotal(column) ? ' total' : ''), text: heading(column), title: column.text })));
  const cells = (row, place, column, rowHead) => {
    const value = row[column.index];
    if (place === 0) return el('th', { scope: 'row' }, rowHead ?? valueName(column, value));
    const node = el('td', { class: (isNumeric(column.format) ? 'number' : '') + (isTotal(column) ? ' total' : '') , text: value === null || value === 0 ? '·' : formatValue(value, column.format) });
    if (value === null || value === 0) node.classList.add('none');
    else if (isCell(column) && largest > 0) {
      node.classList.add('heat');
      node.style.setProperty('--heat', `${Math.round(8 + 62 * Math.sqrt(Math.max(0, value) / largest))}%`);
    }
    return node;
  };
  const body = el('tbody', {}, figure.rows.map((row) => {
    const address = link(row, columns[0], 0);
    return el('tr', {}, columns.map((column, place) => cells(row, place, column, address ? el('a.row-link', { href: address.href, onclick: address.onclick, text: valueName(column, row[column.index]) }) : null)));
  }));
  const foot = figure.totals ? el('tfoot', {}, el('tr', {}, columns.map((column, place) => (place === 0 ? el('th', { scope: 'row', text: t('table.total') }) : el('td', { class: isTotal(column) ? 'number total' : 'number', text: figure.totals[column.index] === null ? '' : formatValue(figure.totals[column.index], column.format) }))))) : null;
  const table = el('div.table-scroll', { tabindex: '0', role: 'region', 'aria-label': label }, el('table.data.pivot', {}, el('thead', {}, head), body, foot));
  fillExcept(search, box, figure.rows.length ? table : el('p.nothing', { text: t('table.no_match') }), load ? drawPager(figure, view, load) : null);
}
