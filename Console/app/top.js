// The bar at the top: how things stand, and whether the server can be reached.

import { make, reconcile, setText } from './dom.js';
import { on, state } from './state.js';
import { texts } from './texts.js';
import { toast } from './toasts.js';

const facts = document.getElementById('facts');
const banner = document.getElementById('banner');

export function startTop() {
  on('cameras', show);
  on('status', show);
  on('connection', connection);
}

function show() {
  const live = state.cameras.filter((camera) => camera.status.state === 'live').length;
  const enabled = state.cameras.filter((camera) => camera.enabled).length;
  const faces = state.cameras.reduce((sum, camera) => sum + (camera.tracks?.faces.length ?? 0), 0);
  const problem = state.status?.notReady;
  const items = [
    { id: 'health', kind: problem ? 'bad' : live < enabled ? 'fair' : enabled ? 'good' : '', text: problem ?? texts.live(live, state.cameras.length) },
    { id: 'faces', kind: '', text: texts.facesInView(faces) },
  ];
  if (state.status?.demo) items.push({ id: 'demo', kind: 'note', text: texts.demo });
  reconcile(facts, items, (item) => item.id, () => make('li', {}, make('span', { class: 'dot', 'aria-hidden': 'true' }), make('span', { class: 'text' })), (element, item) => {
    element.className = `fact ${item.kind}`;
    setText(element.querySelector('.text'), item.text);
  });
  document.title = faces ? `(${faces}) Vedette` : 'Vedette';
}

function connection() {
  const text = !state.connected ? texts.connectionLost : state.problem ? texts.serverSays(state.problem) : '';
  if (!text && !banner.hidden) toast(texts.connectionBack);
  setText(banner, text);
  banner.hidden = !text;
  document.body.classList.toggle('lost', !state.connected);
}
