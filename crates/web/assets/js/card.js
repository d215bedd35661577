// One visual on the sheet: title, subtitle, chart or table, menu, and notes.

import { chartOption, clickedRow, initChart } from './charts.js';
import { announce, el, fill, freshId, icon, preserveFocus } from './dom.js';
import { csvOf, saveBlob, savePicture } from './download.js';
import { formatValue } from './format.js';
import { drawKpi } from './kpi.js';
import { cellLink, followClick } from './links.js';
import { PAGE, isLong, rangeText } from './pager.js';
import { drawPivot } from './pivot.js';
import { makeToggle, openMenu } from './popover.js';
import { searchField } from './search.js';
import { localizeFigure } from './series.js';
import { actsOn } from './source.js';
import { canonical, currentState, isPicked } from './state.js';
import { drawFacts, drawTable, plainTable } from './table.js';
import { t } from './texts.js';
import { isForPaper } from './theme.js';

const CHARTS = new Set(['bar', 'line', 'area', 'donut', 'scatter', 'heatmap']);
/** The size of a printed chart in pixels: the width of a page without margins. */
const PAPER = { width: 620, height: 260 };
const TABLES = new Set(['table', 'pivot', 'status']);

/** A visual's card. Add `node` to the page; call `refresh()` when it becomes visible or the selection changes. */
export class Card {
  /** `snapshot` is the state of an earlier card of the same visual. */
  constructor(visual, page, snapshot) {
    this.visual = visual;
    this.page = page;
    /** Sorting, search and page of a table, and the selection that they apply to. */
    this.view = snapshot?.view ?? (visual.paged ? { limit: PAGE } : {});
    this.viewSelection = snapshot?.viewSelection ?? this.chosen();
    this.asTable = snapshot?.asTable ?? false;
    this.search = null;
    this.announcesRange = false;
    /** True if the card is on the screen. */
    this.onScreen = false;
    /** True if the card is on or near the screen. */
    this.visible = false;
    /** A promise that settles when the last requested figure is drawn or has failed. */
    this.drawn = null;
    this.drawnKey = null;
    this.figure = null;
    this.chart = null;
    this.onPaper = false;
    this.pending = null;
    this.build();
  }

  build() {
    const { visual } = this;
    const titleId = freshId('title');
    this.body = el('div.card-body');
    this.foot = el('div.card-foot');
    const heading = el('div.card-heading', {}, el('h3', { id: titleId, text: visual.title }), visual.subtitle ? el('p.subtitle', { text: visual.subtitle, title: visual.kind === 'kpi' ? visual.subtitle : null }) : null);
    this.menuButton = visual.kind === 'text' ? null : makeToggle(
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

  /** The state that a later card of this visual restores. */
  snapshot() {
    return { view: this.view, viewSelection: this.viewSelection, asTable: this.asTable };
  }

  /** True if the card is visible and its figure is outdated. */
  get needsLoad() {
    return this.visual.kind !== 'text' && (this.visible || this.page.printing) && this.requestKey() !== this.drawnKey;
  }

  /** Loads the figure if it is outdated. */
  refresh() {
    const chosen = this.chosen();
    // Another selection has other rows: start at the first page.
    if (chosen !== this.viewSelection && this.view.offset) this.view = { ...this.view, offset: 0 };
    this.viewSelection = chosen;
    if (this.needsLoad) {
      this.drawnKey = this.requestKey();
      this.drawn = this.load();
    }
    return this.drawn;
  }

  async load() {
    this.pending?.abort();
    const pending = new AbortController();
    this.pending = pending;
    this.node.dataset.state = 'loading';
    this.node.setAttribute('aria-busy', 'true');
    try {
      const figure = await this.page.source.figure(this.visual, currentState().selection, this.view, pending.signal);
      if (this.pending !== pending) return;
      if (!figure.rows.length && figure.total_rows > 0 && this.view.offset) {
        // The page no longer exists.
        this.setView({ ...this.view, offset: 0 });
        return;
      }
      this.figure = localizeFigure(figure);
      this.draw();
      if (this.announcesRange) announce(rangeText(this.figure, this.view));
      this.announcesRange = false;
    } catch (error) {
      if (error.name === 'AbortError' || this.pending !== pending) return;
      this.drawnKey = null;
      this.fail(error);
    } finally {
      if (this.pending === pending) this.node.removeAttribute('aria-busy');
    }
  }

  chosen() {
    return canonical(currentState().selection, (picker) => actsOn(this.visual, picker));
  }

  requestKey() {
    return `${this.page.dataVersion}|${this.chosen()}|${JSON.stringify(this.view)}`;
  }

  /** Changes sorting, search or page of a table. */
  setView(view) {
    this.view = view;
    this.announcesRange = true;
    this.page.catchUp(() => this.refresh());
  }

  draw() {
    preserveFocus(this.body, () => this.drawBody());
    this.drawNotes();
  }

  drawBody() {
    const { figure, visual } = this;
    this.node.dataset.state = 'ready';
    this.node.dataset.drawn = String(Number(this.node.dataset.drawn ?? 0) + 1);
    if (figure.empty && !figure.rows.length && !this.view.search) {
      this.dropChart();
      this.empty(t(figure.empty.reason), t(figure.empty.hint));
    } else if (visual.kind === 'kpi') {
      drawKpi(this.body, figure);
    } else if (TABLES.has(visual.kind)) {
      const parts = { view: this.view, load: visual.paged ? (view) => this.setView(view) : null, link: (...cell) => cellLink(this, ...cell), search: this.searchAbove(), label: visual.title };
      if (visual.kind === 'pivot') drawPivot(this.body, figure, parts);
      else if (figure.rows.length === 1 && visual.layout.h <= 2) drawFacts(this.body, figure);
      else drawTable(this.body, figure, parts);
    } else if (this.asTable) {
      this.dropChart();
      fill(this.body, plainTable(figure, visual.title));
    } else {
      this.drawChart();
    }
  }

  /** The search field of a long table. It stays while it has the focus. */
  searchAbove() {
    const { paged } = this.visual;
    const hasFocus = this.search?.contains(document.activeElement);
    if (!paged || !(hasFocus || this.view.search || isLong(this.figure))) return null;
    this.search ??= searchField(this.view.search, (search) => {
      if (search !== (this.view.search ?? '')) this.setView({ ...this.view, search: search || undefined, offset: 0 });
    });
    return this.search;
  }

  drawChart() {
    if (!this.chart) {
      const box = el('div.chart', { role: 'img', 'aria-label': `${this.visual.title}. ${this.visual.subtitle ?? ''}` });
      fill(this.body, box);
      this.chart = initChart(box);
      this.chart.on('click', (event) => {
        const row = clickedRow(this.visual, this.figure, event);
        if (row) followClick(this, row);
      });
    }
    // After printing, the chart returns to the size of its box.
    if (isForPaper()) this.chart.resize(PAPER);
    else if (this.onPaper) this.chart.resize({ width: 'auto', height: 'auto' });
    this.onPaper = isForPaper();
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
      el('button.link', { type: 'button', text: t('error.retry'), onclick: () => this.page.catchUp(() => this.refresh()) })));
  }

