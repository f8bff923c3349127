// Gets the cameras' pictures onto the wall.
//
// A browser opens six connections to a server over HTTP/1.1, and a stream keeps one for itself. So at most four cameras are
// shown as streams; with more, only the enlarged one is, and the others' pictures are fetched in turn. Of several windows only
// one has streams.

import { address } from './api.js';

const maximumStreams = 4;
const fetchers = 2;
const period = 200;

export class Pictures {
  constructor() {
    this.shown = new Map();
    this.mayStream = !navigator.locks;
    // Held until the window is closed; another window gets it then.
    navigator.locks?.request('vedette-streams', () => {
      this.mayStream = true;
      this.arrange();
      return new Promise(() => {});
    });
    document.addEventListener('visibilitychange', () => this.arrange());
    for (let i = 0; i < fetchers; i += 1) this.fetchInTurn();
  }

  /** `pictures` are `{ id, image, version }` of the cameras that have one; `enlarged` is the id of one or null. */
  show(pictures, enlarged) {
    this.enlarged = enlarged;
    const ids = new Set(pictures.map((picture) => picture.id));
    for (const [id, entry] of this.shown) {
      if (!ids.has(id) || !entry.image.isConnected) this.forget(id);
    }
    for (const { id, image, version } of pictures) {
      const entry = this.shown.get(id);
      if (entry) entry.version = version;
      else this.shown.set(id, { id, image, version, mode: 'none', tag: null, blob: null, last: 0, attempt: 0 });
    }
    this.arrange();
  }

  arrange() {
    const few = this.shown.size <= maximumStreams;
    for (const entry of this.shown.values()) {
      const streams = this.mayStream && (few || entry.id === this.enlarged);
      this.set(entry, document.hidden ? 'none' : streams ? 'stream' : 'fetch');
    }
  }

  set(entry, mode) {
    if (entry.mode === mode) return;
    if (entry.mode === 'stream' && mode === 'none') entry.image.removeAttribute('src');
    entry.mode = mode;
    if (mode === 'stream') this.stream(entry);
    else entry.image.onerror = null;
  }

  stream(entry) {
    entry.image.onerror = () => {
      // The server stopped or the camera was changed: tried again, ever more slowly.
      const wait = Math.min(5000, 500 * 2 ** entry.attempt);
      entry.attempt += 1;
      setTimeout(() => {
        if (entry.mode === 'stream' && this.shown.get(entry.id) === entry) this.stream(entry);
      }, wait);
    };
    entry.image.onload = () => {
      entry.attempt = 0;
    };
    // The fragment stays here; it makes the browser ask again.
    entry.image.src = `${address.stream(entry.id)}#${Date.now()}`;
  }

  forget(id) {
    const entry = this.shown.get(id);
    this.shown.delete(id);
    entry.mode = 'none';
    entry.image.onerror = null;
    entry.image.removeAttribute('src');
    if (entry.blob) URL.revokeObjectURL(entry.blob);
  }

  async fetchInTurn() {
    for (;;) {
      const due = [...this.shown.values()]
        .filter((entry) => entry.mode === 'fetch' && !entry.busy && performance.now() - entry.last >= period)
        .sort((left, right) => left.last - right.last)[0];
      if (due) await this.fetch(due);
      else await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }

  async fetch(entry) {
    entry.busy = true;
    entry.last = performance.now();
    try {
      const headers = entry.tag ? { 'If-None-Match': entry.tag } : {};
      const response = await fetch(address.frame(entry.id), { cache: 'no-store', headers });
      if (response.status === 200 && entry.mode === 'fetch') {
        entry.tag = response.headers.get('ETag');
        const old = entry.blob;
        entry.blob = URL.createObjectURL(await response.blob());
        entry.image.src = entry.blob;
        if (old) setTimeout(() => URL.revokeObjectURL(old), 1000);
      }
    } catch {
      // The banner tells; the next turn tries again.
      entry.last = performance.now() + 1000;
    }
    entry.busy = false;
  }
}
