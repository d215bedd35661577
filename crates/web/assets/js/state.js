// The state of the page: sheet and selection, stored in the URL and in the browser's history.

import { isoDay, parseDay } from './format.js';
import { nearest } from './nearest.js';

const stateListeners = new Set();

let state = { sheet: '', selection: {} };
let sheets = [];
/** The dashboard's pickers, in its order. */
let pickers = [];
let languages = [];
let problem = null;

// A file's query string cannot change: its state is in the fragment.
const usesHash = !location.protocol.startsWith('http');

/** Reads the URL. `known` are the ids of the sheets and the pickers, both in order, and the codes of the languages. */
export function initState(known) {
  ({ sheets, pickers, languages } = known);
  state = readUrl();
  addEventListener(usesHash ? 'hashchange' : 'popstate', () => {
    state = readUrl();
    notify('returned');
  });
}

/** The picker with an id, or null. */
export function pickerOf(id) {
  return pickers.find((picker) => picker.id === id) ?? null;
}

/** The picker of the dates, or null. */
export function datesPicker() {
  return pickers.find((picker) => picker.kind === 'dates') ?? null;
}

/** The picker of one user, or null. */
export function userPicker() {
  return pickers.find((picker) => picker.user) ?? null;
}

/** A picker's choice of one value, as the selection holds it; null if the picker cannot choose it. */
export function chosenAs(picker, value) {
  if (value === '' && !picker.empty) return null;
  return picker.kind === 'one' ? String(value) : [String(value)];
}

/** Returns true if a picker has a choice. */
export function isPicked(picker) {
  return keysOf(picker).some((key) => state.selection[key] !== undefined);
}

/** The keys of a picker's choice in a selection. */
function keysOf(picker) {
  return picker.kind === 'dates' ? ['from', 'to'] : [picker.id];
}

/** The current sheet and selection. Do not modify. */
export function currentState() {
  return state;
}

/**
 * The first name or value of the URL that the dashboard does not have: `{ name, value, nearest }`, where only an unknown
 * value has `value`. Null if all is known. The page shows no numbers then: they would be those of all users.
 */
export function addressProblem() {
  return problem;
}

/** Removes what the dashboard does not have from the URL. */
export function dropProblem() {
  if (!problem) return;
  problem = null;
  history.pushState(null, '', urlOf(state));
  notify('chosen');
}

/** Calls `listener` after every change, with `chosen` (on the page) or `returned` (through the browser's history). */
export function onState(listener) {
  stateListeners.add(listener);
}

/** Changes values of the selection: `{ tier: ['Pro'], user: null }`. Empty values remove the choice. */
export function choose(changes) {
  navigate({ selection: changes });
}

/** Opens a sheet, and optionally changes the selection in the same step. */
export function navigate({ sheet, selection }) {
  const next = { sheet: sheet ?? state.sheet, selection: { ...state.selection } };
  for (const [key, value] of Object.entries(selection ?? {})) {
    if (value === null || value === undefined || (Array.isArray(value) && !value.length)) delete next.selection[key];
    else next.selection[key] = Array.isArray(value) ? [...new Set(value)].sort() : value;
  }
  if (urlOf(next) === urlOf(state) && !problem) return;
  state = next;
  problem = null;
  history.pushState(null, '', urlOf(state));
  notify('chosen');
}

/** Chooses these values, or removes them if they are exactly the chosen ones. Returns true if they are chosen now. */
export function toggle(changes) {
  const taken = !isChosen(changes);
  choose(taken ? changes : Object.fromEntries(Object.keys(changes).map((key) => [key, null])));
  return taken;
}

/** Returns true if exactly these values are chosen for their keys. */
export function isChosen(changes) {
  const text = (value) => JSON.stringify([].concat(value ?? []));
  return Object.entries(changes).every(([key, value]) => text(state.selection[key]) === text(value));
}

/** Removes all choices. */
export function reset() {
  navigate({ selection: Object.fromEntries(Object.keys(state.selection).map((key) => [key, null])) });
}

/** The URL of the page with these changes. */
export function addressWith({ sheet, selection }) {
  const next = { sheet: sheet ?? state.sheet, selection: { ...state.selection } };
  for (const [key, value] of Object.entries(selection ?? {})) {
    if (value === null) delete next.selection[key];
    else next.selection[key] = value;
  }
  return urlOf(next);
}

/**
 * The canonical form of a selection: keys in the order of the pickers, values sorted, percent-encoded. `acts` decides which
 * pickers count. Keep in step with `canonical_for` of crates/dashboard-sql/src/selection.rs.
 */
export function canonical(selection, acts = () => true) {
  const parts = [];
  for (const key of pickers.filter(acts).flatMap(keysOf)) {
    const value = selection[key];
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? [...value].sort() : [value]) parts.push(`${key}=${encode(one)}`);
  }
  return parts.join('&');
}

function encode(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function urlOf({ sheet, selection }) {
  const parts = [];
  if (sheet && sheet !== sheets[0]) parts.push(`sheet=${encode(sheet)}`);
  const chosen = canonical(selection);
  if (chosen) parts.push(chosen);
  const query = parts.join('&');
  if (usesHash) return `#${query}`;
  return query ? `${location.pathname}?${query}` : location.pathname;
}

function readUrl() {
  const query = new URLSearchParams(usesHash ? location.hash.slice(1) : location.search);
  problem = null;
  checkNames(query);
  // A file is not asked for a query string: a filter there would have no effect.
  if (usesHash) checkNames(new URLSearchParams(location.search), ['lang']);
  const selection = {};
  for (const picker of pickers) {
    const isSingle = picker.kind !== 'many';
    for (const key of keysOf(picker)) {
      const values = query.getAll(key);
      if (!values.length) continue;
      if (values.includes('') && !picker.empty) refuse(key, '');
      else if (isSingle && values.length > 1) refuse(key, values[1]);
      // The date picker shows the days that are used instead.
      else if (picker.kind === 'dates' && !isDay(values[0])) continue;
      else selection[key] = isSingle ? values[0] : [...new Set(values)].sort();
    }
  }
  if (selection.from && selection.to && selection.from > selection.to) {
    [selection.from, selection.to] = [selection.to, selection.from];
  }
  const sheet = query.get('sheet');
  if (sheet !== null && !sheets.includes(sheet)) refuse('sheet', sheet, sheets);
  const language = query.get('lang');
  if (language !== null && !languages.includes(language.split(/[-_]/)[0].toLowerCase())) refuse('lang', language, languages);
  return { sheet: sheets.includes(sheet) ? sheet : sheets[0] ?? '', selection };
}

function checkNames(query, known = ['sheet', 'lang', 'token', ...pickers.flatMap(keysOf)]) {
  for (const name of query.keys()) {
    if (!known.includes(name)) problem ??= { name, nearest: nearest(name, known.filter((one) => one !== 'token')) };
  }
}

function refuse(name, value, known = []) {
  problem ??= { name, value, nearest: nearest(value, known) };
}

function isDay(text) {
  const day = parseDay(text);
  // JavaScript reads February 31 as a day of March.
  return Boolean(day) && isoDay(day) === text;
}

function notify(how) {
  for (const listener of stateListeners) listener(how);
}
