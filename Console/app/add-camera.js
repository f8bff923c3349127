// Adds a camera.

import { api } from './api.js';
import { openDialog } from './dialog.js';
import { make, setText } from './dom.js';
import { refresh } from './state.js';
import { texts } from './texts.js';
import { messageOf, toast } from './toasts.js';

export function openAddCamera() {
  const uri = make('input', { type: 'text', id: 'camera-uri', required: true, autocomplete: 'off', spellcheck: 'false', maxlength: '4000', 'aria-describedby': 'camera-uri-hint' });
  const name = make('input', { type: 'text', id: 'camera-name', required: true, autocomplete: 'off', maxlength: '200', placeholder: texts.cameraNameHint });
  const submit = make('button', { type: 'submit', class: 'button primary' }, texts.addCamera);
  const cancel = make('button', { type: 'button', class: 'button' }, texts.cancel);
  const problem = make('p', { class: 'problem', role: 'alert', hidden: true });
  const form = make(
    'form',
    { class: 'fields' },
    make('label', { for: 'camera-uri' }, texts.cameraAddress),
    uri,
    make('p', { class: 'hint', id: 'camera-uri-hint' }, texts.cameraAddressHint),
    make('label', { for: 'camera-name' }, texts.cameraName),
    name,
    problem,
    make('div', { class: 'dialog-actions' }, cancel, submit),
  );
  const dialog = openDialog(texts.addCamera, {}, form);
  cancel.addEventListener('click', () => dialog.close());
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    problem.hidden = true;
    try {
      const camera = await api.addCamera(name.value.trim(), uri.value.trim());
      dialog.close();
      toast(texts.addedCamera(camera.name));
      refresh();
    } catch (error) {
      setText(problem, messageOf(error));
      problem.hidden = false;
      submit.disabled = false;
    }
  });
  uri.focus();
}
