// Texts that a chart draws itself: how wide they are, and what is left of them where there is less room.

import { pageFonts } from './theme.js';

/** A text without the marks that a chart reads as styles. */
export function plainText(text) {
  return String(text).replace(/[{}|]/g, ' ');
}

let pen = null;

/** The text cut to so many pixels. */
export function shorten(text, width) {
  if (widthOf(text) <= width) return text;
  let length = text.length - 1;
  while (length > 1 && widthOf(`${text.slice(0, length)}…`) > width) length -= 1;
  return `${text.slice(0, length)}…`;
}

/** How many pixels a text takes on an axis. */
export function widthOf(text) {
  pen ??= document.createElement('canvas').getContext('2d');
  pen.font = `12px ${pageFonts()}`;
  return pen.measureText(text).width;
}
