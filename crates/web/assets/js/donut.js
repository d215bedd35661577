// Chart options for donuts: shares with the total in the centre, and the legend beside or below.

import { formatShort, formatValue } from './format.js';
import { plainText, shorten } from './labels.js';
import { legendBase } from './legend.js';
import { rolesOf, seriesColour, valueName } from './series.js';
import { t } from './texts.js';
import { styleColour } from './theme.js';
import { tooltipBase, tooltipContent } from './tooltip.js';

/** The height of one line of a vertical legend, in pixels. */
const LEGEND_LINE = 22;

/** The height of a legend below the donut, in pixels: all lines, or as many whole lines as fit with the paging buttons. */
function legendBelow(lines, height) {
  const most = height * 0.6;
  if (lines * LEGEND_LINE <= most) return { height: lines * LEGEND_LINE, reserved: lines * LEGEND_LINE };
  const shown = LEGEND_LINE * Math.floor((most - 24) / LEGEND_LINE);
  return { height: shown, reserved: shown + 24 };
}

/** Returns the chart option for a donut. */
export function donutOption(visual, figure, size) {
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
  const donutHeight = size.height - below.reserved - 12;
  const centre = beside ? ['20%', '50%'] : ['50%', donutHeight / 2];
  const nameWidth = Math.max(48, (beside ? size.width * 0.58 : size.width - 24) - 118);
  const radius = Math.max(40, beside ? Math.min(size.width * 0.185, size.height * 0.46) : Math.min(size.width * 0.36, donutHeight / 2 - 2));
  const common = legendBase();
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
      ...common,
      orient: 'vertical',
      itemGap: 10,
      ...(beside ? { left: '42%', top: 'middle' } : { left: 'center', bottom: 0 }),
      height: beside ? size.height - 12 : below.height,
      textStyle: {
        ...common.textStyle,
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
      formatter: (point) => tooltipContent(point.name, [{ colour: point.color, name: value.text, value: formatValue(point.value, value.format) }, { name: t('chart.share'), value: share(point.value) }]),
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
