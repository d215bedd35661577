// Maps figures to ECharts options, drawn on canvas.

/* global echarts */

import { axisOption, largestFirst } from './axes.js';
import { heatmapOption } from './heatmap.js';
import { donutOption } from './donut.js';
import { scatterOption } from './scatter.js';
import { rolesOf, seriesOf } from './series.js';
import { t } from './texts.js';
import { mayAnimate, pageFonts, styleColour } from './theme.js';

/** Returns the chart option of a figure. `size` is in pixels. */
export function chartOption(visual, figure, size) {
  const build = { donut: donutOption, scatter: scatterOption, heatmap: heatmapOption }[figure.kind] ?? axisOption;
  const option = build(visual, figure, size);
  return {
    animation: mayAnimate(),
    // Animating hundreds of marks would delay the rest of the page.
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

/** Returns the figure's row at a clicked mark, or undefined. */
export function clickedRow(visual, figure, event) {
  if (event.data?.row) return event.data.row;
  if (figure.kind === 'donut') {
    const { category } = rolesOf(figure);
    return figure.rows.find((row) => String(row[category]) === event.data?.id);
  }
  const { series } = visual.orientation === 'horizontal' ? largestFirst(seriesOf(figure)) : seriesOf(figure);
  return series[event.seriesIndex]?.rows[event.dataIndex];
}

/** Creates a chart in `box`. */
export function initChart(box) {
  return echarts.init(box, null, { renderer: 'canvas', locale: 'EN' });
}
