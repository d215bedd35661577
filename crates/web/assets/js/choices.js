// Pickers of values: several from a short list, or one from a long list that the server searches.

import { announce, debounce, el, fill, freshId, icon } from './dom.js';
import { colourOfValue } from './colours.js';
import { closePopover, makeToggle, openPopover } from './popover.js';
import { choose, currentState } from './state.js';
import { valueName } from './series.js';
import { hasText, t } from './texts.js';

const LIMIT = 200;

/** The label of every value that was listed, for chips and buttons. */
const names = new Map();

/** The values whose label was requested from the server, which may not know them. */
const asked = new Set();

/** The label of a picker's value: that of the charts, else that of the server. */
export function choiceLabel(picker, value) {
  return hasText(`value.${picker.meaning}.${value}`) ? valueName(picker, value) : names.get(`${picker.id}\n${value}`) ?? valueName(null, value);
}

/** Stores the label of a value. */
export function rememberLabel(picker, value, label) {
  if (label) names.set(`${picker}\n${value}`, label);
}

/** Stores the labels of options. */
export function rememberLabels(picker, choices) {
  for (const choice of choices) rememberLabel(picker, choice.value, choice.label);
}

/** A picker of several values with checkboxes, or of one value where a report file embeds single values only. */
export function multiPicker(picker, source, offered) {
  const value = el('span.picker-value');
  const button = el('button.picker', { type: 'button', 'data-picker': picker.id }, el('span.picker-label', { text: picker.label }), value, icon('chevron'));

  const refresh = () => {
    const chosen = currentState().selection[picker.id] ?? [];
    if (!chosen.length) value.textContent = t('picker.all');
    else if (chosen.length <= 2) value.textContent = chosen.map((one) => choiceLabel(picker, one)).join(', ');
    else value.textContent = t('picker.count', { count: chosen.length });
    button.classList.toggle('chosen', chosen.length > 0);
    button.setAttribute('aria-label', `${picker.label}: ${value.textContent}`);
  };

  makeToggle(button, async () => {
    const list = el('div.choice-list', { role: 'group', 'aria-label': picker.label });
    const search = el('input.search', { type: 'search', placeholder: t('picker.search'), 'aria-label': t('picker.search') });
    const panel = el('div.choices', {}, list);
    openPopover(button, panel, { label: picker.label });
    let choices;
    try {
      choices = offered ?? (await source.options(picker.id, '', LIMIT));
    } catch (error) {
      fill(list, el('p.muted', { text: error.message || t('error.unreachable') }));
      return;
    }
    rememberLabels(picker.id, choices);
    refresh();
    const single = Boolean(offered);
    const draw = () => {
      const chosen = new Set(currentState().selection[picker.id] ?? []);
      const needle = search.value.trim().toLowerCase();
      const found = choices.filter((choice) => !needle || `${choiceLabel(picker, choice.value)} ${choice.value}`.toLowerCase().includes(needle));
      fill(list, found.length ? found.map((choice) => row(choice, chosen, single)) : el('p.muted', { text: t('picker.none') }));
    };
    const row = (choice, chosen, one) => {
      const colour = colourOfValue(picker.meaning, choice.value);
      const dot = colour ? el('span.dot') : null;
      if (dot) dot.style.background = colour;
      const box = el('input', {
        type: one ? 'radio' : 'checkbox',
        name: `choice-${picker.id}`,
        checked: chosen.has(choice.value),
        value: choice.value,
        onchange: () => {
          const next = new Set(one ? [] : currentState().selection[picker.id] ?? []);
          if (box.checked) next.add(choice.value);
          else next.delete(choice.value);
          choose(source.supported({ [picker.id]: [...next] }));
        },
      });
      return el('label.choice', {}, box, dot, el('span.choice-name', { text: choiceLabel(picker, choice.value) }), choice.detail ? el('small.muted', { text: choice.detail }) : null);
    };
    draw();
    search.addEventListener('input', draw);
    const clear = el('button.link', {
      type: 'button',
      text: t('picker.clear'),
      onclick: () => {
        choose({ [picker.id]: null });
        draw();
      },
    });
    fill(panel, choices.length > 8 ? search : null, list, el('div.panel-foot', {}, clear, el('button.link', { type: 'button', text: t('picker.done'), onclick: () => closePopover() })));
    (panel.querySelector('input') ?? clear).focus({ preventScroll: true });
  });
  return { node: button, refresh };
}

