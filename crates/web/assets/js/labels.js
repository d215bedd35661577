// Measures and shortens texts that are drawn on a canvas.

import { pageFonts } from './theme.js';

/** Removes the characters that a chart reads as styles. */
export function plainText(text) {
  return String(text).replace(/[{}|]/g, ' ');
}

let pen = null;

/** Cuts a text to a width in pixels. */
export function shorten(text, width) {
  if (widthOf(text) <= width) return text;
  let length = text.length - 1;
  while (length > 1 && widthOf(`${text.slice(0, length)}…`) > width) length -= 1;
  return `${text.slice(0, length)}…`;
}

/** The width of a text on an axis, in pixels. */
export function widthOf(text) {
  pen ??= document.createElement('canvas').getContext('2d');
  pen.font = `12px ${pageFonts()}`;
  return pen.measureText(text).width;
}
