// The date picker: presets that end on the newest day of data, or two dates.

import { el, icon } from './dom.js';
import { addDays, formatRange, isoDay, parseDay } from './format.js';
import { closePopover, makeToggle, openPopover } from './popover.js';
import { choose, currentState } from './state.js';
import { t } from './texts.js';

/** The current days: the chosen ones, else the default window up to the newest day. */
export function chosenDays(days, defaultDays) {
  const { from, to } = currentState().selection;
  const last = to ?? days?.to;
  if (!last) return null;
  return { from: from ?? addDays(last, 1 - defaultDays), to: last };
}

/** The presets within the data: `[{ id, from, to }]`. */
export function datePresets(days) {
  if (!days) return [];
  const newest = parseDay(days.to);
  const monthStart = isoDay(new Date(Date.UTC(newest.getUTCFullYear(), newest.getUTCMonth(), 1)));
  const lastMonthEnd = addDays(monthStart, -1);
  const presets = [7, 30, 90].map((count) => ({ id: `last_${count}`, from: addDays(days.to, 1 - count), to: days.to }));
  presets.push({ id: 'this_month', from: monthStart, to: days.to });
  if (lastMonthEnd >= days.from) presets.push({ id: 'last_month', from: `${lastMonthEnd.slice(0, 8)}01`, to: lastMonthEnd });
  presets.push({ id: 'all', from: days.from, to: days.to });
  return presets;
}

/** The button of the date picker, and the panel that it opens. */
export function datePicker(picker, days, offered) {
  const defaultDays = picker.default_days ?? 30;
  const value = el('span.picker-value');
  const hint = el('span.picker-hint');
  const button = el('button.picker', { type: 'button', 'data-picker': picker.id, disabled: !days }, icon('calendar'), el('span.picker-label', { text: picker.label }), value, hint, icon('chevron'));
  const presets = () => datePresets(days).filter((preset) => !offered || offered.some((one) => one.from === preset.from && one.to === preset.to));

  const refresh = () => {
    const now = chosenDays(days, defaultDays);
    const preset = now && presets().find((one) => one.from === now.from && one.to === now.to);
    value.textContent = preset ? t(`preset.${preset.id}`) : '';
    hint.textContent = now ? formatRange(now.from, now.to) : '–';
    button.setAttribute('aria-label', `${picker.label}: ${value.textContent} ${hint.textContent}`);
  };

  const take = (from, to) => {
    const isDefault = to === days.to && from === addDays(days.to, 1 - defaultDays);
    choose(isDefault ? { from: null, to: null } : { from, to });
  };

  makeToggle(button, () => {
    const now = chosenDays(days, defaultDays);
    const list = el('div.presets', { role: 'group', 'aria-label': picker.label });
    for (const preset of presets()) {
      const pressed = preset.from === now.from && preset.to === now.to;
      list.append(
        el('button.preset', {
          type: 'button',
          'data-preset': preset.id,
          'aria-pressed': String(pressed),
          onclick: () => {
            take(preset.from, preset.to);
            closePopover();
          },
        }, el('span', { text: t(`preset.${preset.id}`) }), el('small', { text: formatRange(preset.from, preset.to) })),
      );
    }
    const panel = el('div.date-panel', {}, list);
    if (!offered) {
      const input = (name, text, day) => el('label.field', {}, el('span', { text }), el('input', { type: 'date', name, value: day, min: days.from, max: days.to, required: true }));
      const from = input('from', t('picker.from'), now.from);
      const to = input('to', t('picker.to'), now.to);
      const complaint = el('p.complaint', { role: 'alert' });
      const form = el('form.date-form', {
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault();
          const first = from.querySelector('input').value;
          const last = to.querySelector('input').value;
          if (!first || !last || first > last) {
            complaint.textContent = t('picker.date_order');
            return;
          }
          take(first, last);
          closePopover();
        },
      }, el('div.date-fields', {}, from, to), complaint, el('p.muted', { text: t('picker.data_covers', { range: formatRange(days.from, days.to) }) }), el('button.primary', { type: 'submit', text: t('picker.apply') }));
      panel.append(form);
    }
    openPopover(button, panel, { label: picker.label, wide: true });
  });
  return { node: button, refresh };
}
