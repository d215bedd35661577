// Uploads exports that are dropped on the page or chosen, and shows the result per file.

import { add, announce, el, fill, icon } from './dom.js';
import { rosterText } from './people.js';
import { t } from './texts.js';

const MAX_FILES = 500;

/** The upload dialog, and the whole page as a drop target. */
export class Upload {
  constructor(page) {
    this.page = page;
    this.input = el('input', { type: 'file', accept: '.csv,text/csv', multiple: true, class: 'hidden', tabindex: '-1', onchange: () => this.send([...this.input.files]) });
    this.result = el('div.upload-result', { 'aria-live': 'polite' });
    this.dialog = el('dialog.dialog', { 'aria-labelledby': 'upload-title' });
    this.veil = el('div.drop-veil', { hidden: true });
    this.fillDialog();
    document.body.append(this.dialog, this.veil);
    this.listen();
  }

  /** Fills the dialog with texts in the language of the page. */
  fillDialog() {
    fill(this.veil, el('p', {}, icon('upload'), el('span', { text: t('upload.drop_here') })));
    this.input.setAttribute('aria-label', t('upload.choose'));
    fill(this.dialog,
      el('h2', { id: 'upload-title', text: t('upload.title') }),
      el('p.muted', { text: t('upload.explain') }),
      el('button.drop-target', { type: 'button', onclick: () => this.input.click() }, icon('upload'), el('span', { text: t('upload.choose') })),
      this.input, this.result,
      el('div.dialog-foot', {}, el('button.primary', { type: 'button', text: t('upload.close'), onclick: () => this.dialog.close() })));
  }

  open() {
    fill(this.result);
    if (!this.dialog.open) this.dialog.showModal();
  }

  listen() {
    let depth = 0;
    const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
    addEventListener('dragenter', (event) => {
      if (!carriesFiles(event)) return;
      depth += 1;
      this.veil.hidden = false;
    });
    addEventListener('dragleave', (event) => {
      if (!carriesFiles(event)) return;
      depth -= 1;
      if (depth <= 0) this.veil.hidden = true;
    });
    addEventListener('dragover', (event) => {
      if (carriesFiles(event)) event.preventDefault();
    });
    addEventListener('drop', (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth = 0;
      this.veil.hidden = true;
      const files = [...event.dataTransfer.files];
      const { people } = this.page;
      if (people?.isOpen) {
        people.import(files[0]);
        return;
      }
      this.open();
      this.send(files);
    });
  }

  async send(files) {
    this.input.value = '';
    if (!files.length) return;
    if (files.length > MAX_FILES) {
      fill(this.result, el('p.complaint', { text: t('upload.too_many', { count: MAX_FILES }) }));
      return;
    }
    fill(this.result, el('p.muted', {}, el('span.spinner'), t('upload.sending', { count: files.length })));
    try {
      const answer = await this.page.source.upload(files);
      this.report(answer);
    } catch (error) {
      fill(this.result, el('p.complaint', { text: error.message || t('error.unreachable') }));
    }
  }

  report(answer) {
    const exports = t('upload.done', { added: answer.added, known: answer.known, failed: answer.failed.length });
    const { roster } = answer;
    const isRosterAlone = roster && !answer.added && !answer.known && !answer.failed.length;
    const done = [isRosterAlone ? null : exports, roster ? `${roster.file}: ${rosterText(roster)}` : null].filter(Boolean).join(' ');
    announce(done);
    const list = el('ul.failures', {}, answer.failed.map((failure) => el('li', {}, el('strong', { text: failure.export }), el('span', { text: failure.error }))));
    fill(this.result);
    add(this.result, [el('p', { text: done }), answer.failed.length ? list : null]);
    if (answer.added || roster) this.page.reload();
  }
}
