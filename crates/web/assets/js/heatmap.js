// Chart options for heat maps.

import { formatShort, formatValue } from './format.js';
import { categoryName, everyDay, rolesOf } from './series.js';
import { currentTheme, styleColour } from './theme.js';
import { tooltipBase, tooltipContent } from './tooltip.js';

/** Returns the chart option for a heat map. */
export function heatmapOption(visual, figure, size) {
  const { category, series, values } = rolesOf(figure);
  const down = series;
  const across = [...new Set([...everyDay(figure, category), ...figure.rows.map((row) => row[category])])];
  const rows = [...new Set(figure.rows.map((row) => row[down]))];
  if (figure.columns[down]?.format === 'weekday') rows.sort((a, b) => a - b);
  const value = figure.columns[values[0]];
  const placesX = new Map(across.map((key, at) => [key, at]));
  const placesY = new Map(rows.map((key, at) => [key, at]));
  const cells = figure.rows.map((row) => ({ value: [placesX.get(row[category]), placesY.get(row[down]), row[values[0]]], row }));
  const largest = Math.max(0, ...cells.map((cell) => cell.value[2] ?? 0));
  const axis = (column, keys, extra) => ({
    type: 'category',
    data: keys.map((key) => categoryName(column, key)),
    axisLine: { show: false },
    axisTick: { show: false },
    splitArea: { show: false },
    axisLabel: { color: styleColour('ink-3'), fontSize: 12, hideOverlap: true, width: Math.min(160, size.width * 0.3), overflow: 'truncate' },
    ...extra,
  });
  return {
    grid: { left: 2, right: 8, top: 8, bottom: 34, containLabel: true },
    xAxis: axis(figure.columns[category], across),
    yAxis: axis(figure.columns[down], rows, { inverse: true }),
    visualMap: {
      min: 0,
      max: largest || 1,
      calculable: false,
      orient: 'horizontal',
      left: 'center',
      bottom: 0,
      itemWidth: 10,
      itemHeight: 120,
      text: [formatShort(largest, value.format), '0'],
      textStyle: { color: styleColour('ink-3'), fontSize: 11 },
      inRange: { color: currentTheme() === 'dark' ? ['#241a3d', '#5b2ea6', '#b68aff'] : ['#f1eafd', '#b083f5', '#6a1fd0'] },
    },
    tooltip: {
      ...tooltipBase(),
      trigger: 'item',
      formatter: (point) => tooltipContent(`${categoryName(figure.columns[category], point.data.row[category])} · ${categoryName(figure.columns[down], point.data.row[down])}`, [{ name: value.text, value: formatValue(point.data.row[values[0]], value.format) }]),
    },
    series: [{ id: 'cells', type: 'heatmap', data: cells, itemStyle: { borderColor: styleColour('card'), borderWidth: 2, borderRadius: 4 }, emphasis: { itemStyle: { borderColor: styleColour('ink') } }, cursor: 'pointer' }],
  };
}
