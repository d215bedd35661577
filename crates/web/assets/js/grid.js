// The visuals of the open sheet on a grid of twelve columns. Loads the cards on the screen first, then those near it.

import { Card } from './card.js';
import { el, fill } from './dom.js';
import { isPicked, userPicker } from './state.js';

/** The grid of one sheet at a time. */
export class Grid {
  constructor(page) {
    this.page = page;
    this.node = el('div.grid');
    this.cards = [];
    this.sheet = null;
    /** The state of the cards of other sheets, by visual. */
    this.snapshots = new Map();
    // The order matters: `onScreen` must be known when `visible` changes.
    this.screen = observeVisibility('onScreen', '0px');
    this.nearby = observeVisibility('visible', '160px 0px', () => {
      if (this.cards.some((card) => card.needsLoad)) this.page.catchUp(() => this.refresh());
    });
    this.sizes = new ResizeObserver((entries) => {
      for (const entry of entries) entry.target.closest('.card')?.card?.resize();
    });
  }

  /** Shows a sheet. If it is open, only shows or hides the visuals that depend on a chosen user. */
  open(sheet) {
    const shown = sheet.visuals.filter(isShown);
    const key = `${sheet.id}|${shown.map((visual) => visual.id).join(',')}`;
    if (key === this.key) return;
    const open = new Map(this.sheet === sheet ? this.cards.map((card) => [card.visual.id, card]) : []);
    for (const card of this.cards) this.snapshots.set(card.visual.id, card.snapshot());
    const cards = shown.map((visual) => open.get(visual.id) ?? new Card(visual, this.page, this.snapshots.get(visual.id)));
    for (const card of this.cards) if (!cards.includes(card)) this.dismiss(card);
    const fresh = cards.filter((card) => !this.cards.includes(card));
    this.key = key;
    this.sheet = sheet;
    this.cards = cards;
    layOut(cards);
    fill(this.node, cards.map((card) => card.node));
    for (const card of fresh) {
      card.node.card = card;
      this.screen.observe(card.node);
      this.nearby.observe(card.node);
      this.sizes.observe(card.body);
    }
  }

  /** Loads outdated cards: those on the screen first. */
  async refresh() {
    const generation = Symbol('generation');
    this.generation = generation;
    const near = this.cards.filter((card) => card.visible);
    const seen = near.filter((card) => card.onScreen);
    await Promise.all(seen.map((card) => card.refresh()));
    if (this.generation === generation) for (const card of near) card.refresh();
  }

  dismiss(card) {
    this.screen.unobserve(card.node);
    this.nearby.unobserve(card.node);
    this.sizes.unobserve(card.body);
    card.dispose();
  }

  /** Loads all cards of the sheet, for printing. */
  async drawAll() {
    await Promise.all(this.cards.map((card) => card.refresh()));
  }

  /** Draws all cards again, in another theme. */
  redraw() {
    for (const card of this.cards) card.redraw();
  }

  /** Builds all cards again, in another language. */
  rebuild(sheet) {
    for (const card of this.cards) {
      this.snapshots.set(card.visual.id, card.snapshot());
      this.dismiss(card);
    }
    this.cards = [];
    this.key = null;
    this.sheet = null;
    this.open(sheet);
  }
}

function isShown(visual) {
  const picker = userPicker();
  const hasUser = Boolean(picker) && isPicked(picker);
  return visual.show === 'user' ? hasUser : visual.show === 'no_user' ? !hasUser : true;
}

/** Keeps a flag of cards up to date: true within `rootMargin` of the screen. */
function observeVisibility(flag, rootMargin, changed = () => {}) {
  return new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.target.card) entry.target.card[flag] = entry.isIntersecting;
    changed();
  }, { rootMargin });
}

/** Positions cards as in the layout, moved up where hidden cards leave room. */
function layOut(cards) {
  const floor = new Array(12).fill(0);
  const inOrder = [...cards].sort((a, b) => a.visual.layout.y - b.visual.layout.y || a.visual.layout.x - b.visual.layout.x);
  for (const card of inOrder) {
    const { x, w, h } = card.visual.layout;
    const columns = floor.slice(x, x + w);
    const top = Math.max(0, ...columns);
    for (let at = x; at < x + w; at += 1) floor[at] = top + h;
    card.node.style.setProperty('--column', `${x + 1} / span ${w}`);
    card.node.style.setProperty('--row', `${top + 1} / span ${h}`);
    card.node.style.setProperty('--rows', String(h));
    card.node.classList.toggle('narrow', w <= 3);
    card.node.classList.toggle('half', w > 3 && w <= 6);
  }
  cards.sort((a, b) => inOrder.indexOf(a) - inOrder.indexOf(b));
}
