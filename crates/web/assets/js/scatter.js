// Chart options for scatter plots: two measures as position, an optional third one as size.

import { formatShort, formatValue } from './format.js';
import { legend } from './legend.js';
import { rolesOf, seriesColour, valueName } from './series.js';
import { styleColour } from './theme.js';
import { tooltipBase, tooltipContent } from './tooltip.js';

/** Returns the chart option for a scatter plot. */
export function scatterOption(visual, figure, size) {
  const { values, category } = rolesOf(figure);
  const [x, y, area] = values;
  const labelAt = category >= 0 ? category : figure.columns.findIndex((column) => column.role === 'detail' || column.role === 'series');
  const { series: seriesAt } = rolesOf(figure);
  const largest = area === undefined ? 1 : Math.max(1, ...figure.rows.map((row) => row[area] ?? 0));
  const groups = new Map();
  for (const row of figure.rows) {
    if (row[x] === null || row[y] === null) continue;
    const key = seriesAt >= 0 && seriesAt !== labelAt ? row[seriesAt] : '';
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push({ value: [row[x], row[y]], row });
  }
  const axis = (index, extra) => ({
    type: 'value',
    name: figure.columns[index].text,
    nameTextStyle: { color: styleColour('ink-3'), fontSize: 12 },
    splitLine: { lineStyle: { color: styleColour('line') } },
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: styleColour('ink-3'), fontSize: 12, hideOverlap: true, formatter: (value) => formatShort(value, figure.columns[index].format) },
    ...extra,
  });
  const series = [...groups].map(([key, points]) => {
    const colour = key === '' ? styleColour('accent') : seriesColour(figure.columns[seriesAt], key);
    return {
      id: `points-${key}`,
      name: key === '' ? figure.columns[y].text : valueName(figure.columns[seriesAt], key),
      type: 'scatter',
      data: points,
      symbolSize: (_, point) => 6 + 22 * Math.sqrt((area === undefined ? 0.05 : point.data.row[area] ?? 0) / largest),
      itemStyle: { color: colour, opacity: 0.55, borderColor: colour, borderWidth: 1 },
      emphasis: { itemStyle: { opacity: 0.95 } },
      cursor: 'pointer',
    };
  });
  return {
    legend: legend(series, size),
    grid: { left: 8, right: 20, top: (series.length > 1 ? 34 : 4) + 22, bottom: 26, containLabel: true },
    xAxis: axis(x, { nameLocation: 'middle', nameGap: 30 }),
    yAxis: axis(y, { nameLocation: 'end', nameGap: 12, max: figure.columns[y].format === 'percent' ? (range) => Math.min(1, Math.ceil(range.max * 10) / 10) : undefined, nameTextStyle: { color: styleColour('ink-3'), fontSize: 12, align: 'left' } }),
    tooltip: {
      ...tooltipBase(),
      trigger: 'item',
      formatter: (point) => tooltipContent(labelAt >= 0 ? String(point.data.row[labelAt] ?? '–') : '', values.map((index) => ({ name: figure.columns[index].text, value: formatValue(point.data.row[index], figure.columns[index].format) }))),
    },
    series,
  };
}
