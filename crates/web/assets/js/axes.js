// Chart options for bars, lines and areas.

import { formatDate, formatShort, formatValue } from './format.js';
import { shorten, widthOf } from './labels.js';
import { legend } from './legend.js';
import { OTHER, categoryName, isCalendar, rolesOf, seriesOf } from './series.js';
import { t } from './texts.js';
import { styleColour } from './theme.js';
import { tooltipBase, tooltipContent } from './tooltip.js';

/** Returns the chart option for bars, lines and areas. */
export function axisOption(visual, figure, size) {
  const { category } = rolesOf(figure);
  const column = figure.columns[category];
  const horizontal = visual.orientation === 'horizontal';
  const { categories, series } = horizontal ? largestFirst(seriesOf(figure)) : seriesOf(figure);
  const percent = visual.stack === 'percent';
  const stacked = percent || visual.stack === 'stacked';
  const format = percent ? 'percent' : series[0]?.column?.format;
  const kind = figure.kind === 'bar' ? 'bar' : 'line';
  const totals = percent ? categories.map((_, at) => series.reduce((sum, one) => sum + (one.data[at] ?? 0), 0)) : null;
  // Two measures of different formats need two axes.
  const formats = [...new Set(series.map((one) => one.column?.format))];
  const twoAxes = !percent && !horizontal && formats.length === 2;
  const names = categories.map((value) => categoryName(column, value));
  const labelRoom = horizontal ? Math.min(190, size.width * 0.36) : 0;
  const labels = horizontal ? names.map((name) => shorten(name, labelRoom)) : names;
  const labelWidth = horizontal ? Math.max(...labels.map(widthOf), 20) : 0;

  const categoryAxis = {
    type: 'category',
    data: names,
    inverse: horizontal,
    boundaryGap: kind === 'bar',
    axisLine: { show: !horizontal, lineStyle: { color: styleColour('line-strong') } },
    axisTick: { show: false },
    axisLabel: {
      color: styleColour(horizontal ? 'ink-2' : 'ink-3'),
      fontSize: 12,
      hideOverlap: true,
      interval: horizontal ? 0 : isCalendar(column) || names.length > 12 ? 'auto' : 0,
      margin: 10,
      ...(horizontal ? { formatter: (_, at) => labels[at] } : {}),
      ...(horizontal || isCalendar(column) ? {} : { width: Math.max(40, (size.width - 60) / Math.max(1, names.length) - 6), overflow: 'break' }),
    },
  };
  const valueAxis = (ofFormat, place) => ({
    type: 'value',
    max: percent ? 1 : undefined,
    interval: percent ? 0.25 : undefined,
    position: place,
    minInterval: ofFormat === 'count' ? 1 : undefined,
    splitNumber: size.height < 220 || horizontal ? 3 : 4,
    splitLine: { show: place !== 'right', lineStyle: { color: styleColour('line') } },
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: styleColour('ink-3'), fontSize: 12, hideOverlap: true, formatter: (value) => formatShort(value, ofFormat) },
  });
  const dense = categories.length > 90;
  const radius = stacked ? 0 : dense ? 1 : 3;
  const drawn = series.map((one, index) => ({
    id: String(one.key),
    name: one.name,
    type: kind,
    stack: stacked ? 'all' : undefined,
    yAxisIndex: twoAxes ? formats.indexOf(one.column?.format) : 0,
    data: one.data.map((value, at) => (totals && value !== null ? (totals[at] ? value / totals[at] : null) : value)),
    itemStyle: {
      color: one.colour,
      borderRadius: kind !== 'bar' ? 0 : stacked ? 0 : horizontal ? [0, 4, 4, 0] : [radius, radius, 0, 0],
      borderColor: stacked && !dense && kind === 'bar' ? styleColour('card') : undefined,
      borderWidth: stacked && !dense && kind === 'bar' ? 0.5 : 0,
    },
    lineStyle: { width: one.before ? 1.75 : 2.25, color: one.colour, type: one.before ? 'dashed' : 'solid' },
    areaStyle: figure.kind === 'area' ? { color: one.colour, opacity: stacked ? 0.55 : 0.16 } : undefined,
    symbol: 'circle',
    symbolSize: 6,
    showSymbol: kind === 'line' && categories.length <= 31 && !one.before,
    connectNulls: kind === 'line',
    smooth: kind === 'line' ? 0.2 : false,
    smoothMonotone: 'x',
    barMaxWidth: horizontal ? 22 : 44,
    barCategoryGap: dense ? '10%' : '28%',
    barGap: '8%',
    barMinHeight: 1,
    large: false,
    emphasis: { focus: series.length > 1 ? 'series' : 'none', itemStyle: { opacity: 1 } },
    blur: { itemStyle: { opacity: 0.28 }, lineStyle: { opacity: 0.28 } },
    cursor: 'pointer',
    label: horizontal && series.length === 1
      ? { show: true, position: 'right', color: styleColour('ink-2'), fontSize: 12, formatter: (point) => formatValue(series[0].data[point.dataIndex], format) }
      : { show: false },
    z: 2 + index,
  }));
  if (horizontal) for (const one of drawn) one.yAxisIndex = 0;

  const option = {
    legend: legend(series, size),
    grid: { left: horizontal ? labelWidth + 14 : 2, right: horizontal && series.length === 1 ? 64 : twoAxes ? 4 : kind === 'line' ? 22 : 12, top: series.length > 1 ? 38 : 12, bottom: horizontal ? 24 : 2, containLabel: !horizontal },
    tooltip: {
      ...tooltipBase(),
      trigger: 'axis',
      axisPointer: { type: kind === 'bar' ? 'shadow' : 'line', shadowStyle: { color: styleColour('hover'), opacity: 0.8 }, lineStyle: { color: styleColour('line-strong') } },
      formatter: (points) => {
        const at = points[0]?.dataIndex ?? 0;
        const heading = isCalendar(column) ? dateHeading(column, categories[at]) : names[at];
        const lines = points
          .map((point) => series[point.seriesIndex])
          .filter((one) => one && one.data[at] !== null)
          .map((one) => ({
            colour: one.colour,
            name: one.name,
            value: formatValue(one.data[at], one.column?.format) + (percent && totals[at] ? `  ·  ${formatValue(one.data[at] / totals[at], 'percent')}` : ''),
          }));
        if (stacked) lines.reverse();
        if (stacked && lines.length > 1 && figure.columns[category]) {
          const sum = series.reduce((total, one) => total + (one.data[at] ?? 0), 0);
          lines.push({ name: t('chart.total'), value: formatValue(sum, series[0].column?.format), strong: true });
        }
        return tooltipContent(heading, lines.length ? lines : [{ name: t('chart.no_value'), value: '' }]);
      },
    },
    series: drawn,
  };
  const valueAxes = twoAxes ? [valueAxis(formats[0], 'left'), valueAxis(formats[1], 'right')] : [valueAxis(format)];
  option.xAxis = horizontal ? valueAxes[0] : categoryAxis;
  option.yAxis = horizontal ? categoryAxis : valueAxes;
  return option;
}

/** Sorts horizontal bars: the longest at the top, the rest (`OTHER`) at the bottom. */
export function largestFirst({ categories, series }) {
  const length = (at) => (categories[at] === OTHER ? -Infinity : series.reduce((sum, one) => sum + (one.data[at] ?? 0), 0));
  const order = categories.map((_, at) => at).sort((a, b) => length(b) - length(a) || a - b);
  const sorted = (list) => order.map((at) => list[at]);
  return { categories: sorted(categories), series: series.map((one) => ({ ...one, data: sorted(one.data), rows: sorted(one.rows) })) };
}

function dateHeading(column, value) {
  if (column.grain === 'week') return t('chart.week_of', { date: formatDate(value) });
  return formatDate(value, column.grain);
}
