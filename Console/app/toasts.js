// Short messages that go away by themselves.

import { Unreachable } from './api.js';
import { make } from './dom.js';
import { icon } from './icons.js';
import { texts } from './texts.js';

const place = document.getElementById('toasts');

export function toast(text, kind = 'done') {
  const element = make('p', { class: `toast ${kind}` }, icon(kind === 'done' ? 'check' : 'alert'), make('span', {}, text));
  place.append(element);
  // Above an open dialog, which covers the rest of the page.
  ([...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body).append(place);
  setTimeout(() => element.remove(), kind === 'done' ? 4000 : 8000);
}

export const messageOf = (error) => (error instanceof Unreachable ? texts.connectionLost : error.message || texts.unexpected);

export const failed = (error) => toast(messageOf(error), 'failed');