  drawNotes() {
    const notes = (this.figure.notes ?? []).filter((note) => note.key !== 'note.no_previous' && !(this.figure.empty && note.key === 'note.zero')).map((note) => noteText(note));
    const { held_rows: held, total_rows: total } = this.figure;
    if (held < total) notes.unshift(t('report.rows_held', { held: formatValue(held, 'count'), total: formatValue(total, 'count') }));
    const inactive = this.page.pickers.filter((picker) => isPicked(picker) && !actsOn(this.visual, picker));
    if (inactive.length) notes.push(t('card.not_affected', { pickers: inactive.map((picker) => picker.label).join(', ') }));
    fill(this.foot, notes.length ? el('p.notes', { text: notes.join(' · '), title: this.visual.kind === 'kpi' ? notes.join(' · ') : null }) : null);
  }

  openMenu() {
    const { visual, page } = this;
    const items = [];
    const name = `kiro-${visual.id}`;
    if (page.source.live) {
      items.push({ label: t('menu.csv'), icon: 'down', href: page.source.csvAddress(visual, currentState().selection, { sort: this.view.sort }, page.language), download: `${name}.csv` });
    } else if (this.figure) {
      items.push({ label: t('menu.csv'), icon: 'down', action: () => this.saveCsv(`${name}.csv`) });
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

  /** Saves all rows that a report file contains, not only the visible page. */
  async saveCsv(name) {
    const figure = await this.page.source.figure(this.visual, currentState().selection, { sort: this.view.sort, limit: Infinity });
    saveBlob(new Blob(['\ufeff', csvOf(localizeFigure(figure))], { type: 'text/csv' }), name);
  }

  /** Draws the current figure again, in another theme, language or width. */
  redraw() {
    if (this.figure && (this.visible || this.page.printing)) this.draw();
    else this.drawnKey = null;
  }

  resize() {
    // While printing, boxes have no size.
    if (!this.chart || matchMedia('print').matches) return;
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

/** The text of a figure's note. */
function noteText(note) {
  const values = {};
  for (const [name, value] of Object.entries(note.values ?? {})) {
    if (value.text !== undefined) values[name] = t(value.text);
    else if (value.texts) values[name] = value.texts.map((key) => t(key)).join(', ');
    else if (value.number) values[name] = formatValue(value.number.number, value.number.format);
  }
  return t(note.key, values);
}
