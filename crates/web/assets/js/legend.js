// The line above a chart that names its series.

import { styleColour } from './theme.js';

/** The legend of several series; none of a single one. */
export function legend(series, size) {
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
