// Light and dark: what the system says, until people choose.

const themeListeners = new Set();
let isPrinting = false;

/** The theme in force. */
export function currentTheme() {
  return document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light';
}

/** Changes the theme and remembers it. */
export function chooseTheme(theme) {
  storePreference('kiro.theme', theme);
  apply(theme);
}

/** Calls `listener` after every change of theme. */
export function onTheme(listener) {
  themeListeners.add(listener);
}

/** Follows the system as long as nothing was chosen. */
export function followSystemTheme() {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => {
    if (!readPreference('kiro.theme')) apply(event.matches ? 'dark' : 'light');
  });
}

/** Whether the page is being drawn for paper. */
export function isForPaper() {
  return isPrinting;
}

/** Paper is light, and nothing moves on it. */
export function followPrinter() {
  let theme = null;
  addEventListener('beforeprint', () => {
    theme = currentTheme();
    isPrinting = true;
    apply('light');
  });
  addEventListener('afterprint', () => {
    isPrinting = false;
    apply(theme);
  });
}

function apply(theme) {
  document.documentElement.dataset.theme = theme;
  for (const listener of themeListeners) listener(theme);
}

/** Keeps a small choice in this browser; a browser that forbids it just forgets. */
export function storePreference(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch (_) {
    // Nothing depends on it.
  }
}

/** What [`storePreference`] kept, or null. */
export function readPreference(key) {
  try {
    return localStorage.getItem(key);
  } catch (_) {
    return null;
  }
}

// What the stylesheet said: asking again makes the browser work out all styles that have changed since.
const known = new Map();

function cached(key, ask) {
  if (!known.has(key)) known.set(key, ask());
  return known.get(key);
}

/** A colour of the stylesheet, in the theme in force. */
export function styleColour(name) {
  return cached(`${currentTheme()}/${name}`, () => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
}

/** The fonts of the page, in the language in force. */
export function pageFonts() {
  return cached(`fonts/${document.documentElement.lang}`, () => getComputedStyle(document.body).fontFamily);
}

/** Whether things may move. */
export function mayAnimate() {
  return !isPrinting && !matchMedia('(prefers-reduced-motion: reduce)').matches;
}
