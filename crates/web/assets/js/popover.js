// Panels that open from a button. They close on Escape, on a click elsewhere, and when they lose the focus.

import { el, freshId, icon } from './dom.js';

let open = null;

/** Opens `content` below `anchor`, or at the bottom of the screen on a phone. */
export function openPopover(anchor, content, { label, role = 'dialog', onclose, wide = false } = {}) {
  closePopover();
  const panel = el('div.popover', { role, 'aria-label': label, tabindex: '-1', id: freshId('popover'), class: wide ? 'wide' : '' }, content);
  const shade = el('div.popover-shade', { onclick: () => closePopover() });
  document.body.append(shade, panel);
  anchor.setAttribute('aria-expanded', 'true');
  open = { anchor, panel, shade, onclose };
  place();
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      closePopover();
    }
  });
  panel.addEventListener('focusout', (event) => {
    const next = event.relatedTarget;
    if (next && !panel.contains(next) && next !== anchor) closePopover({ keepFocus: true });
  });
  const first = panel.querySelector('[data-autofocus]') ?? panel.querySelector('input, button, a[href], [tabindex="0"]');
  (first ?? panel).focus({ preventScroll: true });
  return panel;
}

/** Closes the open panel, and returns the focus to its button. */
export function closePopover({ keepFocus = false } = {}) {
  if (!open) return;
  const { anchor, panel, shade, onclose } = open;
  open = null;
  anchor.setAttribute('aria-expanded', 'false');
  const hadFocus = panel.contains(document.activeElement);
  panel.remove();
  shade.remove();
  if (hadFocus && !keepFocus && anchor.isConnected) anchor.focus({ preventScroll: true });
  onclose?.();
}

/** Returns true if the open panel is that of this button. */
export function isOpenFrom(anchor) {
  return open?.anchor === anchor;
}

function place() {
  if (!open) return;
  const { anchor, panel } = open;
  if (innerWidth < 640) {
    panel.classList.add('bottom');
    panel.style.removeProperty('left');
    panel.style.removeProperty('top');
    return;
  }
  panel.classList.remove('bottom');
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const left = Math.max(8, Math.min(box.left, innerWidth - width - 8));
  const below = box.bottom + 6;
  const top = below + height > innerHeight - 8 && box.top - 6 - height > 8 ? box.top - 6 - height : below;
  panel.style.left = `${left}px`;
  panel.style.top = `${top}px`;
  panel.style.maxHeight = `${Math.max(160, innerHeight - top - 12)}px`;
}

addEventListener('resize', () => {
  // An on-screen keyboard resizes the window: do not close a panel that has the focus.
  if (open && !open.panel.contains(document.activeElement)) closePopover();
  else place();
});
addEventListener(
  'scroll',
  (event) => {
    if (open && event.target === document) place();
  },
  { capture: true, passive: true },
);

/** Opens a menu of `[{ label, icon, action, href, download, checked }]`. Arrow keys move the focus. */
export function openMenu(anchor, label, items) {
  const menu = el('div.menu');
  for (const item of items) {
    const role = item.checked === undefined ? 'menuitem' : 'menuitemradio';
    const props = { role, tabindex: '-1', 'aria-checked': item.checked === undefined ? null : String(item.checked) };
    const content = [item.icon ? icon(item.icon) : el('span.icon'), el('span', { text: item.label }), item.checked ? icon('check') : null];
    menu.append(
      item.href
        ? el('a.menu-item', { ...props, href: item.href, download: item.download, onclick: () => setTimeout(closePopover) }, content)
        : el('button.menu-item', {
            ...props,
            type: 'button',
            onclick: () => {
              closePopover();
              item.action();
            },
          }, content),
    );
  }
  const entries = [...menu.children];
  menu.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = entries.indexOf(document.activeElement);
    if (step) entries[(at + step + entries.length) % entries.length].focus();
    else if (event.key === 'Home') entries[0].focus();
    else if (event.key === 'End') entries.at(-1).focus();
    else if (event.key === 'Tab') closePopover({ keepFocus: false });
    else return;
    event.preventDefault();
  });
  const checked = entries.find((entry) => entry.getAttribute('aria-checked') === 'true');
  (checked ?? entries[0])?.setAttribute('data-autofocus', '');
  openPopover(anchor, menu, { label, role: 'menu' });
}

/** Makes a button open and close a panel. */
export function makeToggle(button, openIt) {
  button.setAttribute('aria-haspopup', button.getAttribute('aria-haspopup') ?? 'dialog');
  button.setAttribute('aria-expanded', 'false');
  button.addEventListener('click', () => {
    if (isOpenFrom(button)) closePopover();
    else openIt();
  });
  return button;
}
