// Colours by meaning: one hue says one thing everywhere, and other values keep the colour they got first.

import { currentTheme, styleColour } from './theme.js';

let colours = { palette: [], meanings: {} };
const given = new Map();

/** Takes over the colours of the dashboard. */
export function setColours(all) {
  colours = all ?? colours;
}

/** A `{ light, dark }` pair as the colour of this theme. */
export function themed(pair) {
  if (!pair) return null;
  return typeof pair === 'string' ? pair : pair[currentTheme()];
}

/** The pinned colour of a value, or null. */
export function colourOfValue(meaning, value) {
  return themed(colours.meanings?.[meaning]?.[value]);
}

/** The colour written as `meaning.value`, or null; `other` is the quiet colour of what is left over. */
export function colourOfKey(key) {
  if (!key) return null;
  if (key === 'other') return styleColour('ink-4');
  const [meaning, ...value] = key.split('.');
  return colourOfValue(meaning, value.join('.'));
}

/** The colour of a value: pinned by its meaning, else of the palette, in order of first use. */
export function colourFor(meaning, value) {
  const pinned = colourOfValue(meaning, value);
  if (pinned) return pinned;
  if (!colours.palette?.length) return styleColour('accent');
  const group = meaning ?? '';
  if (!given.has(group)) given.set(group, new Map());
  const order = given.get(group);
  if (!order.has(value)) order.set(value, order.size);
  return themed(colours.palette[order.get(value) % colours.palette.length]);
}
