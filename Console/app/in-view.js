// Who is in view at this moment, over all cameras.

import { address } from './api.js';
import { faceImage, make, reconcile, setFace, setText } from './dom.js';
import { isNamed, percent, span, style, time } from './format.js';
import { on, state } from './state.js';
import { texts } from './texts.js';
import { askWho } from './who.js';

const list = document.getElementById('in-view');
const count = document.getElementById('in-view-count');

export function startInView() {
  on('cameras', show);
}

function show() {
  const faces = state.cameras
    .flatMap((camera) => (camera.tracks?.faces ?? []).map((face) => ({ ...face, camera })))
    .sort((left, right) => (left.since < right.since ? 1 : -1));
  setText(count, faces.length ? String(faces.length) : '');
  if (faces.length === 0) {
    reconcile(list, ['nobody'], (item) => item, () => make('li', { class: 'none' }, texts.nobodyInView), () => {});
    return;
  }
  reconcile(list, faces, (face) => `${face.camera.id}-${face.track}-${face.person ?? ''}`, row, update);
}

function row() {
  const element = make(
    'li',
    {},
    make(
      'button',
      {
        type: 'button',
        class: 'row',
        onclick: () => element.dataset.sighting && askWho(element.dataset.sighting, element.dataset.stranger || null),
      },
      faceImage(null),
      make('span', { class: 'what' }, make('span', { class: 'name' }), make('span', { class: 'where' })),
      make('span', { class: 'chip' }),
    ),
  );
  return element;
}

function update(element, face) {
  const known = isNamed(face);
  const kind = face.style ?? style(face.person, face.similarity);
  element.className = kind;
  element.dataset.sighting = !known && face.sighting ? face.sighting : '';
  element.dataset.stranger = known ? '' : (face.person ?? '');
  element.firstChild.disabled = !element.dataset.sighting;
  setFace(element.querySelector('.face'), face.sighting ? address.faceOfSighting(face.sighting) : null);
  setText(element.querySelector('.name'), face.name ?? (known ? '' : texts.unknown));
  setText(element.querySelector('.where'), `${face.camera.name} · ${texts.since(time(face.since), span(face.since))}`);
  setText(element.querySelector('.chip'), known ? percent(face.similarity) : texts.name);
}
