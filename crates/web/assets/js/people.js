// The names of users: how many have one in the header, and the screen to search, import and forget.

import { announce, debounce, el, fill, icon } from './dom.js';
import { formatAge, formatValue } from './format.js';
import { PAGE } from './pager.js';
import { t } from './texts.js';

const TYPING_PAUSE_MS = 180;
const MINUTE_MS = 60000;

const STATUSES = {
  active: () => t('people.active'),
  left: () => t('people.left'),
  forgotten: () => t('people.is_forgotten'),
};

const SOURCES = {
  roster: () => t('people.of_roster'),
  directory: () => t('people.of_directory'),
  'roster+directory': () => t('people.of_both'),
  last_known: () => t('people.of_last_known'),
  forgotten: () => t('people.is_forgotten'),
  exports: () => t('people.of_exports'),
  unresolved: () => t('people.unresolved'),
};

/** The button in the header, and the screen that it opens. */
export class People {
  constructor(page) {
    this.page = page;
    this.status = null;
    this.filter = { search: '', status: '', source: '', offset: 0 };
    this.pending = null;
    this.text = el('span.status-text');
    this.button = el('button.status.people-button', { type: 'button', 'data-action': 'people', 'aria-haspopup': 'dialog', hidden: true, onclick: () => this.open() }, icon('user'), this.text);
    this.input = el('input', { type: 'file', accept: '.csv,.tsv,.txt,text/csv', class: 'hidden', tabindex: '-1', onchange: () => this.import(this.input.files[0]) });
    this.result = el('div.upload-result', { 'aria-live': 'polite' });
    this.summary = el('dl.people-summary');
    this.list = el('div.people-list');
    this.dialog = el('dialog.dialog.people', { 'aria-labelledby': 'people-title', onclose: () => this.closed() });
    this.confirm = el('dialog.dialog', { 'aria-labelledby': 'forget-title' });
    this.fillDialog();
    document.body.append(this.dialog, this.confirm);
    // The text says how long ago.
    setInterval(() => this.drawButton(), MINUTE_MS);
  }

  /** Fills the dialog with texts in the language of the page. */
  fillDialog() {
    const search = el('input.search', { type: 'search', value: this.filter.search, placeholder: t('table.search'), 'aria-label': t('people.search') });
    const tell = debounce(TYPING_PAUSE_MS, () => this.choose({ search: search.value.trim() }));
    search.addEventListener('input', (event) => {
      if (!event.isComposing) tell();
    });
    search.addEventListener('compositionend', tell);
    this.input.setAttribute('aria-label', t('people.import'));
    fill(this.dialog,
      el('div.people-head', {}, el('h2', { id: 'people-title', text: t('people.title') }),
        el('button.quiet', { type: 'button', 'aria-label': t('upload.close'), title: t('upload.close'), onclick: () => this.dialog.close() }, icon('close'))),
      el('p.muted', { text: t('people.explain') }),
      this.summary,
      el('div.people-actions', {}, el('button.primary', { type: 'button', 'data-action': 'import-roster', text: t('people.import'), onclick: () => this.input.click() }), this.input),
      this.result,
      el('div.people-filters', {}, el('span.search-box', {}, icon('search'), search), this.select('status', STATUSES, t('people.status')), this.select('source', SOURCES, t('people.source'))),
      this.list);
    this.drawButton();
  }

  select(name, names, label) {
    const option = (value, text) => el('option', { value, text, selected: value === this.filter[name] });
    return el('select', { 'aria-label': label, 'data-filter': name, onchange: (event) => this.choose({ [name]: event.target.value }) },
      option('', `${label}: ${t('picker.all')}`), Object.entries(names).map(([value, text]) => option(value, text())));
  }

  get isOpen() {
    return this.dialog.open;
  }

  /** Shows how many users have names; the server does not say so if addresses are hashed. */
  show(status) {
    const before = JSON.stringify(this.status);
    this.status = status.people ?? null;
    this.drawButton();
    if (this.isOpen && JSON.stringify(this.status) !== before) this.load();
  }

  drawButton() {
    const { status } = this;
    this.button.hidden = !status;
    if (!status) return;
    const named = t('people.named', { named: formatValue(status.named, 'count'), users: formatValue(status.users, 'count') });
    const text = status.as_of ? `${named}, ${formatAge(status.as_of)}` : status.named ? named : t('people.none');
    this.text.textContent = text;
    this.button.setAttribute('aria-label', `${t('people.title')}: ${text}`);
  }

  open() {
    fill(this.result);
    if (!this.isOpen) this.dialog.showModal();
    this.load();
  }

  closed() {
    this.pending?.abort();
  }

  choose(changes) {
    this.filter = { ...this.filter, offset: 0, ...changes };
    this.load();
  }

  async load() {
    this.pending?.abort();
    const pending = new AbortController();
    this.pending = pending;
    try {
      const page = await this.page.source.people({ ...this.filter, limit: PAGE }, pending.signal);
      if (this.pending !== pending) return;
      if (!page.persons.length && page.total && this.filter.offset) {
        this.choose({});
        return;
      }
      this.drawSummary(page.summary);
      this.drawList(page);
    } catch (error) {
      if (error.name !== 'AbortError') fill(this.list, el('p.complaint', { role: 'alert', text: error.message || t('error.unreachable') }));
    }
  }

