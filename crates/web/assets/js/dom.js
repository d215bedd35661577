// Creates elements. Data is only inserted as text: no module parses HTML.

const SVG = 'http://www.w3.org/2000/svg';

/** Creates an element: `el('button.primary', { onclick, 'aria-label': … }, child, 'text')`. */
export function el(selector, props, ...children) {
  const [name, ...classes] = selector.split('.');
  const node = document.createElement(name || 'div');
  if (classes.length) node.className = classes.join(' ');
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'class') node.className += ` ${value}`;
    else if (key === 'text') node.textContent = value;
    else if (key in node && typeof value === 'boolean') node[key] = value;
    else if (key === 'value') node.value = value;
    else node.setAttribute(key, value === true ? '' : String(value));
  }
  add(node, children);
  return node;
}

/** Appends children. Texts become text nodes; null, undefined and false are skipped. */
export function add(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

/** Replaces the children of `node`. */
export function fill(node, ...children) {
  node.replaceChildren();
  return add(node, children);
}

/** Replaces the children of `node` except `kept`, which becomes the first one. It is not moved: a moved field loses its focus and composition. */
export function fillExcept(kept, node, ...children) {
  if (!kept) return fill(node, ...children);
  if (kept.parentNode !== node) fill(node, kept);
  while (kept.previousSibling) kept.previousSibling.remove();
  while (kept.nextSibling) kept.nextSibling.remove();
  return add(node, children);
}

/** Redraws inside `node`. A focus in it moves to the new element with the same `data-spot`, else to the scrollable region. */
export function preserveFocus(node, draw) {
  const held = node.contains(document.activeElement) ? document.activeElement : null;
  draw();
  if (!held || held.isConnected) return;
  const spot = held.dataset.spot && node.querySelector(`[data-spot="${CSS.escape(held.dataset.spot)}"]:not(:disabled)`);
  // On the last page the button for the next page is disabled: focus the other one.
  const neighbour = held.closest('.pager') && node.querySelector('.pager button:not(:disabled)');
  (spot || neighbour || node.querySelector('[tabindex="0"]'))?.focus({ preventScroll: true });
}

/** Creates an SVG element. */
export function svg(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes ?? {})) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

const ICONS = {
  calendar: 'M4 6.5A1.5 1.5 0 0 1 5.5 5h9A1.5 1.5 0 0 1 16 6.5v8a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 4 14.5zM4 8.5h12M7 3.5V6M13 3.5V6',
  check: 'M4.5 10.5l3.5 3.5 7.5-8',
  chevron: 'M6 8l4 4 4-4',
  close: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  down: 'M10 4v9M6 9.5l4 4 4-4M4.5 16.5h11',
  filter: 'M3.5 5.5h13M6 10h8M8.5 14.5h3',
  image: 'M4 5.5A1.5 1.5 0 0 1 5.5 4h9A1.5 1.5 0 0 1 16 5.5v9a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 4 14.5zM4.5 14l4-4 3 3 2-2 2.5 2.5M12.5 7.5h.01',
  left: 'M12 5.5L7.5 10l4.5 4.5',
  link: 'M8.5 11.5a3 3 0 0 0 4.2 0l2.4-2.4a3 3 0 0 0-4.2-4.2l-.9.9M11.5 8.5a3 3 0 0 0-4.2 0l-2.4 2.4a3 3 0 0 0 4.2 4.2l.9-.9',
  moon: 'M15.5 11.8A6 6 0 0 1 8.2 4.5a6 6 0 1 0 7.3 7.3z',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  print: 'M6.5 8V3.5h7V8M6.5 13.5H4.5V8.5h11v5h-2M6.5 11.5h7v5h-7z',
  refresh: 'M15.5 6.5V10H12M4.5 13.5V10H8M15 9.5a5.2 5.2 0 0 0-9.3-2.3M5 10.5a5.2 5.2 0 0 0 9.3 2.3',
  right: 'M8 5.5l4.5 4.5L8 14.5',
  search: 'M9 14a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM13 13l3.5 3.5',
  sun: 'M10 13.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM10 2.8v1.4M10 15.8v1.4M2.8 10h1.4M15.8 10h1.4M4.9 4.9l1 1M14.1 14.1l1 1M4.9 15.1l1-1M14.1 5.9l1-1',
  table: 'M3.5 5.5A1.5 1.5 0 0 1 5 4h10a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 15 16H5a1.5 1.5 0 0 1-1.5-1.5zM3.5 8h13M3.5 12h13M8 8v8',
  upload: 'M10 13V4M6 7.5l4-4 4 4M4.5 16.5h11',
  user: 'M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4.5 16.5c.5-2.9 2.7-4.3 5.5-4.3s5 1.4 5.5 4.3',
};

/** Creates an icon that is hidden from screen readers. */
export function icon(name) {
  return svg(
    'svg',
    { viewBox: '0 0 20 20', class: 'icon', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: ICONS[name] ?? '' }),
  );
}

let lastId = 0;

/** Returns a unique element id. */
export function freshId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** Announces a text to screen readers without moving the focus. */
export function announce(text) {
  const region = document.getElementById('announcements');
  if (region) region.textContent = text;
}

/** Returns a function that calls `action` once, `ms` after its last call. */
export function debounce(ms, action) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), ms);
  };
}
