// One visual on the sheet: its title, how the number is made, the drawing, its menu, and what it cannot show.

import { chartOption, clickedPart, startChart } from './charts.js';
import { add, announce, el, fill, freshId, icon } from './dom.js';
import { csvOf, saveBlob, savePicture } from './download.js';
import { formatValue } from './format.js';
import { drawKpi } from './kpi.js';
import { drawPivot } from './pivot.js';
import { openMenu, toggles } from './popover.js';
import { rolesOf, wordFigure } from './series.js';
import { actsOn } from './source.js';
import { addressWith, canonical, choose, currentState, go } from './state.js';
import { drawFacts, drawTable, firstView, plainTable } from './table.js';
import { t } from './texts.js';
import { nameChoice } from './choices.js';

const CHARTS = new Set(['bar', 'line', 'area', 'donut', 'scatter', 'heatmap']);
const TABLES = new Set(['table', 'pivot', 'status']);

/** A visual's card: `node` for the page, `show()` when it is visible, `refresh()` when the selection changed. */
export class Card {
  constructor(visual, page) {
    this.visual = visual;
    this.page = page;
    this.view = visual.paged ? firstView() : {};
    this.asTable = false;
    /** Whether it is on the screen. */
    this.onScreen = false;
    /** Whether it is on the screen, or nearly. */
    this.visible = false;
    /** Settled when the figure last asked for is drawn, or could not be. */
    this.drawn = null;
    this.drawnFor = null;
    this.figure = null;
    this.chart = null;
    this.pending = null;
    this.build();
  }

  build() {
    const { visual } = this;
    const titleId = freshId('title');
    this.body = el('div.card-body');
    this.foot = el('div.card-foot');
    const heading = el('div.card-heading', {}, el('h3', { id: titleId, text: visual.title }), visual.subtitle ? el('p.subtitle', { text: visual.subtitle }) : null);
    this.menuButton = visual.kind === 'text' ? null : toggles(
      el('button.quiet.card-menu', { type: 'button', 'aria-haspopup': 'menu', 'aria-label': t('menu.of', { title: visual.title }), title: t('menu.title') }, icon('more')),
      () => this.openMenu(),
    );
    this.node = el('section.card', { class: `kind-${visual.kind}`, 'aria-labelledby': titleId, 'data-visual': visual.id, 'data-kind': visual.kind, 'data-state': 'waiting' },
      el('header.card-head', {}, heading, this.menuButton), this.body, this.foot);
    if (visual.kind === 'text') {
      fill(this.body, el('p.prose', { text: visual.text ?? visual.subtitle ?? '' }));
      this.node.dataset.state = 'ready';
    } else this.wait();
  }

  wait() {
    fill(this.body, el('div.skeleton', { 'aria-hidden': 'true' }, el('span'), el('span'), el('span')));
  }

  /** Asks for the figure again, if the selection that it was drawn for is not the one in force. */
  refresh({ force = false } = {}) {
    if (this.visual.kind === 'text' || !this.visible) return this.drawn;
    const wanted = this.wanted();
    if (force || wanted !== this.drawnFor) {
      this.drawnFor = wanted;
      this.drawn = this.ask();
    }
    return this.drawn;
  }

  async ask() {
    this.pending?.abort();
    const pending = new AbortController();
    this.pending = pending;
    this.node.dataset.state = 'loading';
    this.node.setAttribute('aria-busy', 'true');
    try {
      const figure = await this.page.source.figure(this.visual, currentState().selection, this.view, pending.signal);
      if (this.pending !== pending) return;
      this.figure = wordFigure(figure);
      this.draw();
    } catch (error) {
      if (error.name === 'AbortError' || this.pending !== pending) return;
      this.drawnFor = null;
      this.fail(error);
    } finally {
      if (this.pending === pending) this.node.removeAttribute('aria-busy');
    }
  }

  wanted() {
    return `${this.page.dataVersion}|${canonical(currentState().selection, (key) => actsOn(this.visual, key))}|${JSON.stringify(this.view)}`;
  }

  /** Changes sorting, search or page of a table. */
  turn(view) {
    this.view = view;
    this.refresh();
  }

  draw() {
    const { figure, visual } = this;
    this.node.dataset.state = 'ready';
    this.node.dataset.drawn = String(Number(this.node.dataset.drawn ?? 0) + 1);
    if (figure.empty && !figure.rows.length && !this.view.search) {
      this.dropChart();
      this.empty(t(figure.empty.reason), t(figure.empty.hint));
    } else if (visual.kind === 'kpi') {
      drawKpi(this.body, figure);
    } else if (TABLES.has(visual.kind)) {
      const parts = { view: this.view, ask: this.visual.paged ? (view) => this.turn(view) : null, link: (row) => this.linkOf(row), label: visual.title };
      if (visual.kind === 'pivot') drawPivot(this.body, figure, parts);
      else if (figure.rows.length === 1 && visual.layout.h <= 2) drawFacts(this.body, figure);
      else drawTable(this.body, figure, parts);
    } else if (this.asTable) {
      this.dropChart();
      fill(this.body, plainTable(figure, visual.title));
    } else {
      this.drawChart();
    }
    this.drawNotes();
  }

  drawChart() {
    if (!this.chart) {
      const box = el('div.chart', { role: 'img', 'aria-label': `${this.visual.title}. ${this.visual.subtitle ?? ''}` });
      fill(this.body, box);
      this.chart = startChart(box);
      this.chart.on('click', (event) => this.click(event));
    }
    const size = { width: this.chart.getWidth(), height: this.chart.getHeight() };
    this.chart.setOption(chartOption(this.visual, this.figure, size), { notMerge: true });
  }