  drawSummary(summary) {
    const count = (value) => formatValue(value, 'count');
    const row = (key, ...content) => [el('dt', { text: t(key) }), el('dd', {}, content)];
    const { directory, roster } = summary;
    const remove = el('button.link', { type: 'button', 'data-action': 'remove-roster', text: t('people.remove_roster'), onclick: () => this.removeRoster() });
    fill(this.summary,
      row('people.users', t('people.named', { named: count(summary.named_users), users: count(summary.seen_users) })),
      row('people.by_address', count(summary.email_only_users)),
      row('people.without', count(summary.unresolved_users)),
      row('people.directory', directory ? t('people.directory_read', { users: count(directory.users), groups: count(directory.groups), age: formatAge(directory.read_at) }) : t('people.directory_never')),
      row('people.roster', ...(roster ? [`${t('people.roster_read', { count: count(roster.rows), file: roster.file_name, age: formatAge(roster.imported_at) })} `, remove] : [t('people.roster_none')])));
  }

  drawList({ persons, total }) {
    const { offset } = this.filter;
    const head = [t('people.name'), t('people.address'), t('people.team'), t('people.status'), t('people.source'), ''];
    const table = el('table.data', {},
      el('thead', {}, el('tr', {}, head.map((text) => el('th', { scope: 'col', text })))),
      el('tbody', {}, persons.map((person) => this.row(person))));
    const move = (to, name, text) => el('button.quiet', { type: 'button', 'aria-label': text, title: text, disabled: to < 0 || to >= total, onclick: () => this.choose({ offset: to }) }, icon(name));
    const range = t('table.range', { from: formatValue(offset + 1, 'count'), to: formatValue(offset + persons.length, 'count'), total: formatValue(total, 'count') });
    fill(this.list,
      persons.length ? el('div.table-scroll', { tabindex: '0', role: 'region', 'aria-label': t('people.title') }, table) : el('p.nothing', { text: t('table.no_match') }),
      persons.length ? el('div.pager', {}, el('span', { text: range }), total > PAGE ? el('span.pager-buttons', {}, move(offset - PAGE, 'left', t('table.previous')), move(offset + PAGE, 'right', t('table.next'))) : null) : null);
  }

  row(person) {
    const isForgotten = person.status === 'forgotten';
    const forget = isForgotten ? null : el('button.link', { type: 'button', 'data-action': 'forget', 'aria-label': t('people.forget_one', { name: person.label }), text: t('people.forget'), onclick: () => this.ask(person) });
    const cell = (text) => el('td.text', { title: (text ?? '').length > 28 ? text : null, text: text ?? '–' });
    return el('tr', { 'data-user': person.user_id },
      el('th.text', { scope: 'row', title: person.user_id, text: person.label }), cell(person.email), cell(person.team),
      cell(STATUSES[person.status]?.()), cell(SOURCES[person.source]?.()), el('td', {}, forget));
  }

  /** Asks before a person is forgotten. */
  ask(person) {
    fill(this.confirm,
      el('h2', { id: 'forget-title', text: t('people.forget_title', { name: person.label }) }),
      el('p', { text: t('people.forget_explain') }),
      el('div.dialog-foot', {},
        el('button.quiet', { type: 'button', text: t('people.cancel'), onclick: () => this.confirm.close() }),
        el('button.primary.danger', { type: 'button', 'data-action': 'confirm-forget', text: t('people.forget'), onclick: () => this.forget(person) })));
    this.confirm.showModal();
  }

  async forget(person) {
    this.confirm.close();
    await this.change(async () => {
      const { mask } = await this.page.source.forget(person.user_id);
      return t('people.forgotten', { mask });
    });
  }

  async removeRoster() {
    await this.change(async () => {
      await this.page.source.removeRoster();
      return t('people.roster_removed');
    });
  }

  /** Imports a roster. Nothing is imported if one row is wrong: the rows are shown by their lines. */
  async import(file) {
    this.input.value = '';
    if (!file) return;
    fill(this.result, el('p.muted', {}, el('span.spinner'), t('people.importing', { file: file.name })));
    await this.change(async () => rosterText(await this.page.source.importRoster(file)));
  }

  /** Changes the names, and shows the outcome here and in the figures. */
  async change(action) {
    try {
      const text = await action();
      fill(this.result, el('p', { text }));
      announce(text);
      this.load();
      this.page.reload();
    } catch (error) {
      fill(this.result, el('p.complaint', { role: 'alert', text: error.message || t('error.unreachable') }), wrongRows(error.body), error.body?.hint ? el('p.muted', { text: error.body.hint }) : null);
    }
  }
}

/** The outcome of an import as a text. */
export function rosterText({ rows, matched_rows: matched, forgotten_rows: forgotten }) {
  const count = (value) => formatValue(value, 'count');
  const text = t('people.imported', { count: count(rows), matched: count(matched) });
  return forgotten ? `${text} ${t('people.left_out', { count: count(forgotten) })}` : text;
}

function wrongRows(body) {
  if (!body?.rows?.length) return null;
  const more = body.row_count - body.rows.length;
  return el('ul.failures', {}, body.rows.map(({ line, error }) => el('li', {}, el('strong', { text: t('people.line', { line }) }), el('span', { text: error }))),
    more > 0 ? el('li', { text: t('people.more_rows', { count: more }) }) : null);
}
