// What names the series of a chart, or the slices of a ring.

import { styleColour } from './theme.js';

/** What all legends have in common: dots, and buttons that turn the page where there is too little room. */
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

/** The line above a chart that names its series, if there are several. */
export function legend(series, size) {
  return { ...legendBase(), show: series.length > 1, top: 0, left: 0, right: 0, itemGap: size.width < 480 ? 12 : 18, padding: [2, 0] };
}
