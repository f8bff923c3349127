// Modal dialogs, closed by Escape, the backdrop or its button.

import { iconButton, make } from './dom.js';
import { texts } from './texts.js';

let count = 0;

/** Shows a dialog and gives it; `element.close()` ends it. It is taken from the page when it closes. */
export function openDialog(title, { kind = '', onclose } = {}, ...content) {
  count += 1;
  const heading = make('h2', { id: `dialog-${count}` }, title);
  const element = make(
    'dialog',
    { class: `dialog ${kind}`, 'aria-labelledby': heading.id },
    make('header', { class: 'dialog-head' }, heading, iconButton('close', texts.close, () => element.close())),
    make('div', { class: 'dialog-body' }, ...content),
  );
  // Pressed and let go on the backdrop: a selection that ends there does not count.
  let pressed = false;
  element.addEventListener('pointerdown', (event) => {
    pressed = event.target === element;
  });
  element.addEventListener('click', (event) => {
    if (event.target === element && pressed) element.close();
  });
  element.addEventListener('close', () => {
    // Messages were moved in here to be seen above the dialog.
    const toasts = element.querySelector('#toasts');
    if (toasts) (document.querySelector('dialog[open]') ?? document.body).append(toasts);
    element.remove();
    onclose?.();
  });
  document.body.append(element);
  element.showModal();
  return element;
}
