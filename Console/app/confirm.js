// Asks once before something is removed.

import { openDialog } from './dialog.js';
import { make } from './dom.js';
import { texts } from './texts.js';

/** True when the action was chosen. */
export function confirm({ title, text, action }) {
  return new Promise((resolve) => {
    let agreed = false;
    const yes = make('button', { type: 'button', class: 'button danger' }, action);
    const no = make('button', { type: 'button', class: 'button' }, texts.cancel);
    const dialog = openDialog(
      title,
      { kind: 'small', onclose: () => resolve(agreed) },
      make('p', { class: 'text' }, text),
      make('div', { class: 'dialog-actions' }, no, yes),
    );
    yes.addEventListener('click', () => {
      agreed = true;
      dialog.close();
    });
    no.addEventListener('click', () => dialog.close());
    no.focus();
  });
}
