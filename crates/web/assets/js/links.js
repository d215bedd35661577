// Where a click leads: to another sheet about what was clicked, or to one more choice on this one.

import { rememberLabel } from './choices.js';
import { announce } from './dom.js';
import { addDays, isoDay, parseDay } from './format.js';
import { OTHER, rolesOf } from './series.js';
import { addressWith, isChosen, navigate, toggle } from './state.js';
import { t } from './texts.js';

/** Where a cell of a table leads, as `{ href, onclick }` of a link: its row to another sheet, else its value into its picker. */
export function cellLink({ visual, figure, page }, row, column, place) {
  if (visual.click) return place === 0 ? sheetLink(visual, figure, page, row) : null;
  if (column.role !== 'category' && column.role !== 'series') return null;
  const selection = page.source.supported(choicesOf(figure, row, [column.index]));
  return Object.keys(selection).length ? link({ selection }, () => take(selection)) : null;
}

/** Follows a click on the part of a chart that this row is. */
export function followClick({ visual, figure, page }, row) {
  if (visual.click) {
    sheetLink(visual, figure, page, row)?.follow();
    return;
  }
  const roles = rolesOf(figure);
  const changes = choicesOf(figure, row, [roles.user, roles.category, roles.series]);
  // One dimension at a time: the series says more than the day it was clicked on.
  const series = choicesOf(figure, row, [roles.series]);
  const isNew = Object.keys(series).length && !isChosen(series);
  const selection = page.source.supported(isNew ? series : changes);
  if (Object.keys(selection).length) take(selection);
}

/** The way to another sheet, with one more choice. */
function sheetLink({ click }, figure, page, row) {
  const at = (is) => figure.columns.findIndex(is);
  const value = row[at((column) => column.name === click.from)];
  if (value === null || value === undefined || value === OTHER) return null;
  // People change plans: one chosen before would hide what they did under another.
  const others = click.picker === 'user' ? { tier: null } : {};
  const selection = page.source.supported({ ...others, [click.picker]: chosenAs(click.picker, value) });
  if (!(click.picker in selection)) return null;
  const target = { sheet: click.sheet, selection };
  const name = row[at((column) => column.role === 'category')];
  return link(target, () => {
    if (name) rememberLabel(click.picker, String(value), String(name));
    navigate(target);
  });
}

/** A link that keeps its meaning for those who open it in another tab. */
function link(target, follow) {
  return {
    href: addressWith(target),
    follow,
    onclick: (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button > 0) return;
      event.preventDefault();
      follow();
    },
  };
}

function take(selection) {
  announce(toggle(selection) ? t('card.filtered') : t('card.unfiltered'));
}

/** What the pickers of these columns are set to by a row. */
function choicesOf(figure, row, indices) {
  const changes = {};
  for (const index of indices) {
    const column = figure.columns[index];
    const value = row[index];
    if (!column?.picker || value === null || value === OTHER) continue;
    if (column.picker === 'date') Object.assign(changes, daysOf(value, column.format === 'month' ? 'month' : figure.grain, figure.window));
    else changes[column.picker] = chosenAs(column.picker, value);
  }
  return changes;
}

function chosenAs(picker, value) {
  return picker === 'user' ? String(value) : [String(value)];
}

/** The days behind a point of a time axis: those of its week or month that the point counts. */
function daysOf(value, grain, window) {
  const day = parseDay(value);
  if (!day) return {};
  let [from, to] = [isoDay(day), isoDay(day)];
  if (grain === 'week') to = addDays(from, 6);
  if (grain === 'month') {
    from = `${value.slice(0, 7)}-01`;
    to = isoDay(new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)));
  }
  return { from: from < window?.from ? window.from : from, to: to > window?.to ? window.to : to };
}
