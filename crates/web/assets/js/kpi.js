// Headline numbers: the value, its change against the previous period, and a sparkline.

import { el, fill, svg } from './dom.js';
import { formatChange, formatHeadline, formatSigned, formatValue } from './format.js';
import { rolesOf } from './series.js';
import { t } from './texts.js';

/** Draws a headline number into `box`. */
export function drawKpi(box, figure) {
  const { values } = rolesOf(figure);
  const column = figure.columns[values[0]];
  const value = figure.rows[0]?.[values[0]] ?? null;
  const line = el('div.kpi-line', {}, el('strong.kpi-value', { text: formatHeadline(value, column?.format), title: formatValue(value, column?.format) }));
  const before = figure.previous?.rows?.[0]?.[values[0]];
  if (figure.previous || figure.notes?.some((note) => note.key === 'note.no_previous')) line.append(delta(value, before ?? null, column));
  const trend = figure.trend;
  fill(box, line, values.length > 1 ? others(figure, values.slice(1)) : null, trend?.rows?.length > 1 ? sparkline(trend) : null);
}

function others(figure, values) {
  return el('dl.kpi-others', {}, values.map((index) => el('div', {}, el('dt', { text: figure.columns[index].text }), el('dd', { text: formatValue(figure.rows[0]?.[index] ?? null, figure.columns[index].format) }))));
}

function delta(value, before, column) {
  if (typeof value !== 'number' || typeof before !== 'number') return el('span.delta.none', { text: t('kpi.no_previous') });
  const change = value - before;
  const arrow = change > 0 ? '▲' : change < 0 ? '▼' : '●';
  let text;
  if (column.format === 'percent') text = t('kpi.points', { points: formatSigned(change * 100, 1) });
  else if (before === 0) text = change === 0 ? formatChange(0) : formatSigned(change, column.format === 'count' ? 0 : 2);
  else text = formatChange(change / Math.abs(before));
  const words = t('kpi.against', { previous: formatValue(before, column.format) });
  return el('span.delta', { class: change > 0 ? 'up' : change < 0 ? 'down' : 'same', title: words }, el('span', { 'aria-hidden': 'true', text: arrow }), text, el('span.hidden', { text: ` ${words}` }));
}

function sparkline(trend) {
  const index = 1;
  const numbers = trend.rows.map((row) => (typeof row[index] === 'number' ? row[index] : 0));
  const largest = Math.max(...numbers);
  const least = Math.min(0, ...numbers);
  const width = 240;
  const height = 24;
  const x = (at) => (at * width) / (numbers.length - 1);
  const y = (number) => height - 2 - ((number - least) / (largest - least || 1)) * (height - 5);
  const points = numbers.map((number, at) => `${x(at).toFixed(1)} ${y(number).toFixed(1)}`);
  return svg('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', class: 'spark', 'aria-hidden': 'true' },
    svg('path', { class: 'spark-area', d: `M0 ${height} L${points.join(' L')} L${width} ${height} Z` }),
    svg('path', { class: 'spark-line', d: `M${points.join(' L')}`, 'vector-effect': 'non-scaling-stroke' }));
}
