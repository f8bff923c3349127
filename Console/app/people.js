// Everybody who is enrolled: search, add, rename, remove.

import { address, api } from './api.js';
import { confirm } from './confirm.js';
import { openDialog } from './dialog.js';
import { faceImage, iconButton, make, reconcile, setAttribute, setFace, setText } from './dom.js';
import { icon } from './icons.js';
import { refresh } from './state.js';
import { texts } from './texts.js';
import { failed, toast } from './toasts.js';
import { photoDrop } from './upload.js';

const pageSize = 50;

export function openPeople() {
  const search = make('input', { type: 'search', placeholder: texts.searchPeople, 'aria-label': texts.searchPeople, autocomplete: 'off' });
  const list = make('ul', { class: 'people' });
  const more = make('button', { type: 'button', class: 'button wide quiet', hidden: true }, texts.more);
  const open = new Set();
  let people = [];
  let next = null;
  let turn = 0;

  const name = make('input', { type: 'text', id: 'new-person', maxlength: '200', autocomplete: 'off', placeholder: texts.name });
  const adding = make(
    'section',
    { class: 'adding', 'aria-label': texts.addPerson },
    make('label', { for: 'new-person' }, texts.addPerson),
    name,
    photoDrop({
      ready: () => {
        const missing = name.value.trim() === '';
        if (missing) name.focus();
        return !missing;
      },
      target: () => ({ name: name.value.trim() }),
      done: (added) => {
        if (added) name.value = '';
        load();
        refresh();
      },
    }),
  );
  openDialog(
    texts.people,
    { kind: 'drawer' },
    adding,
    make('div', { class: 'search' }, icon('search'), search),
    list,
    more,
  );

  async function load() {
    turn += 1;
    const now = turn;
    try {
      const page = await api.people({ search: search.value.trim(), limit: pageSize });
      if (now !== turn) return;
      people = page.items;
      next = page.next;
      show();
    } catch (error) {
      failed(error);
    }
  }

  async function loadMore() {
    more.disabled = true;
    try {
      const page = await api.people({ search: search.value.trim(), limit: pageSize, cursor: next });
      people = [...people, ...page.items];
      next = page.next;
      show();
    } catch (error) {
      failed(error);
    }
    more.disabled = false;
  }

  function show() {
    more.hidden = !next;
    if (people.length > 0) {
      reconcile(list, people, (person) => person.id, row, update);
      return;
    }
    const searching = search.value.trim() !== '';
    reconcile(list, [searching], (item) => `none ${item}`, () => (searching ? make('li', { class: 'none' }, texts.nobodyFound) : nobody()), () => {});
  }

  const nobody = () => make('li', { class: 'empty' }, icon('people'), make('h3', {}, texts.noPeopleTitle), make('p', {}, texts.noPeopleText));

  function row(person) {
    const id = person.id;
    const current = () => people.find((other) => other.id === id) ?? person;
    const element = make(
      'li',
      { class: 'person' },
      make(
        'div',
        { class: 'person-head' },
        make('button', { type: 'button', class: 'row', 'aria-expanded': 'false', onclick: () => toggle(id) }, faceImage(null), make('span', { class: 'what' }, make('span', { class: 'name' }), make('span', { class: 'where' }))),
        iconButton('pencil', texts.renameOf(person.name), () => rename(element, current())),
        iconButton('trash', texts.removeOf(person.name), () => remove(current())),
      ),
    );
    return element;
  }

  function update(element, person) {
    const face = person.faces?.[0];
    setFace(element.querySelector('.face'), face ? address.faceOfPerson(person.id, face.id) : null);
    const head = element.querySelector('.row');
    if (head) {
      setText(head.querySelector('.name'), person.name);
      setText(head.querySelector('.where'), texts.photos(person.faceCount));
      setAttribute(head, 'aria-expanded', String(open.has(person.id)));
    }
    let faces = element.querySelector('.faces');
    if (!open.has(person.id)) {
      faces?.remove();
      return;
    }
    if (!faces) {
      faces = make('div', { class: 'faces' }, make('ul', {}), photoDrop({ compact: true, label: texts.addPhotosOf(person.name), target: () => ({ person: person.id }), done: () => { load(); refresh(); } }));
      element.append(faces);
    }
    reconcile(faces.firstChild, person.faces ?? [], (sample) => sample.id, (sample) => make('li', { title: `${sample.source} · ${texts.quality(sample.quality)}` }, faceImage(address.faceOfPerson(person.id, sample.id)), iconButton('close', texts.removePhoto, () => removeFace(person, sample), 'small')), () => {});
  }

  function toggle(id) {
    if (open.has(id)) open.delete(id);
    else open.add(id);
    show();
  }

  function rename(element, person) {
    const head = element.querySelector('.person-head');
    if (head.querySelector('form')) return;
    const input = make('input', { type: 'text', value: person.name, maxlength: '200', 'aria-label': texts.name });
    const form = make('form', { class: 'renaming' }, input, make('button', { type: 'submit', class: 'button' }, texts.save));
    const old = [...head.children];
    const restore = () => head.replaceChildren(...old);
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      try {
        await api.renamePerson(person.id, input.value);
        restore();
        await load();
        refresh();
      } catch (error) {
        failed(error);
      }
    });
    input.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      restore();
    });
    head.replaceChildren(form);
    input.select();
  }

  async function remove(person) {
    if (!(await confirm({ title: texts.removePerson(person.name), text: texts.removePersonText(person.faceCount), action: texts.remove }))) return;
    try {
      await api.removePerson(person.id);
      toast(texts.removedPerson(person.name));
    } catch (error) {
      failed(error);
    }
    load();
    refresh();
  }

  async function removeFace(person, sample) {
    try {
      await api.removeFace(person.id, sample.id);
    } catch (error) {
      failed(error);
    }
    load();
  }

  let waiting = null;
  search.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(load, 150);
  });
  more.addEventListener('click', loadMore);
  load();
}

