// A figure as the option of an ECharts chart. Drawn on canvas; tooltips are elements made of text, never parsed HTML.

/* global echarts */

import { el } from './dom.js';
import { formatDate, formatShort, formatValue } from './format.js';
import { currentTheme, mayAnimate, pageFonts, styleColour } from './theme.js';
import { categoryName, everyDay, isCalendar, rolesOf, seriesColour, seriesOf, valueName } from './series.js';
import { t } from './texts.js';

/** The option for a figure of a visual, drawn into so many pixels. */
export function chartOption(visual, figure, size) {
  const build = { donut: donutOption, scatter: scatterOption, heatmap: heatmapOption }[figure.kind] ?? axisOption;
  const option = build(visual, figure, size);
  return {
    animation: mayAnimate(),
    // Hundreds of marks in motion keep the page from drawing what else has changed.
    animationThreshold: 120,
    animationDuration: 350,
    animationDurationUpdate: 160,
    animationEasing: 'cubicOut',
    textStyle: { fontFamily: pageFonts(), color: styleColour('ink-2') },
    aria: { enabled: true, label: { enabled: true, description: description(visual, figure) } },
    ...option,
  };
}

function description(visual, figure) {
  return [visual.title, visual.subtitle, t('chart.rows', { count: figure.total_rows ?? figure.rows.length })].filter(Boolean).join('. ');
}

function tooltipBase() {
  return {
    confine: true,
    appendTo: undefined,
    enterable: false,
    transitionDuration: 0,
    backgroundColor: styleColour('raised'),
    borderColor: styleColour('line-strong'),
    borderWidth: 1,
    padding: 0,
    extraCssText: '',
    textStyle: { color: styleColour('ink'), fontSize: 12 },
  };
}

/** The inside of a tooltip: a heading, and lines of colour, name and value. */
function tip(heading, lines) {
  const table = el('table.tip-lines');
  for (const line of lines) {
    const dot = el('span.dot');
    if (line.colour) dot.style.background = line.colour;
    table.append(el('tr', { class: line.strong ? 'strong' : '' }, el('td', {}, line.colour ? dot : null), el('td', { text: line.name }), el('td.number', { text: line.value })));
  }
  return el('div.tip', {}, el('div.tip-head', { text: heading }), table);
}

function legend(series, size) {
  const shown = series.length > 1;
  return {
    show: shown,
    type: 'scroll',
    top: 0,
    left: 0,
    right: 0,
    icon: 'circle',
    itemWidth: 8,
    itemHeight: 8,
    itemGap: size.width < 480 ? 12 : 18,
    padding: [2, 0],
    textStyle: { color: styleColour('ink-2'), fontSize: 12 },
    inactiveColor: styleColour('line-strong'),
    pageIconColor: styleColour('ink-2'),
    pageIconInactiveColor: styleColour('line-strong'),
    pageTextStyle: { color: styleColour('ink-3') },
    pageIconSize: 10,
  };
}

function axisOption(visual, figure, size) {
  const { category } = rolesOf(figure);
  const column = figure.columns[category];
  const horizontal = visual.orientation === 'horizontal';
  const { categories, series } = horizontal ? largestFirst(seriesOf(figure)) : seriesOf(figure);
  const percent = visual.stack === 'percent';
  const stacked = percent || visual.stack === 'stacked';
  const format = percent ? 'percent' : series[0]?.column?.format;
  const kind = figure.kind === 'bar' ? 'bar' : 'line';
  const totals = percent ? categories.map((_, at) => series.reduce((sum, one) => sum + (one.data[at] ?? 0), 0)) : null;
  // Two measures of different formats get an axis each.
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
        return tip(heading, lines.length ? lines : [{ name: t('chart.no_value'), value: '' }]);
      },
    },
    series: drawn,
  };
  const valueAxes = twoAxes ? [valueAxis(formats[0], 'left'), valueAxis(formats[1], 'right')] : [valueAxis(format)];
  option.xAxis = horizontal ? valueAxes[0] : categoryAxis;
  option.yAxis = horizontal ? categoryAxis : valueAxes;
  return option;
}