/** A picker of one value, found by part of its label or id. */
export function singlePicker(picker, source, offered, renamed) {
  const value = el('span.picker-value');
  const button = el('button.picker', { type: 'button', 'data-picker': picker.id }, picker.user ? icon('user') : null, el('span.picker-label', { text: picker.label }), value, icon('chevron'));

  const all = picker.user ? t('picker.everyone') : t('picker.all');
  const searchText = picker.user ? t('picker.search_user') : t('picker.search');

  const say = () => {
    const chosen = currentState().selection[picker.id];
    value.textContent = chosen ? choiceLabel(picker, chosen) : all;
    button.classList.toggle('chosen', Boolean(chosen));
    button.setAttribute('aria-label', `${picker.label}: ${value.textContent}`);
    return chosen;
  };
  const refresh = () => {
    const chosen = say();
    const key = `${picker.id}\n${chosen}`;
    if (!chosen || !source.live || names.has(key) || asked.has(key)) return;
    asked.add(key);
    source.options(picker.id, chosen, 5).then((found) => {
      rememberLabels(picker.id, found);
      say();
      renamed();
    }, () => asked.delete(key));
  };

  makeToggle(button, () => {
    const listId = freshId('options');
    const list = el('ul.options', { role: 'listbox', id: listId, 'aria-label': picker.label });
    const input = el('input.search', {
      type: 'text', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': listId, 'aria-autocomplete': 'list', autocomplete: 'off', spellcheck: 'false',
      placeholder: searchText, 'aria-label': searchText,
    });
    let found = [];
    let active = -1;
    let pending = null;
    // Whether the list matches the text of the field, and whether Enter was pressed before it did.
    let answered = false;
    let entered = false;

    const take = (choice) => {
      rememberLabel(picker.id, choice.value, choice.label ?? choice.value);
      choose(source.supported({ [picker.id]: choice.value }));
      closePopover();
    };
    const mark = (index) => {
      active = index;
      [...list.children].forEach((node, at) => node.setAttribute('aria-selected', String(at === active)));
      const node = list.children[active];
      if (node?.id) input.setAttribute('aria-activedescendant', node.id);
      node?.scrollIntoView({ block: 'nearest' });
    };
    const draw = () => {
      fill(list, found.length
        ? found.map((choice) => el('li.option', { role: 'option', id: freshId('option'), 'data-value': choice.value, onclick: () => take(choice) },
            el('span.choice-name', { text: choice.label ?? choice.value }),
            choice.detail || choice.label ? el('small.muted', { text: choice.detail ?? choice.value }) : null))
        : el('li.muted', { role: 'presentation', text: t('picker.none') }));
      mark(found.length ? 0 : -1);
      announce(t('picker.found', { count: found.length }));
    };
    const look = async () => {
      pending?.abort();
      const asking = new AbortController();
      pending = asking;
      try {
        const needle = input.value.trim();
        const answer = offered
          ? offered.filter((choice) => `${choice.label ?? ''} ${choice.value}`.toLowerCase().includes(needle.toLowerCase())).slice(0, 50)
          : await source.options(picker.id, needle, 50, asking.signal);
        if (asking.signal.aborted || !input.isConnected) return;
        found = answer;
        rememberLabels(picker.id, found);
        answered = true;
        draw();
        if (entered && found.length) take(found[0]);
        entered = false;
      } catch (error) {
        if (error.name !== 'AbortError') fill(list, el('li.muted', { role: 'presentation', text: error.message || t('error.unreachable') }));
      }
    };
    const lookSoon = debounce(offered ? 0 : 120, look);
    input.addEventListener('input', () => {
      pending?.abort();
      answered = false;
      entered = false;
      lookSoon();
    });
    input.addEventListener('keydown', (event) => {
      // The input method handles Enter and arrow keys.
      if (event.isComposing) return;
      if (event.key === 'Enter' && !answered) entered = true;
      else if (event.key === 'ArrowDown') mark(Math.min(active + 1, found.length - 1));
      else if (event.key === 'ArrowUp') mark(Math.max(active - 1, 0));
      else if (event.key === 'Enter' && found[active]) take(found[active]);
      else return;
      event.preventDefault();
    });
    const clear = el('button.link', {
      type: 'button',
      text: all,
      onclick: () => {
        choose({ [picker.id]: null });
        closePopover();
      },
    });
    openPopover(button, el('div.choices', {}, input, list, el('div.panel-foot', {}, clear)), { label: picker.label });
    look();
  });
  return { node: button, refresh };
}
