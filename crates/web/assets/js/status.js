// The status of reading exports: progress, failures, and the button to show new numbers.

import { announce, el, fill, icon } from './dom.js';
import { formatDate, formatValue } from './format.js';
import { makeToggle, openPopover } from './popover.js';
import { t } from './texts.js';

/** The status in the header, and the banner below it. */
export class StatusIndicator {
  constructor(page) {
    this.page = page;
    this.dot = el('span.status-dot');
    this.text = el('span.status-text');
    this.button = makeToggle(el('button.status', { type: 'button' }, this.dot, this.text), () => this.details());
    this.banner = el('div.banner', { role: 'status', hidden: true });
    this.status = null;
    this.isLost = false;
  }

  /** True if the server has newer data than the page. */
  get isStale() {
    const { status, page } = this;
    return Boolean(status) && page.dataVersion !== null && status.data_version !== page.dataVersion;
  }

  /** Shows a status. */
  show(status) {
    const before = this.status;
    this.status = status;
    const { exports } = status;
    let state = status.state;
    let text;
    if (state === 'reading') text = t('status.reading', { done: formatValue(exports.done, 'count'), seen: formatValue(exports.seen, 'count') });
    else if (state === 'empty') text = t('status.empty');
    else if (state === 'error') text = t('status.error');
    else text = t('status.through', { date: status.newest_day ? formatDate(status.newest_day) : '–' });
    if (state === 'ready' && exports.failed > 0) state = 'warning';
    this.button.dataset.state = state;
    this.say(text);
    if (this.isLost || (before?.state === 'reading' && status.state === 'ready')) announce(text);
    this.isLost = false;
    this.drawBanner();
    this.page.people?.show(status);
  }

  say(text) {
    this.text.textContent = text;
    this.button.setAttribute('aria-label', `${t('status.title')}: ${text}`);
  }

  /** Shows that the connection was lost; once, although the browser keeps reconnecting. */
  lost() {
    if (this.isLost) return;
    this.isLost = true;
    this.button.dataset.state = 'error';
    this.say(t('status.lost'));
    announce(t('status.lost'));
  }

  /** Shows progress, errors, and that there is newer data. */
  drawBanner() {
    const { status, page, isStale: stale } = this;
    if (!status) return;
    const parts = [];
    if (status.state === 'reading') {
      const { done, seen } = status.exports;
      parts.push(el('span.spinner'), el('span', { text: seen ? t('banner.reading', { done: formatValue(done, 'count'), seen: formatValue(seen, 'count') }) : t('banner.looking') }));
      if (seen) parts.push(el('progress', { max: seen, value: done, 'aria-label': t('status.title') }));
    } else if (stale) parts.push(el('span', { text: t('banner.new') }));
    else if (status.state === 'error') parts.push(el('span', { text: status.message || t('status.error') }));
    if (stale) parts.push(el('button.link', { type: 'button', 'data-action': 'refresh', onclick: () => page.reload() }, icon('refresh'), t('banner.refresh')));
    this.banner.hidden = !parts.length;
    this.banner.dataset.state = status.state;
    fill(this.banner, parts);
  }

  details() {
    const { status } = this;
    const { exports = {}, failures = [] } = status ?? {};
    const row = (key, value) => [el('dt', { text: t(key) }), el('dd', { text: value })];
    const panel = el('div.status-panel', {},
      el('h2', { text: t('status.title') }),
      el('dl', {}, row('status.newest', status?.newest_day ? formatDate(status.newest_day) : '–'),
        row('status.seen', formatValue(exports.seen ?? 0, 'count')), row('status.done', formatValue(exports.done ?? 0, 'count')), row('status.failed', formatValue(exports.failed ?? 0, 'count')),
        row('status.version', status?.version ?? '–')),
      status?.message ? el('p.muted', { text: status.message }) : null,
      failures.length ? el('ul.failures', {}, failures.map((failure) => el('li', {}, el('strong', { text: failure.export }), el('span', { text: failure.error })))) : null);
    openPopover(this.button, panel, { label: t('status.title'), wide: true });
  }
}