/** Bars that lie are read from the top: the longest stands there, what is left over at the end. */
function largestFirst({ categories, series }) {
  const length = (at) => (categories[at] === '~other' ? -Infinity : series.reduce((sum, one) => sum + (one.data[at] ?? 0), 0));
  const order = categories.map((_, at) => at).sort((a, b) => length(b) - length(a) || a - b);
  const sorted = (list) => order.map((at) => list[at]);
  return { categories: sorted(categories), series: series.map((one) => ({ ...one, data: sorted(one.data), rows: sorted(one.rows) })) };
}

function dateHeading(column, value) {
  if (column.grain === 'week') return t('chart.week_of', { date: formatDate(value) });
  return formatDate(value, column.grain);
}

/** One line of a legend that stands, in pixels. */
const LEGEND_LINE = 22;

/** Pixels for the lines below a ring that has no room beside it: all of them, or whole lines and the buttons that turn the page. */
function legendBelow(lines, height) {
  const most = height * 0.6;
  if (lines * LEGEND_LINE <= most) return { height: lines * LEGEND_LINE, reserved: lines * LEGEND_LINE };
  const shown = LEGEND_LINE * Math.floor((most - 24) / LEGEND_LINE);
  return { height: shown, reserved: shown + 24 };
}

function donutOption(visual, figure, size) {
  const { category, values } = rolesOf(figure);
  const column = figure.columns[category];
  const value = figure.columns[values[0]];
  const slices = figure.rows
    .filter((row) => row[values[0]] > 0)
    .map((row) => ({ id: String(row[category]), name: valueName(column, row[category]), value: row[values[0]], itemStyle: { color: seriesColour(column, row[category]) } }));
  const sum = slices.reduce((total, slice) => total + slice.value, 0);
  const middle = figure.totals ? figure.totals[values[0]] : sum;
  const beside = size.width >= 400;
  const share = (amount) => formatValue(sum ? amount / sum : 0, 'percent');
  const below = legendBelow(slices.length, size.height);
  const ring = size.height - below.reserved - 12;
  const centre = beside ? ['20%', '50%'] : ['50%', ring / 2];
  const nameWidth = Math.max(48, (beside ? size.width * 0.58 : size.width - 24) - 118);
  const radius = Math.max(40, beside ? Math.min(size.width * 0.185, size.height * 0.46) : Math.min(size.width * 0.36, ring / 2 - 2));
  return {
    title: {
      text: formatShort(middle, value.format),
      subtext: value.text,
      left: centre[0],
      top: centre[1],
      textAlign: 'center',
      textVerticalAlign: 'middle',
      itemGap: 2,
      padding: 0,
      textStyle: { fontSize: Math.min(24, radius * 0.34), fontWeight: 650, color: styleColour('ink') },
      subtextStyle: { fontSize: 11, color: styleColour('ink-3'), width: radius * 1.1, overflow: 'truncate' },
    },
    legend: {
      type: 'scroll',
      orient: 'vertical',
      icon: 'circle',
      itemWidth: 8,
      itemHeight: 8,
      itemGap: 10,
      ...(beside ? { left: '42%', top: 'middle' } : { left: 'center', bottom: 0 }),
      height: beside ? size.height - 12 : below.height,
      pageIconColor: styleColour('ink-2'),
      pageIconInactiveColor: styleColour('line-strong'),
      pageTextStyle: { color: styleColour('ink-3') },
      pageIconSize: 10,
      inactiveColor: styleColour('line-strong'),
      textStyle: {
        color: styleColour('ink-2'),
        fontSize: 12,
        rich: {
          name: { width: nameWidth, color: styleColour('ink-2'), fontSize: 12 },
          value: { width: 40, align: 'right', color: styleColour('ink'), fontWeight: 600, fontSize: 12 },
          share: { width: 46, align: 'right', color: styleColour('ink-3'), fontSize: 12 },
        },
      },
      formatter: (name) => {
        const slice = slices.find((one) => one.name === name);
        return `{name|${shorten(plainText(name), nameWidth)}}{value|${formatShort(slice?.value, value.format)}}{share|${share(slice?.value ?? 0)}}`;
      },
    },
    tooltip: {
      ...tooltipBase(),
      trigger: 'item',
      formatter: (point) => tip(point.name, [{ colour: point.color, name: value.text, value: formatValue(point.value, value.format) }, { name: t('chart.share'), value: share(point.value) }]),
    },
    series: [{
      id: 'slices',
      type: 'pie',
      center: centre,
      radius: [radius * 0.66, radius],
      data: slices,
      minAngle: 2,
      label: { show: false },
      labelLine: { show: false },
      itemStyle: { borderColor: styleColour('card'), borderWidth: 2, borderRadius: 4 },
      emphasis: { scaleSize: 4 },
      cursor: 'pointer',
    }],
  };
}

