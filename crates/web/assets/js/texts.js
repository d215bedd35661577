// The page's own words, as the API gives them in the chosen language.

let texts = {};

/** Takes over the texts of a page. */
export function useTexts(all) {
  texts = all ?? {};
}

/** The text under a key, with `{name}` replaced by values. An unknown key shows itself, so that it is found. */
export function t(key, values) {
  const text = texts[key] ?? key;
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Whether there is such a text. */
export function hasText(key) {
  return key in texts;
}
