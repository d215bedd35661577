// The page: header, tabs, pickers and the open sheet, in sync with the URL and the server.

import { setColours } from './colours.js';
import { chosenDays } from './dates.js';
import { announce, el, fill, icon } from './dom.js';
import { formatDate, setLocale } from './format.js';
import { Grid } from './grid.js';
import { People } from './people.js';
import { PickerBar, menuButton } from './pickers.js';
import { closePopover, openMenu } from './popover.js';
import { addressProblem, currentState, dropProblem, initState, navigate, onState } from './state.js';
import { StatusIndicator } from './status.js';
import { drawTabs, markTab, tabBar } from './tabs.js';
import { setTexts, t } from './texts.js';
import { chooseTheme, currentTheme, followPrinter, followSystemTheme, onTheme, readPreference, storePreference } from './theme.js';
import { Upload } from './upload.js';

const LANGUAGES = { en: 'English', zh: '中文', ko: '한국어' };

/** The whole page. */
export class Page {
  constructor(source) {
    this.source = source;
    this.language = 'en';
    this.dataVersion = null;
    this.pickers = [];
    /** The ids of the pickers with nothing to choose between. */
    this.hiddenPickers = new Set();
    this.sheets = [];
    this.days = null;
    /** True while printing is prepared: all cards count as visible. */
    this.printing = false;
    this.reloading = null;
  }

  /** Loads the model of the page, and draws it. */
  async start(root) {
    const language = preferredLanguage(this.source.languages ?? Object.keys(LANGUAGES));
    let status;
    try {
      [, status] = await Promise.all([this.load(language), this.source.status()]);
    } catch (error) {
      fill(root, el('div.fatal', { role: 'alert' }, el('h1', { text: 'Kiro usage' }), el('p', { text: error.message || 'The server does not answer. Is kiro-analytics still running?' })));
      return;
    }
    initState({ sheets: this.sheets.map((sheet) => sheet.id), pickers: this.pickers, languages: this.source.languages ?? Object.keys(LANGUAGES) });
    this.build(root);
    this.status.show(status);
    onState((how) => (this.status.isStale ? this.reload(how) : this.update(how)));
    onTheme(() => this.themed());
    followSystemTheme();
    followPrinter();
    this.update();
    if (this.source.live) {
      this.source.subscribe((status) => this.onStatus(status), () => this.status.lost());
    }
  }

  async load(language) {
    const model = await this.source.dashboard(language);
    this.model = model;
    this.language = language;
    this.dataVersion = model.data_version;
    setTexts(model.texts, language);
    setLocale(this.language, model.currency);
    setColours(model.colours);
    this.pickers = model.pickers.map((picker) => (picker.kind === 'dates' ? { ...picker, default_days: model.default_days } : picker));
    this.hiddenPickers = new Set(model.hidden_pickers);
    this.sheets = model.sheets;
    this.days = model.days ?? null;
    document.documentElement.lang = this.language;
    document.title = model.title;
  }