function scatterOption(visual, figure, size) {
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
    legend: { ...legend(series, size) },
    grid: { left: 8, right: 20, top: (series.length > 1 ? 34 : 4) + 22, bottom: 26, containLabel: true },
    xAxis: axis(x, { nameLocation: 'middle', nameGap: 30 }),
    yAxis: axis(y, { nameLocation: 'end', nameGap: 12, max: figure.columns[y].format === 'percent' ? (range) => Math.min(1, Math.ceil(range.max * 10) / 10) : undefined, nameTextStyle: { color: styleColour('ink-3'), fontSize: 12, align: 'left' } }),
    tooltip: {
      ...tooltipBase(),
      trigger: 'item',
      formatter: (point) => tip(labelAt >= 0 ? String(point.data.row[labelAt] ?? '–') : '', values.map((index) => ({ name: figure.columns[index].text, value: formatValue(point.data.row[index], figure.columns[index].format) }))),
    },
    series,
  };
}

function heatmapOption(visual, figure, size) {
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
      formatter: (point) => tip(`${categoryName(figure.columns[category], point.data.row[category])} · ${categoryName(figure.columns[down], point.data.row[down])}`, [{ name: value.text, value: formatValue(point.data.row[values[0]], value.format) }]),
    },
    series: [{ id: 'cells', type: 'heatmap', data: cells, itemStyle: { borderColor: styleColour('card'), borderWidth: 2, borderRadius: 4 }, emphasis: { itemStyle: { borderColor: styleColour('ink') } }, cursor: 'pointer' }],
  };
}

function plainText(text) {
  return String(text).replace(/[{}|]/g, ' ');
}

let pen = null;

/** The text cut to so many pixels. */
function shorten(text, width) {
  if (widthOf(text) <= width) return text;
  let length = text.length - 1;
  while (length > 1 && widthOf(`${text.slice(0, length)}…`) > width) length -= 1;
  return `${text.slice(0, length)}…`;
}

/** How many pixels a text takes on an axis. */
function widthOf(text) {
  pen ??= document.createElement('canvas').getContext('2d');
  pen.font = `12px ${pageFonts()}`;
  return pen.measureText(text).width;
}

/** What was clicked: `{ category, series, row }` with raw values. */
export function clickedPart(visual, figure, event) {
  if (event.data?.row) return { row: event.data.row };
  const roles = rolesOf(figure);
  if (figure.kind === 'donut') {
    const row = figure.rows.find((one) => String(one[roles.category]) === event.data?.id);
    return row ? { row } : null;
  }
  const { series } = visual.orientation === 'horizontal' ? largestFirst(seriesOf(figure)) : seriesOf(figure);
  const row = series[event.seriesIndex]?.rows[event.dataIndex];
  return row ? { row } : null;
}

/** Starts a chart in `box`. */
export function startChart(box) {
  return echarts.init(box, null, { renderer: 'canvas', locale: 'EN' });
}
