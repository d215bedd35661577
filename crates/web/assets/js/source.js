// The source of a live page: the API of the server. A report file has an `EmbeddedSource` instead.

import { canonical } from './state.js';

/** A failed request. `message` can be shown to users. */
export class SourceError extends Error {
  constructor(message, status, body = null) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/** The API; see docs/api.md. */
export class LiveSource {
  get live() {
    return true;
  }

  dashboard(language) {
    return this.fetchJson(`/api/dashboard?lang=${encodeURIComponent(language)}`);
  }

  status() {
    return this.fetchJson('/api/status');
  }

  options(picker, search, limit, signal) {
    const query = new URLSearchParams({ limit: String(limit) });
    if (search) query.set('search', search);
    return this.fetchJson(`/api/options/${encodeURIComponent(picker)}?${query}`, signal);
  }

  figure(visual, selection, view, signal) {
    return this.fetchJson(`/api/visual/${encodeURIComponent(visual.id)}?${this.query(visual, selection, view)}`, signal);
  }

  csvAddress(visual, selection, view, language) {
    // `bom`: spreadsheets recognize UTF-8 by its byte order mark.
    return `/api/visual/${encodeURIComponent(visual.id)}.csv?${[this.query(visual, selection, view), `lang=${language}`, 'bom=1'].filter(Boolean).join('&')}`;
  }

  query(visual, selection, view) {
    // Sends only the choices that act on the visual, so that a figure has one URL.
    const parts = [canonical(selection, (picker) => actsOn(visual, picker))];
    const rest = new URLSearchParams();
    if (view?.sort) rest.set('sort', view.sort);
    if (view?.search) rest.set('search', view.search);
    if (view?.offset) rest.set('offset', String(view.offset));
    if (view?.limit) rest.set('limit', String(view.limit));
    parts.push(rest.toString());
    return parts.filter(Boolean).join('&');
  }

  /** The part of a change of the selection that has figures: all of it. */
  supported(changes) {
    return changes;
  }

  /** The changes of the selection that a sheet requires: none. */
  changesFor() {
    return {};
  }

  /**
   * Calls `listener` with the current status and every new one; the browser reconnects by itself. Listens only while the
   * page is visible: a browser opens six connections per host, so six listening tabs would block all requests.
   */
  subscribe(listener, lost) {
    let events = null;
    const close = () => {
      events?.close();
      events = null;
    };
    const open = () => {
      if (events || document.hidden) return;
      events = new EventSource('/api/events');
      events.addEventListener('status', (event) => listener(JSON.parse(event.data)));
      events.addEventListener('error', () => {
        // Rejected by the server: retry when the page becomes visible again.
        if (events?.readyState === EventSource.CLOSED) close();
        lost();
      });
    };
    document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
    addEventListener('pagehide', close);
    addEventListener('pageshow', open);
    open();
  }

  async upload(files) {
    const form = new FormData();
    for (const file of files) form.append('export', file, file.name);
    return this.parse(await this.fetch('/api/exports', { method: 'POST', body: form }));
  }

  people({ search, status, source, offset, limit }, signal) {
    const query = new URLSearchParams({ limit: String(limit) });
    for (const [name, value] of Object.entries({ search, status, source, offset })) if (value) query.set(name, String(value));
    return this.fetchJson(`/api/people?${query}`, signal);
  }

  importRoster(file) {
    return this.post(`/api/people/roster?name=${encodeURIComponent(file.name)}`, 'text/csv', file);
  }

  removeRoster() {
    return this.post('/api/people/roster/remove');
  }

  forget(userId) {
    return this.post('/api/people/forget', 'application/json', JSON.stringify({ user_id: userId }));
  }

  async post(address, type, body) {
    return this.parse(await this.fetch(address, { method: 'POST', headers: type ? { 'Content-Type': type } : {}, body }));
  }

  async fetchJson(address, signal) {
    return this.parse(await this.fetch(address, { signal, headers: { Accept: 'application/json' } }));
  }

  async fetch(address, request) {
    try {
      return await fetch(address, request);
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw new SourceError('', 0);
    }
  }

  async parse(response) {
    let body = null;
    try {
      body = await response.json();
    } catch (error) {
      if (error.name === 'AbortError') throw error;
    }
    if (!response.ok) throw new SourceError(body?.error ?? response.statusText, response.status, body);
    return body;
  }
}

/** Returns true if a picker acts on a visual. */
export function actsOn(visual, picker) {
  return visual.acts.includes(picker.id);
}