  build(root) {
    this.status = new StatusIndicator(this);
    this.pickerBar = new PickerBar(this);
    this.grid = this.grid ?? new Grid(this);
    this.upload = this.source.live ? this.upload ?? new Upload(this) : null;
    this.people = this.source.live ? this.people ?? new People(this) : null;
    this.tabs = tabBar(t('page.sheets'), (id) => this.showSheet(id));
    this.themeButton = el('button.quiet', { type: 'button', 'data-action': 'theme', onclick: () => chooseTheme(currentTheme() === 'dark' ? 'light' : 'dark') });
    this.languageButton = menuButton('language', t('page.language'), () => this.languageMenu());
    this.languageButton.dataset.action = 'language';
    this.languageButton.replaceChildren(el('span.language-code', { text: LANGUAGES[this.language] }), el('span.language-short', { 'aria-hidden': 'true', text: this.language.toUpperCase() }), icon('chevron'));
    const share = el('button.quiet.wide-only', { type: 'button', 'aria-label': t('page.share'), title: t('page.share'), onclick: () => this.share() }, icon('link'));
    const print = el('button.quiet.wide-only', { type: 'button', 'aria-label': t('page.print'), title: t('page.print'), onclick: () => this.print() }, icon('print'));
    const add = this.upload ? el('button.quiet', { type: 'button', 'data-action': 'upload', 'aria-label': t('upload.title'), title: t('upload.title'), onclick: () => this.upload.open() }, icon('upload')) : null;
    this.heading = el('h2.hidden', { id: 'sheet-title', tabindex: '-1' });
    this.greeting = el('div.greeting', { hidden: true });
    drawTabs(this.tabs, this.sheets, (id) => this.showSheet(id));
    fill(root,
      el('a.skip', { href: '#sheet', text: t('page.skip'), onclick: (event) => {
        event.preventDefault();
        this.heading.focus();
      } }),
      el('header.top', {}, el('div.brand', {}, el('span.mark', { 'aria-hidden': 'true' }), el('h1', { text: this.model.title })), this.status.button, this.people?.button,
        el('div.tools', {}, add, share, this.source.live ? print : null, this.themeButton, this.languageButton)),
      el('nav.tabs-row', { 'aria-label': t('page.sheets') }, this.tabs),
      this.status.banner,
      this.pickerBar.node,
      el('main.sheet', { id: 'sheet', role: 'tabpanel', 'aria-labelledby': 'sheet-title' }, this.heading, this.greeting, this.grid.node),
      el('footer.bottom', {}, el('p', { text: this.source.live ? t('page.footer') : t('report.footer', { ...this.source.facts, from: formatDate(this.source.facts.from), to: formatDate(this.source.facts.to) }) })));
    this.drawThemeButton();
  }

  /** Opens a sheet, without choices that it does not support. */
  showSheet(id) {
    const sheet = this.sheets.find((one) => one.id === id);
    if (sheet) navigate({ sheet: id, selection: this.source.changesFor(sheet) });
  }

  /** Shows the sheet and the choices of the URL. `how` is the reason of the change, as in `onState`. */
  update(how) {
    const { sheet: id } = currentState();
    const sheet = this.sheets.find((one) => one.id === id) ?? this.sheets[0];
    if (!sheet) return;
    const isOther = this.openSheet !== sheet.id;
    markTab(this.tabs);
    this.pickerBar.open(sheet);
    this.heading.textContent = sheet.title;
    this.updateGreeting();
    if (isOther && this.openSheet) {
      // The browser restores the scroll position of a visited page.
      if (how !== 'returned') scrollTo({ top: 0 });
      announce(sheet.title);
    }
    this.openSheet = sheet.id;
    document.title = `${sheet.title} · ${this.model.title}`;
    if (addressProblem()) return;
    this.grid.open(sheet);
    this.grid.refresh();
  }

  /** Shows instructions instead of charts: without data, or if the address names something that the dashboard does not have. */
  updateGreeting() {
    const problem = addressProblem();
    if (problem) {
      this.greeting.hidden = false;
      this.grid.node.hidden = true;
      fill(this.greeting, explanation(problem));
      return;
    }
    const nothing = !this.days;
    this.greeting.hidden = !nothing;
    this.grid.node.hidden = nothing;
    if (!nothing) return;
    const reading = this.status.status?.state === 'reading';
    fill(this.greeting, el('div.empty', {}, icon('upload'), el('p.empty-reason', { text: reading ? t('greeting.reading') : t('greeting.title') }), el('p.empty-hint', { text: reading ? t('greeting.wait') : t('greeting.hint') }),
      this.upload && !reading ? el('button.primary', { type: 'button', text: t('upload.title'), onclick: () => this.upload.open() }) : null));
  }

  /** The current days. */
  chosenDays() {
    const dates = this.pickers.find((picker) => picker.kind === 'dates');
    return chosenDays(this.days, dates?.default_days ?? 30);
  }

