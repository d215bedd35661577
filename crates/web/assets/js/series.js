// Arranges a figure's rows by category and series. Computes no numbers.

import { colourFor, colourOfKey } from './colours.js';
import { addDays, daysBetween, formatAxisDate, formatValue, parseDay } from './format.js';
import { hasText, t } from './texts.js';

/** The key of the row or series that sums up the values beyond a limit. */
export const OTHER = '~other';
/** Longer calendar axes are not filled with days that have no row. */
const MOST_DAYS = 4000;

/** Adds the texts of the page's language to the columns of a figure. */
export function localizeFigure(figure) {
  for (const column of figure.columns) {
    column.text = column.label_format ? formatValue(column.label, column.label_format) : t(column.label);
    if (column.type === 'date' && figure.grain && figure.grain !== 'auto') column.grain = figure.grain;
  }
  return figure;
}

/** The positions of a figure's columns, by role. */
export function rolesOf(figure) {
  const at = (role) => figure.columns.findIndex((column) => column.role === role);
  const values = figure.columns.map((column, index) => (column.role === 'value' ? index : -1)).filter((index) => index >= 0);
  return { category: at('category'), series: at('series'), user: at('user_id'), values };
}

/** Returns true if the column holds dates. */
export function isCalendar(column) {
  return column?.type === 'date' || column?.format === 'date' || column?.format === 'month';
}

/** Returns `{ categories, series: [{ name, key, colour, column, data: [value per category], rows: [row per category] }] }`. */
export function seriesOf(figure) {
  const { category, series, values } = rolesOf(figure);
  const categories = everyDay(figure, category);
  const places = new Map(categories.map((key, at) => [key, at]));
  for (const row of figure.rows) {
    const key = category < 0 ? '' : row[category];
    if (!places.has(key)) {
      places.set(key, categories.length);
      categories.push(key);
    }
  }
  const found = new Map();
  const named = (key, name, column, colour) => {
    if (!found.has(key)) {
      found.set(key, { key, name, column, colour, data: new Array(categories.length).fill(null), rows: new Array(categories.length).fill(null) });
    }
    return found.get(key);
  };
  for (const row of figure.rows) {
    const place = places.get(category < 0 ? '' : row[category]);
    if (series >= 0) {
      const column = figure.columns[series];
      const one = named(row[series], valueName(column, row[series]), figure.columns[values[0]], seriesColour(column, row[series]));
      one.data[place] = row[values[0]];
      one.rows[place] = row;
    } else {
      for (const index of values) {
        const column = figure.columns[index];
        const one = named(column.name, column.text, column, colourOfKey(column.colour) ?? colourFor('measure', column.name));
        one.data[place] = row[index];
        one.rows[place] = row;
      }
    }
  }
  const drawn = [...found.values()];
  const before = series < 0 && drawn.length === 1 ? periodBefore(figure, category, values[0], categories) : null;
  return { categories, series: before ? [...drawn, before] : drawn };
}

/** The previous period as a second line over the same days. */
function periodBefore(figure, category, value, categories) {
  const { previous, window } = figure;
  const column = figure.columns[category];
  if (figure.kind !== 'line' || !previous?.rows.length || !previous.window || !window || column?.type !== 'date' || column.format === 'month') return null;
  const known = new Map(previous.rows.map((row) => [row[category], row[value]]));
  const data = categories.map((day) => known.get(addDays(previous.window.from, daysBetween(window.from, day))) ?? null);
  return { key: '~previous', name: t('column.previous'), column: figure.columns[value], colour: colourOfKey('other'), before: true, data, rows: new Array(data.length).fill(null) };
}

/** All points of a calendar axis, including those without a row: a day without use is a gap. */
export function everyDay(figure, category) {
  const column = figure.columns[category];
  // Without a grain, a date is a day, unless its format is a month.
  const grain = figure.grain ?? (column?.format === 'month' ? 'month' : 'day');
  const step = { day: 1, week: 7 }[grain];
  if (!isCalendar(column) || column.format === 'month' || !step || !figure.rows.length) return [];
  const known = figure.rows.map((row) => row[category]).filter((day) => parseDay(day)).sort();
  if (!known.length) return [];
  const first = step === 1 && figure.window?.from < known[0] ? figure.window.from : known[0];
  const last = step === 1 && figure.window?.to > known.at(-1) ? figure.window.to : known.at(-1);
  const days = [];
  for (let day = first; day <= last && days.length < MOST_DAYS; day = addDays(day, step)) days.push(day);
  return days;
}

/** The colour of a value of a column. */
export function seriesColour(column, value) {
  return value === OTHER ? colourOfKey('other') : colourFor(column.meaning ?? column.name, value);
}

/** The text of a column's value. */
export function valueName(column, value) {
  if (value === OTHER) return t('value.other');
  if (value === null || value === undefined || value === '') return t('value.none');
  if (column?.meaning) {
    const key = `value.${column.meaning}.${value}`;
    if (hasText(key)) return t(key);
  }
  return formatValue(value, column?.format);
}

/** The text of a category on an axis. */
export function categoryName(column, value) {
  if (isCalendar(column) && value !== OTHER && value) return formatAxisDate(value, column.format === 'month' ? 'month' : column.grain);
  return valueName(column, value);
}
