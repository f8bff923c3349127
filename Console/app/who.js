// "Who is this?": gives an unknown face a name.

import { address, api } from './api.js';
import { openDialog } from './dialog.js';
import { faceImage, make, reconcile, setText } from './dom.js';
import { refresh } from './state.js';
import { texts } from './texts.js';
import { messageOf, toast } from './toasts.js';

const same = (left, right) => left.localeCompare(right, undefined, { sensitivity: 'accent' }) === 0;

/**
 * Asks for the name of the face of `sighting` and enrols it.
 *
 * `stranger` is the id of an anonymous person whose sighting it is: the name is then for all of theirs.
 */
export function askWho(sighting, stranger = null) {
  const input = make('input', {
    type: 'text',
    id: 'who-name',
    autocomplete: 'off',
    spellcheck: 'false',
    maxlength: '200',
    placeholder: texts.name,
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': 'who-list',
    'aria-describedby': 'who-hint',
  });
  const options = make('ul', { class: 'options', id: 'who-list', role: 'listbox', 'aria-label': texts.people, hidden: true });
  const submit = make('button', { type: 'submit', class: 'button primary', disabled: true }, texts.enrol);
  const problem = make('p', { class: 'problem', role: 'alert', hidden: true });
  const form = make(
    'form',
    { class: 'who' },
    faceImage(address.faceOfSighting(sighting), 'face large'),
    make(
      'div',
      { class: 'fields' },
      make('label', { for: 'who-name', class: 'unseen' }, texts.name),
      make('div', { class: 'with-options' }, input, options),
      make('p', { class: 'hint', id: 'who-hint' }, texts.whoHint),
      problem,
      make('div', { class: 'dialog-actions' }, submit),
    ),
  );
  const dialog = openDialog(texts.whoIsThis, { kind: 'small' }, form);
  let people = [];
  let chosen = -1;
  let busy = false;
  let asked = 0;

  const typed = () => input.value.trim();

  /** `all` shows people before anything is typed. */
  async function suggest(all = false) {
    asked += 1;
    const turn = asked;
    submit.disabled = typed() === '' || busy;
    problem.hidden = true;
    try {
      const found = typed() || all ? (await api.people({ search: typed(), limit: 6 })).items : [];
      if (turn !== asked) return;
      people = found;
    } catch {
      people = [];
    }
    chosen = -1;
    showOptions();
  }

  function showOptions() {
    options.hidden = people.length === 0;
    input.setAttribute('aria-expanded', String(!options.hidden));
    input.setAttribute('aria-activedescendant', chosen >= 0 ? `who-${chosen}` : '');
    reconcile(options, people, (person) => person.id, option, (element, person) => {
      const index = people.indexOf(person);
      element.id = `who-${index}`;
      element.setAttribute('aria-selected', String(index === chosen));
      setText(element.querySelector('.name'), person.name);
    });
    const exists = people.some((person) => same(person.name, typed()));
    submit.textContent = typed() && !exists && chosen < 0 ? texts.enrolNew(typed()) : texts.enrol;
  }

  function option(person) {
    const face = person.faces?.[0];
    return make(
      'li',
      { role: 'option', onclick: () => enrol(person) },
      faceImage(face ? address.faceOfPerson(person.id, face.id) : null, 'face tiny'),
      make('span', { class: 'name' }),
      make('span', { class: 'count' }, texts.photos(person.faceCount)),
    );
  }

  async function enrol(person) {
    if (busy) return;
    busy = true;
    submit.disabled = true;
    try {
      const name = person?.name ?? typed();
      let existing = person;
      // Somebody of this very name may be beyond the few that were suggested.
      if (!existing) existing = (await api.people({ search: name, limit: 50 })).items.find((other) => same(other.name, name));
      if (stranger) await (existing ? api.mergePeople(stranger, existing.id) : api.renamePerson(stranger, name));
      else if (existing) await addTo(existing);
      else await api.addPerson(name, sighting);
      dialog.close();
      toast(texts.enrolled(existing?.name ?? name));
      refresh();
    } catch (error) {
      setText(problem, messageOf(error));
      problem.hidden = false;
      submit.disabled = false;
    }
    busy = false;
  }

  /** A face that is too poor to recognise somebody by still is theirs. */
  async function addTo(person) {
    try {
      await api.addFaceOfSighting(person.id, sighting);
    } catch (error) {
      if (error.code !== 'face-too-poor') throw error;
      await api.assignSighting(sighting, person.id);
    }
  }

  input.addEventListener('input', () => suggest());
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (people.length === 0) {
        if (typed() === '') suggest(true);
        return;
      }
      const step = event.key === 'ArrowDown' ? 1 : -1;
      chosen = ((chosen + 1 + step + people.length + 1) % (people.length + 1)) - 1;
      showOptions();
    }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (chosen >= 0) enrol(people[chosen]);
    else if (typed()) enrol(null);
  });
  input.focus();
}
