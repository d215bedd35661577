// The source of a report file: compressed JSON in the page. Sorts, searches and pages rows; computes no numbers.

import { collator } from './format.js';
import { SourceError, actsOn } from './source.js';
import { t } from './texts.js';
import { canonical, chosenAs, datesPicker, pickerOf, userPicker } from './state.js';

/** Returns the source embedded in a report file, or null on a live page. */
export async function embeddedSource() {
  const holder = document.getElementById('report-data');
  if (!holder) return null;
  const bytes = Uint8Array.from(atob(holder.textContent.trim()), (sign) => sign.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new EmbeddedSource(await new Response(plain).json());
}

class EmbeddedSource {
  constructor(data) {
    this.data = data;
    this.facts = data.facts;
    const first = data.facts.language;
    this.languages = [first, ...Object.keys(data.dashboards).filter((language) => language !== first)];
  }

  get live() {
    return false;
  }

  async dashboard(language) {
    return structuredClone(this.data.dashboards[language]);
  }

  async status() {
    return this.data.status;
  }

  /** The embedded options of a picker, on a sheet if one is given. */
  pickerOptions(picker, sheet) {
    const { offered } = this.data;
    if (picker.kind === 'dates') return offered.dates;
    return sheet && picker.id in this.changesFor(sheet) ? [] : offered.values[picker.id] ?? [];
  }

  /** The part of a change of the selection that has embedded figures: one value of one picker, or of two that are together. */
  supported(changes) {
    const supported = {};
    const dates = datesPicker();
    if (dates && ('from' in changes || 'to' in changes)) {
      const { from, to } = changes;
      if ((!from && !to) || this.pickerOptions(dates).some((span) => span.from === from && span.to === to)) Object.assign(supported, { from, to });
    }
    for (const id of Object.keys(changes)) {
      const picker = pickerOf(id);
      if (!picker) continue;
      const [value] = [changes[id] ?? []].flat();
      if (value === undefined) supported[id] = null;
      else if (this.pickerOptions(picker).some((choice) => choice.value === value)) {
        for (const other of this.others(picker)) supported[other] = null;
        supported[id] = chosenAs(picker, value);
      }
    }
    return supported;
  }

  /** The ids of the pickers that cannot have a choice at the same time. */
  others({ id }) {
    const { values, together } = this.data.offered;
    return Object.keys(values).filter((other) => other !== id && !(together.includes(id) && together.includes(other)));
  }

  /** The changes of the selection that a sheet requires: only sheets about one user are embedded per user. */
  changesFor(sheet) {
    const user = userPicker();
    return !user || sheet.visuals.some((visual) => visual.show === 'user') ? {} : { [user.id]: null };
  }

  async options(picker, search) {
    const needle = (search ?? '').toLowerCase();
    return this.pickerOptions(pickerOf(picker)).filter((choice) => `${choice.label ?? ''} ${choice.value}`.toLowerCase().includes(needle));
  }

  async figure(visual, selection, view) {
    const key = canonical(selection, (picker) => actsOn(visual, picker));
    const at = this.data.figures[visual.id]?.[key];
    if (at === undefined) throw new SourceError(t('error.not_embedded'), 404);
    const figure = structuredClone(this.data.pool[at]);
    // A report file contains only the first rows of a long table.
    figure.held_rows = figure.rows.length;
    return view?.limit ? viewed(figure, view) : figure;
  }
}

/** Searches and sorts the rows of a table, and returns one page. */
function viewed(figure, view) {
  let { rows } = figure;
  if (view.search) {
    const needle = view.search.toLowerCase();
    const searched = figure.columns.map((column, index) => (column.role !== 'hidden' && column.type === 'text' ? index : -1)).filter((index) => index >= 0);
    rows = rows.filter((row) => searched.some((index) => String(row[index] ?? '').toLowerCase().includes(needle)));
    figure.found_rows = rows.length;
  }
  if (view.sort) {
    const [name, order] = view.sort.split(':');
    const index = figure.columns.findIndex((column) => column.name === name);
    const words = collator();
    const sign = order === 'asc' ? 1 : -1;
    rows = [...rows].sort((one, other) => {
      const [a, b] = [one[index], other[index]];
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : words.compare(String(a), String(b)));
    });
  }
  figure.rows = rows.slice(view.offset ?? 0, (view.offset ?? 0) + view.limit);
  return figure;
}
