// The search above a table: one field for the life of the card, so that nothing typed into it is lost while rows arrive.

import { debounce, el, icon } from './dom.js';
import { t } from './texts.js';

const PAUSE_MS = 180;

/** A field that tells `search(text)` what to look for: trimmed, after a pause, and not while a word is being composed. */
export function searchField(text, search) {
  const input = el('input.search', { type: 'search', value: text ?? '', placeholder: t('table.search'), 'aria-label': t('table.search') });
  const tell = debounce(PAUSE_MS, () => search(input.value.trim()));
  input.addEventListener('input', (event) => {
    if (!event.isComposing) tell();
  });
  input.addEventListener('compositionend', tell);
  return el('div.table-tools', {}, el('span.search-box', {}, icon('search'), input));
}
