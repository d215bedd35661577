// Legends of charts.

import { styleColour } from './theme.js';

/** The options that all legends share: dots, and paging buttons where room is short. */
export function legendBase() {
  return {
    type: 'scroll',
    icon: 'circle',
    itemWidth: 8,
    itemHeight: 8,
    textStyle: { color: styleColour('ink-2'), fontSize: 12 },
    inactiveColor: styleColour('line-strong'),
    pageIconColor: styleColour('ink-2'),
    pageIconInactiveColor: styleColour('line-strong'),
    pageTextStyle: { color: styleColour('ink-3') },
    pageIconSize: 10,
  };
}

/** Returns the legend above a chart; hidden for a single series. */
export function legend(series, size) {
  return { ...legendBase(), show: series.length > 1, top: 0, left: 0, right: 0, itemGap: size.width < 480 ? 12 : 18, padding: [2, 0] };
}
