// The log of sightings: newest first, kept up to date, longer on demand.

import { address, api } from './api.js';
import { faceImage, make, reconcile, setFace, setText } from './dom.js';
import { dayName, isNamed, percent, style, time } from './format.js';
import { on, refreshLog } from './state.js';
import { texts } from './texts.js';
import { failed } from './toasts.js';
import { askWho } from './who.js';

const pageSize = 30;
const list = document.getElementById('log');
const more = document.getElementById('log-more');
const filter = document.getElementById('log-filter');

let known;
let entries = [];
let next = null;
let loaded = false;

export function startLog() {
  filter.setAttribute('aria-label', texts.filterTitle);
  for (const [value, text] of Object.entries(texts.filters)) {
    filter.append(make('button', { type: 'button', 'aria-pressed': String(value === 'all'), onclick: (event) => choose(value, event.target) }, text));
  }
  more.textContent = texts.more;
  more.addEventListener('click', loadMore);
  on('log', refresh);
}

function choose(value, button) {
  known = { all: undefined, known: true, unknown: false }[value];
  for (const other of filter.children) other.setAttribute('aria-pressed', String(other === button));
  entries = [];
  next = null;
  loaded = false;
  refreshLog();
}

async function refresh() {
  const asked = known;
  const page = await api.sightings({ limit: pageSize, known });
  if (asked !== known) return;
  const fresh = new Set(page.items.map((entry) => entry.id));
  const older = entries.filter((entry) => !fresh.has(entry.id));
  const last = page.items.at(-1);
  // What was loaded before stays below the newest page, unless more came in between than a page holds.
  const connected = last && entries.some((entry) => fresh.has(entry.id));
  const below = connected ? older.filter((entry) => entry.firstSeen < last.firstSeen || (entry.firstSeen === last.firstSeen && entry.id < last.id)) : [];
  entries = [...page.items, ...below];
  if (below.length === 0) next = page.next;
  loaded = true;
  show();
}

async function loadMore() {
  more.disabled = true;
  try {
    const page = await api.sightings({ limit: pageSize, known, cursor: next });
    const have = new Set(entries.map((entry) => entry.id));
    entries = [...entries, ...page.items.filter((entry) => !have.has(entry.id))];
    next = page.next;
    show();
  } catch (error) {
    failed(error);
  }
  more.disabled = false;
}

function show() {
  more.hidden = !next;
  if (!loaded) return;
  if (entries.length === 0) {
    const text = known === undefined ? texts.noSightings : texts.noneOfThese;
    reconcile(list, [text], (item) => item, () => make('li', { class: 'none' }, text), () => {});
    return;
  }
  const items = [];
  let day = null;
  for (const entry of entries) {
    const name = dayName(entry.firstSeen);
    if (name !== day) items.push({ day: name });
    day = name;
    items.push(entry);
  }
  reconcile(list, items, (item) => item.id ?? `day ${item.day}`, (item) => (item.day ? make('li', { class: 'day' }, item.day) : row(item)), (element, item) => item.id && update(element, item));
}

function row(entry) {
  const element = make(
    'li',
    {},
    make(
      'button',
      { type: 'button', class: 'row', onclick: () => askWho(entry.id, element.dataset.stranger || null) },
      faceImage(null),
      make('span', { class: 'what' }, make('span', { class: 'name' }), make('span', { class: 'where' })),
      make('span', { class: 'chip' }),
    ),
  );
  return element;
}

function update(element, entry) {
  const isKnown = isNamed(entry);
  element.className = style(isKnown ? entry.person : null, entry.similarity);
  element.dataset.stranger = isKnown ? '' : (entry.person ?? '');
  element.firstChild.disabled = isKnown || !entry.hasFace;
  setFace(element.querySelector('.face'), entry.hasFace ? address.faceOfSighting(entry.id) : null);
  setText(element.querySelector('.name'), entry.personName ?? (isKnown ? '' : texts.unknown));
  const until = entry.ended ? time(entry.lastSeen) : texts.still;
  const span = entry.ended && until === time(entry.firstSeen) ? until : `${time(entry.firstSeen)} – ${until}`;
  setText(element.querySelector('.where'), `${entry.cameraName ?? texts.removedCamera} · ${span}`);
  // Named by hand, a sighting may have no similarity.
  setText(element.querySelector('.chip'), isKnown ? (entry.similarity === null ? '' : percent(entry.similarity)) : entry.hasFace ? texts.name : '');
}
