// Tables. The source sorts, searches and pages the rows.

import { el, fill, fillExcept } from './dom.js';
import { colourOfValue } from './colours.js';
import { valueName } from './series.js';
import { formatValue, isNumeric } from './format.js';
import { drawPager } from './pager.js';
import { t } from './texts.js';

/**
 * Draws a table into `box`. `load(view)` loads another view, `link(row, column, place)` returns the link of a cell,
 * `search` is the search field or null.
 */
export function drawTable(box, figure, { view, load, link, search, label }) {
  const columns = shownColumns(figure);
  const bars = barScale(figure, columns, view);
  const head = el('tr', {}, columns.map((column) => headCell(column, view, load)));
  const body = el('tbody', {}, figure.rows.map((row) => el('tr', {}, columns.map((column, place) => cell(column, row, link(row, column, place), bars)))));
  const foot = figure.totals
    ? el('tfoot', {}, el('tr', {}, columns.map((column, place) => {
        const value = figure.totals[column.index];
        const text = place === 0 && (value === null || value === undefined) ? t('table.total') : value === null || value === undefined ? '' : formatValue(value, column.format);
        return place === 0 ? el('th', { scope: 'row', text }) : el('td', { class: isNumeric(column.format) ? 'number' : '', text });
      })))
    : null;
  const scroller = el('div.table-scroll', { tabindex: '0', role: 'region', 'aria-label': label }, el('table.data', {}, el('thead', {}, head), body, foot));
  fillExcept(search, box, figure.rows.length ? scroller : el('p.nothing', { text: t('table.no_match') }), load ? drawPager(figure, view, load) : null);
}

/** The visible columns, categories first. Details that are empty in all visible rows are left out. */
function shownColumns(figure) {
  const isSaid = (column) => column.role !== 'detail' || column.type !== 'text' || !figure.rows.length || figure.rows.some((row) => row[column.index] !== null && row[column.index] !== '');
  const columns = figure.columns.map((column, index) => ({ ...column, index })).filter((column) => column.role !== 'hidden' && column.role !== 'user_id' && isSaid(column));
  return [...columns.filter((column) => column.role === 'category'), ...columns.filter((column) => column.role !== 'category')];
}

function headCell(column, view, load) {
  const numeric = isNumeric(column.format);
  if (!load) return el('th', { scope: 'col', class: numeric ? 'number' : '', text: column.text });
  const [by, order] = (view.sort ?? '').split(':');
  const sorted = by === column.name ? order : null;
  const next = sorted ? (sorted === 'desc' ? 'asc' : 'desc') : numeric || column.type === 'date' ? 'desc' : 'asc';
  return el('th', { scope: 'col', class: numeric ? 'number' : '', 'aria-sort': sorted ? (sorted === 'asc' ? 'ascending' : 'descending') : null, },
    el('button.sort', { type: 'button', 'data-column': column.name, 'data-spot': `sort-${column.name}`, onclick: () => load({ ...view, sort: `${column.name}:${next}`, offset: 0 }) },
      el('span', { text: column.text }), el('span.arrow', { 'aria-hidden': 'true', text: sorted === 'asc' ? '↑' : sorted === 'desc' ? '↓' : '' })));
}

/** The scale of the bars behind the numbers of the sorted column. */
function barScale(figure, columns, view) {
  const by = (view.sort ?? figure.sort ?? '').split(':')[0];
  const column = columns.find((one) => one.name === by && isNumeric(one.format)) ?? null;
  if (!column) return null;
  const largest = Math.max(0, ...figure.rows.map((row) => Number(row[column.index]) || 0));
  return largest > 0 ? { index: column.index, largest } : null;
}

function cell(column, row, address, bars) {
  const value = row[column.index];
  const numeric = isNumeric(column.format);
  const isKey = column.role === 'category' || column.role === 'series';
  const isNothing = value === null || value === '';
  const text = numeric || typeof value === 'boolean' || (isNothing && !isKey) ? formatValue(value, column.format) : valueName(column, value);
  const shown = text.length > 44 && text.includes('/') ? `…/${text.slice(text.lastIndexOf('/') + 1)}` : text;
  const content = [];
  const pinned = !numeric && column.type !== 'date' && value !== null && column.meaning ? colourOfValue(column.meaning, value) : null;
  if (pinned) {
    const dot = el('span.dot');
    dot.style.background = pinned;
    content.push(dot);
  }
  content.push(address ? el('a.row-link', { href: address.href, onclick: address.onclick, text: shown }) : document.createTextNode(shown));
  const node = el('td', { class: numeric ? 'number' : 'text', title: !numeric && text.length > 28 ? text : null }, content);
  if (bars?.index === column.index && typeof value === 'number' && value > 0) {
    node.classList.add('bar');
    node.style.setProperty('--share', `${(100 * value) / bars.largest}%`);
  }
  return node;
}

/** Draws a table of one row as pairs of names and values. */
export function drawFacts(box, figure) {
  const [row] = figure.rows;
  const shown = figure.columns.map((column, index) => ({ ...column, index })).filter((column) => column.role !== 'hidden' && column.role !== 'user_id' && row[column.index] !== null && row[column.index] !== '')
    // A text that repeats an earlier one, such as an address that is also the name, is left out.
    .filter((column, place, all) => isNumeric(column.format) || all.findIndex((other) => row[other.index] === row[column.index]) === place || column.type === 'date');
  fill(box, el('dl.facts', {}, shown.map((column) => el('div', {}, el('dt', { text: column.text }), el('dd', { text: isNumeric(column.format) ? formatValue(row[column.index], column.format) : valueName(column, row[column.index]) })))));
}

/** Returns any figure as a plain table, as an accessible alternative to a chart. */
export function plainTable(figure, caption) {
  const columns = figure.columns.map((column, index) => ({ ...column, index })).filter((column) => column.role !== 'hidden' && column.role !== 'user_id');
  return el('div.table-scroll', { tabindex: '0', role: 'region', 'aria-label': caption },
    el('table.data', {}, el('caption.hidden', { text: caption }),
      el('thead', {}, el('tr', {}, columns.map((column) => el('th', { scope: 'col', class: isNumeric(column.format) ? 'number' : '', text: column.text })))),
      el('tbody', {}, figure.rows.map((row) => el('tr', {}, columns.map((column) => cell(column, row, null, null)))))));
}
