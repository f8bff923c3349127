// The wall of cameras.

import { api } from './api.js';
import { confirm } from './confirm.js';
import { openAddCamera } from './add-camera.js';
import { iconButton, make, reconcile, setAttribute, setText } from './dom.js';
import { isNamed } from './format.js';
import { icon } from './icons.js';
import { Pictures } from './pictures.js';
import { on, refresh, state } from './state.js';
import { texts } from './texts.js';
import { failed, toast } from './toasts.js';
import { askWho } from './who.js';

const wall = document.getElementById('wall');
const pictures = new Pictures();
let enlarged = null;

export function startWall() {
  const legend = document.getElementById('legend');
  legend.setAttribute('aria-label', texts.legendTitle);
  for (const [style, text] of Object.entries(texts.legend)) {
    legend.append(make('li', {}, make('span', { class: `swatch ${style}`, 'aria-hidden': 'true' }), text));
  }
  on('cameras', show);
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && enlarged && !document.querySelector('dialog[open]')) enlarge(null);
  });
}

function show() {
  const cameras = state.cameras;
  if (!cameras.some((camera) => camera.id === enlarged)) enlarged = null;
  setAttribute(wall, 'data-columns', String(columns(cameras.length)));
  document.getElementById('legend').hidden = cameras.length === 0;
  if (cameras.length === 0) {
    reconcile(wall, ['none'], (item) => item, empty, () => {});
  } else {
    reconcile(wall, cameras, (camera) => camera.id, tile, update);
  }
  pictures.show(
    cameras
      .filter((camera) => camera.status.state === 'live' && camera.tracks?.sequence !== null)
      .map((camera) => ({ id: camera.id, image: wall.querySelector(`[data-key="${camera.id}"] img`), version: camera.tracks.sequence })),
    enlarged,
  );
}

const columns = (count) => (count <= 1 ? 1 : count <= 4 ? 2 : count <= 9 ? 3 : 4);

function empty() {
  return make(
    'div',
    { class: 'empty' },
    icon('camera'),
    make('h3', {}, texts.noCameraTitle),
    make('p', {}, texts.noCameraText),
    make('button', { type: 'button', class: 'button primary', onclick: openAddCamera }, icon('plus'), texts.addCamera),
  );
}

function tile(camera) {
  const id = camera.id;
  const current = () => state.cameras.find((other) => other.id === id) ?? camera;
  const screen = make(
    'div',
    { class: 'screen', ondblclick: () => enlarge(enlarged === id ? null : id) },
    make('img', { class: 'picture', draggable: 'false' }),
    make('div', { class: 'spots' }),
    make(
      'div',
      { class: 'notice' },
      icon('camera'),
      make('strong', {}),
      make('p', {}),
      make('button', { type: 'button', class: 'button', onclick: () => switchOn(current()) }, icon('power'), texts.switchOn),
    ),
  );
  return make(
    'article',
    { class: 'tile' },
    screen,
    make(
      'footer',
      {},
      make('span', { class: 'dot', 'aria-hidden': 'true' }),
      make('h3', {}),
      make('span', { class: 'figures', title: texts.figuresTitle }),
      iconButton('trash', '', () => removeCamera(current()), 'remove'),
      iconButton('enlarge', '', () => enlarge(enlarged === id ? null : id), 'zoom'),
    ),
  );
}

function update(element, camera) {
  const { state: now, reason, width, height, analysedPerSecond, latency } = camera.status;
  const live = now === 'live';
  const picture = live && camera.tracks?.sequence !== null;
  setAttribute(element, 'data-state', now);
  element.classList.toggle('enlarged', enlarged === camera.id);
  element.classList.toggle('dark', !picture);
  setAttribute(element, 'aria-label', `${camera.name}: ${texts.states[now]}`);
  setText(element.querySelector('h3'), camera.name);
  element.querySelector('h3').title = camera.uri;
  setText(
    element.querySelector('.figures'),
    live && latency !== null ? texts.figures(Math.round(analysedPerSecond), Math.round(latency * 1000)) : '',
  );
  setAttribute(element.querySelector('img'), 'alt', texts.pictureOf(camera.name));
  if (width) element.querySelector('.screen').style.setProperty('--ratio', String(width / height));

  const notice = element.querySelector('.notice');
  notice.hidden = picture;
  setText(notice.querySelector('strong'), live ? texts.waitingForPicture : texts.states[now]);
  setText(notice.querySelector('p'), live || !camera.enabled ? '' : (reason ?? ''));
  notice.querySelector('button').hidden = camera.enabled;

  const zoom = element.querySelector('.zoom');
  const label = enlarged === camera.id ? texts.shrink(camera.name) : texts.enlarge(camera.name);
  if (zoom.getAttribute('aria-label') !== label) {
    zoom.replaceChildren(icon(enlarged === camera.id ? 'shrink' : 'enlarge'));
    zoom.setAttribute('aria-label', label);
    zoom.title = label;
  }
  const remove = element.querySelector('.remove');
  setAttribute(remove, 'aria-label', texts.removeCamera(camera.name));
  remove.title = texts.removeCamera(camera.name);
  spots(element.querySelector('.spots'), camera, picture);
}

/** Faces of people without a name can be clicked in the picture. The list of who is in view does the same for the keyboard. */
function spots(layer, camera, picture) {
  const faces = picture ? camera.tracks.faces.filter((face) => !isNamed(face) && face.sighting !== null) : [];
  reconcile(
    layer,
    faces,
    (face) => face.sighting,
    (face) =>
      make('button', {
        type: 'button',
        class: 'spot',
        tabindex: '-1',
        'aria-hidden': 'true',
        title: texts.nameless,
        onclick: (event) => askWho(face.sighting, event.currentTarget.dataset.stranger || null),
        ondblclick: (event) => event.stopPropagation(),
      }),
    (spot, face) => {
      const { width, height } = camera.tracks;
      spot.dataset.stranger = face.person ?? '';
      spot.style.left = `${(face.box.x / width) * 100}%`;
      spot.style.top = `${(face.box.y / height) * 100}%`;
      spot.style.width = `${(face.box.width / width) * 100}%`;
      spot.style.height = `${(face.box.height / height) * 100}%`;
    },
  );
}

function enlarge(id) {
  enlarged = id;
  show();
  if (id) wall.querySelector(`[data-key="${id}"]`)?.scrollIntoView({ block: 'nearest' });
}

async function switchOn(camera) {
  try {
    await api.changeCamera(camera.id, { enabled: true });
    refresh();
  } catch (error) {
    failed(error);
  }
}

async function removeCamera(camera) {
  const agreed = await confirm({
    title: texts.removeCameraTitle(camera.name),
    text: texts.removeCameraText,
    action: texts.remove,
  });
  if (!agreed) return;
  try {
    await api.removeCamera(camera.id);
    toast(texts.removedCameraDone(camera.name));
    refresh();
  } catch (error) {
    failed(error);
  }
}
