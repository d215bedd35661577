// The actions of clicks: open another sheet, or add a choice to the pickers.

import { rememberLabel } from './choices.js';
import { announce } from './dom.js';
import { addDays, isoDay, parseDay } from './format.js';
import { OTHER, rolesOf } from './series.js';
import { addressWith, chosenAs, isChosen, navigate, pickerOf, toggle } from './state.js';
import { t } from './texts.js';

/** Returns the link `{ href, onclick }` of a table cell: to another sheet, or with its value added to its picker. */
export function cellLink({ visual, figure, page }, row, column, place) {
  if (visual.click) return place === 0 ? sheetLink(visual, figure, page, row) : null;
  if (column.role !== 'category' && column.role !== 'series') return null;
  const selection = page.source.supported(choicesOf(figure, row, [column.index]));
  return Object.keys(selection).length ? link({ selection }, () => take(selection)) : null;
}

/** Handles a click on the mark of a row. */
export function followClick({ visual, figure, page }, row) {
  if (visual.click) {
    sheetLink(visual, figure, page, row)?.follow();
    return;
  }
  const roles = rolesOf(figure);
  const changes = choicesOf(figure, row, [roles.user, roles.category, roles.series]);
  // Choose one dimension at a time: the series before the category.
  const series = choicesOf(figure, row, [roles.series]);
  const isNew = Object.keys(series).length && !isChosen(series);
  const selection = page.source.supported(isNew ? series : changes);
  if (Object.keys(selection).length) take(selection);
}

/** The link to another sheet, with one more choice. */
function sheetLink({ click }, figure, page, row) {
  const at = (is) => figure.columns.findIndex(is);
  const value = row[at((column) => column.name === click.from)];
  const picker = pickerOf(click.picker);
  const chosen = value === null || value === undefined || value === OTHER ? null : chosenAs(picker, value);
  if (chosen === null) return null;
  // Users change plans: a chosen plan would hide their activity under other plans.
  const plans = page.pickers.filter((one) => picker.user && one.meaning === 'tier');
  const selection = page.source.supported({ ...Object.fromEntries(plans.map((one) => [one.id, null])), [picker.id]: chosen });
  if (!(picker.id in selection)) return null;
  const target = { sheet: click.sheet, selection };
  const name = row[at((column) => column.role === 'category')];
  return link(target, () => {
    if (name) rememberLabel(picker.id, String(value), String(name));
    navigate(target);
  });
}

/** A link that also works when it is opened in another tab. */
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

/** The choices of a row in the pickers of these columns. */
function choicesOf(figure, row, indices) {
  const changes = {};
  for (const index of indices) {
    const column = figure.columns[index];
    const value = row[index];
    if (!column?.picker || value === null || value === OTHER) continue;
    const picker = pickerOf(column.picker);
    if (picker.kind === 'dates') Object.assign(changes, daysOf(value, column.format === 'month' ? 'month' : figure.grain, figure.window));
    else {
      const chosen = chosenAs(picker, value);
      if (chosen !== null) changes[picker.id] = chosen;
    }
  }
  return changes;
}

/** The days that a point of a time axis counts: those of its week or month within the window. */
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