  onStatus(status) {
    const wasEmpty = !this.days;
    this.status.show(status);
    if (wasEmpty && status.newest_day && status.data_version !== this.dataVersion) this.reload();
    else if (wasEmpty) this.updateGreeting();
  }

  /**
   * Loads figures. If the data is newer than the page, reloads the whole page, so that it never mixes old and new
   * numbers.
   */
  catchUp(load) {
    if (this.status.isStale) this.reload();
    else load();
  }

  /** Shows the newest data, with the same sheet and choices. */
  reload(how) {
    this.reloading ??= this.takeOver(how).finally(() => {
      this.reloading = null;
    });
    return this.reloading;
  }

  async takeOver(how) {
    try {
      await this.load(this.language);
      this.status.show(await this.source.status());
      announce(t('banner.refreshed'));
    } catch (error) {
      this.toast(error.message || t('error.unreachable'));
    }
    this.update(how);
  }

  /** Prints the sheet, including the cards that were never visible. */
  async print() {
    if (this.printing) return;
    this.printing = true;
    try {
      await this.grid.drawAll();
      window.print();
    } finally {
      this.printing = false;
    }
  }

  themed() {
    this.drawThemeButton();
    this.grid.redraw();
  }

  drawThemeButton() {
    const dark = currentTheme() === 'dark';
    const text = dark ? t('page.light') : t('page.dark');
    this.themeButton.setAttribute('aria-label', text);
    this.themeButton.title = text;
    fill(this.themeButton, icon(dark ? 'sun' : 'moon'));
  }

  languageMenu() {
    const languages = this.source.languages ?? Object.keys(LANGUAGES);
    openMenu(this.languageButton, t('page.language'), languages.map((code) => ({ label: LANGUAGES[code], checked: code === this.language, action: () => this.changeLanguage(code) })));
  }

  /** Changes the language of the page. */
  async changeLanguage(code) {
    if (code === this.language) return;
    try {
      await this.load(code);
    } catch (error) {
      this.toast(error.message || t('error.unreachable'));
      return;
    }
    storePreference('kiro.language', code);
    const { status } = this.status;
    this.build(document.getElementById('app'));
    this.status.show(status);
    this.upload?.fillDialog();
    this.people?.fillDialog();
    const sheet = this.sheets.find((one) => one.id === currentState().sheet) ?? this.sheets[0];
    this.openSheet = null;
    this.grid.rebuild(sheet);
    this.update();
    this.languageButton.focus();
  }

  async share() {
    closePopover();
    try {
      await navigator.clipboard.writeText(location.href);
      this.toast(t('page.copied'));
    } catch (_) {
      this.toast(location.href);
    }
  }

  toast(text) {
    announce(text);
    const node = el('div.toast', { text });
    document.body.append(node);
    setTimeout(() => node.remove(), 2600);
  }
}

/** What is wrong with the address, and the way on. */
function explanation({ name, value, nearest }) {
  const short = (text) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
  const reason = value === undefined ? t('address.name', { name: short(name) }) : t('address.value', { name, value: short(value) });
  return el('div.empty', { role: 'alert' }, el('p.empty-reason', { text: nearest ? `${reason} ${t('address.nearest', { nearest })}` : reason }), el('p.empty-hint', { text: t('address.hint') }),
    el('button.primary', { type: 'button', 'data-action': 'drop-problem', text: t('address.drop'), onclick: dropProblem }));
}

/** The stored language, else that of the browser, else the first one. */
function preferredLanguage(languages) {
  const asked = new URLSearchParams(location.search).get('lang');
  const wishes = [asked, readPreference('kiro.language'), ...(location.protocol.startsWith('http') ? navigator.languages ?? [] : [])];
  for (const wish of wishes) {
    const code = wish?.split('-')[0].toLowerCase();
    if (languages.includes(code)) return code;
  }
  return languages[0] ?? 'en';
}