  dropChart() {
    this.chart?.dispose();
    this.chart = null;
  }

  empty(reason, hint) {
    fill(this.body, el('div.empty', {}, el('p.empty-reason', { text: reason }), hint ? el('p.empty-hint', { text: hint }) : null));
  }

  fail(error) {
    this.dropChart();
    this.node.dataset.state = 'failed';
    fill(this.body, el('div.empty.failed', { role: 'alert' }, el('p.empty-reason', { text: t('error.visual') }), el('p.empty-hint', { text: error.message || t('error.unreachable') }),
      el('button.link', { type: 'button', text: t('error.retry'), onclick: () => this.refresh({ force: true }) })));
  }

  drawNotes() {
    const notes = (this.figure.notes ?? []).filter((note) => note.key !== 'note.no_previous' && !(this.figure.empty && note.key === 'note.zero')).map((note) => noteText(note));
    const chosen = currentState().selection;
    const deaf = this.page.pickers.filter((picker) => !this.visual.acts.includes(picker.id) && (picker.id === 'date' ? chosen.from || chosen.to : chosen[picker.id]));
    if (deaf.length) notes.push(t('card.not_affected', { pickers: deaf.map((picker) => picker.label).join(', ') }));
    fill(this.foot, notes.length ? el('p.notes', { text: notes.join(' · ') }) : null);
  }

  /** Where a row leads: another sheet with one more choice. */
  linkOf(row) {
    const { click } = this.visual;
    if (!click || !row) return null;
    const from = this.figure.columns.findIndex((column) => column.name === click.from);
    const value = row[from];
    if (value === null || value === undefined || value === '~other') return null;
    const selection = this.page.source.fit({ [click.picker]: click.picker === 'user' ? String(value) : [String(value)] });
    if (!Object.keys(selection).length) return null;
    const target = { sheet: click.sheet, selection };
    const name = this.figure.columns.findIndex((column) => column.role === 'category');
    return {
      href: addressWith(target),
      onclick: (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button > 0) return;
        event.preventDefault();
        if (name >= 0 && row[name]) nameChoice(click.picker, String(value), String(row[name]));
        go(target);
      },
    };
  }

  click(event) {
    const part = clickedPart(this.visual, this.figure, event);
    if (!part) return;
    const link = this.linkOf(part.row);
    if (link) {
      link.onclick({ preventDefault() {} });
      return;
    }
    const roles = rolesOf(this.figure);
    const changes = {};
    for (const index of [roles.user, roles.category, roles.series]) {
      const column = this.figure.columns[index];
      const value = part.row[index];
      if (!column?.picker || value === null || value === '~other') continue;
      if (column.picker === 'date') Object.assign(changes, this.page.daysOf(value, column.format === 'month' ? 'month' : this.figure.grain));
      else changes[column.picker] = column.picker === 'user' ? String(value) : [String(value)];
    }
    if (!Object.keys(changes).length) return;
    // One dimension at a time: the series says more than the day it was clicked on.
    const series = this.figure.columns[roles.series]?.picker;
    const taken = series && changes[series] && !sameChoice(series, changes[series]) ? { [series]: changes[series] } : changes;
    const fitting = this.page.source.fit(taken);
    if (!Object.keys(fitting).length) return;
    choose(fitting);
    announce(t('card.filtered'));
  }

  openMenu() {
    const { visual, page } = this;
    const items = [];
    const name = `kiro-${visual.id}`;
    if (page.source.live) {
      items.push({ label: t('menu.csv'), icon: 'down', href: page.source.csvAddress(visual, currentState().selection, { sort: this.view.sort }, page.language), download: `${name}.csv` });
    } else if (this.figure) {
      items.push({ label: t('menu.csv'), icon: 'down', action: () => saveBlob(new Blob(['\ufeff', csvOf(this.figure)], { type: 'text/csv' }), `${name}.csv`) });
    }
    if (CHARTS.has(visual.kind)) {
      if (this.chart) items.push({ label: t('menu.png'), icon: 'image', action: () => savePicture(this.chart, visual, `${name}.png`) });
      items.push({
        label: this.asTable ? t('menu.as_chart') : t('menu.as_table'),
        icon: 'table',
        action: () => {
          this.asTable = !this.asTable;
          if (this.figure) this.draw();
          announce(this.asTable ? t('menu.as_table') : t('menu.as_chart'));
        },
      });
    }
    openMenu(this.menuButton, t('menu.title'), items);
  }

  /** The theme, the language or the width changed: draw what is there again. */
  redraw() {
    if (this.figure && this.visible) this.draw();
    else this.drawnFor = null;
  }

  resize() {
    if (!this.chart) return;
    const box = this.chart.getDom();
    const { clientWidth: width, clientHeight: height } = box;
    if (!width || (width === this.chart.getWidth() && height === this.chart.getHeight())) return;
    this.chart.resize();
    this.chart.setOption(chartOption(this.visual, this.figure, { width, height }), { notMerge: true });
  }

  dispose() {
    this.pending?.abort();
    this.dropChart();
  }
}

function sameChoice(key, values) {
  const now = currentState().selection[key];
  return JSON.stringify([].concat(now ?? [])) === JSON.stringify([].concat(values));
}

/** A remark of a figure in words. */
function noteText(note) {
  const values = {};
  for (const [name, value] of Object.entries(note.values ?? {})) {
    if (value.text !== undefined) values[name] = t(value.text);
    else if (value.texts) values[name] = value.texts.map((key) => t(key)).join(', ');
    else if (value.number) values[name] = formatValue(value.number.number, value.number.format);
  }
  return t(note.key, values);
}
