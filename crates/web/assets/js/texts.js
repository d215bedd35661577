// The texts of the page in the chosen language, from the API.

let texts = {};
let plurals = new Intl.PluralRules('en');

/** Sets the texts of the page. */
export function setTexts(all, language) {
  texts = all ?? {};
  plurals = new Intl.PluralRules(language);
}

/**
 * The text of a key, with `{name}` replaced by values. `one | many` are its forms for `{count}`. Returns an unknown key
 * itself, so that it is noticed.
 */
export function t(key, values) {
  const text = texts[key] ?? key;
  if (!values) return text;
  const [one, many = one] = text.split(' | ');
  const form = plurals.select(values.count ?? 0) === 'one' ? one : many;
  return form.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Returns true if the key has a text. */
export function hasText(key) {
  return key in texts;
}
