// Pivots: one row per key, one column per day, cells shaded by their value, both totals where the figure has them.

import { debounce, el, fill, icon } from './dom.js';
import { formatAxisDate, formatValue, isNumeric } from './format.js';
import { valueName } from './series.js';
import { t } from './texts.js';

/** Whether a column is one of the cells, not a key or a total. */
function isCell(column) {
  return Boolean(column.label_format);
}

function isTotal(column) {
  return column.role === 'value' && !column.label_format;
}

/** Draws a pivot into `box`. */
export function drawPivot(box, figure, { view, ask, link, label }) {
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
    const address = link?.(row);
    return el('tr', {}, columns.map((column, place) => cells(row, place, column, address ? el('a.row-link', { href: address.href, onclick: address.onclick, text: valueName(column, row[column.index]) }) : null)));
  }));
  const foot = figure.totals ? el('tfoot', {}, el('tr', {}, columns.map((column, place) => (place === 0 ? el('th', { scope: 'row', text: t('table.total') }) : el('td', { class: isTotal(column) ? 'number total' : 'number', text: figure.totals[column.index] === null ? '' : formatValue(figure.totals[column.index], column.format) }))))) : null;
  const search = el('input.search', { type: 'search', value: view.search ?? '', placeholder: t('table.search'), 'aria-label': t('table.search') });
  search.addEventListener('input', debounce(180, () => ask({ ...view, search: search.value.trim() || undefined, offset: 0 })));
  const total = figure.total_rows ?? figure.rows.length;
  const offset = view.offset ?? 0;
  const limit = view.limit ?? 50;
  const searching = document.activeElement && box.contains(document.activeElement) && document.activeElement.classList.contains('search');
  const move = (to, name, text) => el('button.quiet', { type: 'button', 'aria-label': text, title: text, disabled: to < 0 || to >= total, onclick: () => ask({ ...view, offset: to }) }, icon(name));
  fill(box,
    total > 10 || view.search ? el('div.table-tools', {}, el('span.search-box', {}, icon('search'), search)) : null,
    figure.rows.length ? el('div.table-scroll', { tabindex: '0', role: 'region', 'aria-label': label }, el('table.data.pivot', {}, el('thead', {}, head), body, foot)) : el('p.nothing', { text: t('table.no_match') }),
    total > limit || offset ? el('div.pager', {}, el('span', { text: t('table.range', { from: formatValue(offset + 1, 'count'), to: formatValue(offset + figure.rows.length, 'count'), total: formatValue(total, 'count') }) }), el('span.pager-buttons', {}, move(offset - limit, 'left', t('table.previous')), move(offset + limit, 'right', t('table.next')))) : null);
  if (searching) {
    search.focus();
    search.setSelectionRange(search.value.length, search.value.length);
  }
}
