// The page's own words, as the API gives them in the chosen language.

let texts = {};
let plurals = new Intl.PluralRules('en');

/** Takes over the texts of a page. */
export function setTexts(all, language) {
  texts = all ?? {};
  plurals = new Intl.PluralRules(language);
}

/**
 * The text under a key, with `{name}` replaced by values. `one | many` are its forms by the number `{count}`. An unknown key
 * shows itself, so that it is found.
 */
export function t(key, values) {
  const text = texts[key] ?? key;
  if (!values) return text;
  const [one, many = one] = text.split(' | ');
  const form = plurals.select(values.count ?? 0) === 'one' ? one : many;
  return form.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Whether there is such a text. */
export function hasText(key) {
  return key in texts;
}
