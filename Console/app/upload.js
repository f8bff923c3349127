// Photos by drag and drop or from a file dialog, sent one by one so that each one's result shows as soon as it is known.

import { api } from './api.js';
import { make, setText } from './dom.js';
import { icon } from './icons.js';
import { texts } from './texts.js';
import { messageOf } from './toasts.js';

const types = 'image/jpeg,image/png,image/webp';
let count = 0;

/**
 * A field for photos.
 * `target()` gives `{ name }` of a new person or `{ person }`; `ready()` says whether to begin; `done(added)` is called at the end.
 */
export function photoDrop({ label = texts.drop, compact = false, ready = () => true, target, done }) {
  count += 1;
  const id = `photos-${count}`;
  const input = make('input', { type: 'file', id, accept: types, multiple: true, class: 'unseen' });
  const drop = make('label', { class: compact ? 'drop compact' : 'drop', for: id }, icon('images'), make('span', {}, label), compact ? null : make('small', {}, texts.dropHint));
  const results = make('ul', { class: 'results', 'aria-live': 'polite' });
  const field = make('div', { class: 'upload' }, input, drop, results);
  let busy = false;

  async function send(files) {
    const photos = [...files].filter((file) => file.type.startsWith('image/') || file.type === '');
    if (busy || photos.length === 0 || !ready()) return;
    busy = true;
    field.classList.add('busy');
    results.replaceChildren();
    let to = target();
    const rows = photos.map((photo) => line(photo));
    let added = 0;
    for (const [index, photo] of photos.entries()) {
      mark(rows[index], 'sending', texts.photoSending);
      try {
        const answer = await api.addPhoto(photo, to);
        // The first photo that can be used makes the person; the others are added to them.
        if (!to.person) to = { person: answer.id };
        added += 1;
        mark(rows[index], 'added', texts.photoAdded);
      } catch (error) {
        mark(rows[index], 'refused', messageOf(error));
      }
    }
    busy = false;
    field.classList.remove('busy');
    input.value = '';
    results.append(make('li', { class: 'sum' }, texts.photosDone(added, photos.length)));
    done(added);
  }

  function line(photo) {
    const preview = make('img', { alt: '' });
    const blob = URL.createObjectURL(photo);
    preview.addEventListener('load', () => URL.revokeObjectURL(blob));
    preview.src = blob;
    const element = make('li', {}, preview, make('span', { class: 'file' }, photo.name), make('span', { class: 'result' }, texts.photoWaiting));
    results.append(element);
    return element;
  }

  function mark(element, kind, text) {
    element.className = kind;
    setText(element.querySelector('.result'), text);
    element.querySelector('.result').title = text;
  }

  input.addEventListener('change', () => send(input.files));
  for (const name of ['dragenter', 'dragover']) {
    field.addEventListener(name, (event) => {
      event.preventDefault();
      field.classList.add('over');
    });
  }
  for (const name of ['dragleave', 'drop']) {
    field.addEventListener(name, (event) => {
      event.preventDefault();
      field.classList.remove('over');
    });
  }
  field.addEventListener('drop', (event) => send(event.dataTransfer.files));
  return field;
}
