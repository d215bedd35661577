// The search field of a table: one per card, so that typed text is not lost when rows arrive.

import { debounce, el, icon } from './dom.js';
import { t } from './texts.js';

const PAUSE_MS = 180;

/** Creates a field that calls `search(text)` with the trimmed text after a pause, but not while an input method composes. */
export function searchField(text, search) {
  const input = el('input.search', { type: 'search', value: text ?? '', placeholder: t('table.search'), 'aria-label': t('table.search') });
  const tell = debounce(PAUSE_MS, () => search(input.value.trim()));
  input.addEventListener('input', (event) => {
    if (!event.isComposing) tell();
  });
  input.addEventListener('compositionend', tell);
  return el('div.table-tools', {}, el('span.search-box', {}, icon('search'), input));
}
