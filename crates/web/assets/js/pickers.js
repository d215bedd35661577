// The bar of pickers, shared by all sheets, and the chips of chosen values.

import { choiceLabel, multiPicker, singlePicker } from './choices.js';
import { datePicker } from './dates.js';
import { el, fill, icon } from './dom.js';
import { formatRange } from './format.js';
import { makeToggle } from './popover.js';
import { choose, currentState, datesPicker, isPicked, reset } from './state.js';
import { t } from './texts.js';

/** The bar of pickers. On a phone it is a button that opens a drawer. */
export class PickerBar {
  constructor(page) {
    this.page = page;
    this.row = el('div.picker-row', { role: 'group', 'aria-label': t('picker.bar') });
    this.chips = el('ul.chips', { 'aria-label': t('picker.chosen') });
    this.drawer = makeToggle(el('button.picker.drawer-button', { type: 'button' }, icon('filter'), el('span.picker-value'), el('span.picker-hint')), () => this.toggleDrawer());
    this.node = el('div.picker-bar', {}, this.drawer, this.row, this.chips);
    this.parts = [];
    /** The ids of the pickers that had a choice: they stay, so that no control disappears while it is used. */
    this.used = new Set();
  }

  /** Builds the pickers of a sheet. */
  open(sheet) {
    const { page } = this;
    for (const picker of page.pickers.filter(isPicked)) this.used.add(picker.id);
    const onSheet = sheet.pickers ?? page.pickers.map((picker) => picker.id);
    const shown = onSheet.filter((id) => !page.hiddenPickers.has(id) || this.used.has(id));
    const key = `${shown.join()}|${sheet.id}|${page.language}|${page.days?.from}|${page.days?.to}`;
    if (key !== this.key) {
      this.key = key;
      this.parts = page.pickers.filter((picker) => shown.includes(picker.id)).map((picker) => {
        const offered = page.source.pickerOptions?.(picker, sheet);
        if (offered && offered.length === 0) return null;
        if (picker.kind === 'dates') return datePicker(picker, page.days, offered);
        return picker.kind === 'one' ? singlePicker(picker, page.source, offered, () => this.drawChips()) : multiPicker(picker, page.source, offered);
      }).filter(Boolean);
      fill(this.row, this.parts.map((part) => part.node));
    }
    this.refresh();
  }

  /** Shows the current choices. */
  refresh() {
    for (const part of this.parts) part.refresh();
    this.drawChips();
  }

  drawChips() {
    const { selection } = currentState();
    const chips = [];
    for (const picker of this.page.pickers.filter(isPicked)) {
      const value = selection[picker.id];
      if (picker.kind === 'dates') {
        const days = this.page.chosenDays();
        chips.push(this.chip(picker, formatRange(days?.from, days?.to), { from: null, to: null }));
      } else if (Array.isArray(value)) {
        for (const one of value) chips.push(this.chip(picker, choiceLabel(picker, one), { [picker.id]: value.filter((other) => other !== one) }));
      } else chips.push(this.chip(picker, choiceLabel(picker, value), { [picker.id]: null }));
    }
    const count = chips.length;
    if (count) chips.push(el('li', {}, el('button.link.reset', { type: 'button', text: t('picker.reset'), onclick: reset })));
    const held = this.chips.contains(document.activeElement) ? document.activeElement : null;
    const place = [...this.chips.querySelectorAll('button')].indexOf(held);
    fill(this.chips, chips);
    this.chips.hidden = count === 0;
    if (held) this.focusNear(place, held.dataset.chip);
    const days = this.page.chosenDays();
    this.drawer.querySelector('.picker-value').textContent = count ? t('picker.filters_count', { count }) : t('picker.filters');
    this.drawer.querySelector('.picker-hint').textContent = days ? formatRange(days.from, days.to) : '';
  }

  /** Moves the focus from a removed chip to its neighbour, or to its picker. */
  focusNear(place, picker) {
    const left = this.chips.querySelectorAll('[data-chip]');
    const control = this.row.querySelector(`[data-picker="${picker ?? datesPicker()?.id}"]`);
    const next = left[Math.min(place, left.length - 1)] ?? (control?.offsetParent ? control : this.drawer);
    next.focus({ preventScroll: true });
  }

  chip({ id, label }, name, without) {
    return el('li', {}, el('button.chip', { type: 'button', 'data-chip': id, 'aria-label': t('picker.remove', { label, name }), onclick: () => choose(without) },
      el('span.chip-label', { text: label }), el('span.chip-name', { text: name }), icon('close')));
  }

  toggleDrawer() {
    const opened = this.node.classList.toggle('drawer-open');
    this.drawer.setAttribute('aria-expanded', String(opened));
  }
}

/** Creates a button of the header that opens a menu. */
export function menuButton(name, label, open) {
  return makeToggle(el('button.quiet', { type: 'button', 'aria-haspopup': 'menu', 'aria-label': label, title: label }, icon(name)), open);
}

