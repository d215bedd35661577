// Colours by meaning: a value has the same colour in all charts.

import { currentTheme, styleColour } from './theme.js';

let colours = { palette: [], meanings: {} };
const given = new Map();

/** Sets the colours of the dashboard. */
export function setColours(all) {
  colours = all ?? colours;
}

/** Returns the colour of a `{ light, dark }` pair in the current theme. */
export function themed(pair) {
  if (!pair) return null;
  return typeof pair === 'string' ? pair : pair[currentTheme()];
}

/** The pinned colour of a value, or null. */
export function colourOfValue(meaning, value) {
  return themed(colours.meanings?.[meaning]?.[value]);
}

/** The colour of a key `meaning.value`, or null. `other` is the muted colour of remainders. */
export function colourOfKey(key) {
  if (!key) return null;
  if (key === 'other') return styleColour('ink-4');
  const [meaning, ...value] = key.split('.');
  return colourOfValue(meaning, value.join('.'));
}

/** The colour of a value: pinned by its meaning, else from the palette in order of first use. */
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
