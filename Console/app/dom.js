// Making and updating elements. Text is only ever set as text, so nothing a person typed can become markup.

import { icon } from './icons.js';

/** `make('button', { class: 'x', onclick: f, 'aria-label': 'y' }, 'text', node)` */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key === 'class') element.className = value;
    else if (key === 'value') element.value = value;
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function iconButton(name, label, onclick, extra = '') {
  return make('button', { type: 'button', class: `icon-button ${extra}`, 'aria-label': label, title: label, onclick }, icon(name));
}

/** Sets text only when it differs: what did not change is not read out again and keeps a selection. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Makes the children of `container` those of `items`, in order, keeping the element of an item that stays.
 * `create(item)` makes an element, `update(element, item)` brings it up to date.
 */
export function reconcile(container, items, key, create, update) {
  const known = new Map();
  for (const child of container.children) known.set(child.dataset.key, child);
  let next = container.firstElementChild;
  for (const item of items) {
    const id = String(key(item));
    let element = known.get(id);
    if (element) known.delete(id);
    else {
      element = create(item);
      element.dataset.key = id;
    }
    update(element, item);
    if (element === next) next = next.nextElementSibling;
    else container.insertBefore(element, next);
  }
  for (const gone of known.values()) gone.remove();
}

/** A face that may not be stored yet: tried again a few times, a silhouette meanwhile. */
export function faceImage(url, className = 'face') {
  const frame = make('span', { class: className, 'aria-hidden': 'true' }, icon('person'));
  setFace(frame, url);
  return frame;
}

export function setFace(frame, url) {
  if (frame.dataset.url === (url ?? '')) return;
  frame.dataset.url = url ?? '';
  frame.querySelector('img')?.remove();
  if (url) load(frame, url, 0);
}

function load(frame, url, attempt) {
  const image = make('img', { alt: '', decoding: 'async', draggable: 'false' });
  image.addEventListener('load', () => {
    if (frame.dataset.url !== url) return;
    frame.querySelector('img')?.remove();
    frame.append(image);
  });
  image.addEventListener('error', () => {
    if (attempt < 6 && frame.dataset.url === url) setTimeout(() => load(frame, url, attempt + 1), 400 * (attempt + 1));
  });
  image.src = attempt === 0 ? url : `${url}#${attempt}`;
}
