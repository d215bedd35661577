// The light and the dark theme: that of the system, until the user chooses one.

const themeListeners = new Set();
let isPrinting = false;

/** The current theme. */
export function currentTheme() {
  return document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light';
}

/** Changes the theme and stores it. */
export function chooseTheme(theme) {
  storePreference('kiro.theme', theme);
  apply(theme);
}

/** Calls `listener` after every change of the theme. */
export function onTheme(listener) {
  themeListeners.add(listener);
}

/** Follows the system's theme unless the user chose one. */
export function followSystemTheme() {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => {
    if (!readPreference('kiro.theme')) apply(event.matches ? 'dark' : 'light');
  });
}

/** Returns true while the page is drawn for printing. */
export function isForPaper() {
  return isPrinting;
}

/** Prints in the light theme, without animations. */
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

/** Stores a preference in this browser, if storage is allowed. */
export function storePreference(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch (_) {
    // The preference is optional.
  }
}

/** Returns a stored preference, or null. */
export function readPreference(key) {
  try {
    return localStorage.getItem(key);
  } catch (_) {
    return null;
  }
}

// Cached values of the stylesheet: reading them forces the browser to recompute styles.
const known = new Map();

function cached(key, ask) {
  if (!known.has(key)) known.set(key, ask());
  return known.get(key);
}

/** A colour of the stylesheet in the current theme. */
export function styleColour(name) {
  return cached(`${currentTheme()}/${name}`, () => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
}

/** The fonts of the page in the current language. */
export function pageFonts() {
  return cached(`fonts/${document.documentElement.lang}`, () => getComputedStyle(document.body).fontFamily);
}

/** Returns true if animations are allowed. */
export function mayAnimate() {
  return !isPrinting && !matchMedia('(prefers-reduced-motion: reduce)').matches;
}
