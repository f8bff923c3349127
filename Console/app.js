// The console: one page that shows what the cameras see and who is there.

import { openAddCamera } from './app/add-camera.js';
import { startInView } from './app/in-view.js';
import { icon } from './app/icons.js';
import { startLog } from './app/log.js';
import { openPeople } from './app/people.js';
import { start } from './app/state.js';
import { texts } from './app/texts.js';
import { startTop } from './app/top.js';
import { startWall } from './app/wall.js';
import { make } from './app/dom.js';

for (const element of document.querySelectorAll('[data-text]')) element.textContent = texts[element.dataset.text];

function button(id, name, text, action) {
  const element = document.getElementById(id);
  element.append(icon(name), make('span', {}, text));
  element.addEventListener('click', action);
}

button('open-people', 'people', texts.people, openPeople);
button('add-camera', 'plus', texts.addCamera, openAddCamera);

startTop();
startWall();
startInView();
startLog();
start();
