// What the server says at this moment, asked for again and again while the page is seen.

import { api, Unreachable } from './api.js';

const fast = 500;
const log = 2000;
const slow = 5000;
const afterFailure = 1500;

const listeners = { cameras: [], status: [], log: [], connection: [] };

export const state = { cameras: [], status: null, connected: true, problem: null };

export const on = (what, listener) => listeners[what].push(listener);
const tell = (what) => listeners[what].forEach((listener) => listener());

function connection(error) {
  const connected = !(error instanceof Unreachable);
  const problem = error && connected ? error.message : null;
  if (connected === state.connected && problem === state.problem) return;
  state.connected = connected;
  state.problem = problem;
  tell('connection');
}

/** Repeats `work` while the page is seen; the returned function asks for it at once. */
function repeat(work, period) {
  let timer = null;
  let running = false;
  let again = false;
  async function run() {
    clearTimeout(timer);
    if (running) {
      again = true;
      return;
    }
    running = true;
    let wait = period;
    try {
      await work();
      connection(null);
    } catch (error) {
      connection(error);
      wait = afterFailure;
    }
    running = false;
    if (again) {
      again = false;
      run();
    } else if (!document.hidden) timer = setTimeout(run, wait);
  }
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) run();
  });
  return run;
}

const pollCameras = repeat(async () => {
  const before = signature();
  state.cameras = (await api.camerasWithTracks()).items;
  tell('cameras');
  // Somebody came, went or got a name: the log has changed.
  if (signature() !== before) refreshLog();
}, fast);

const pollStatus = repeat(async () => {
  state.status = await api.status();
  tell('status');
}, slow);

const pollLog = repeat(async () => {
  for (const listener of listeners.log) await listener();
}, log);

const signature = () =>
  state.cameras.map((camera) => (camera.tracks?.faces ?? []).map((face) => `${face.sighting}:${face.person}:${face.name}`).join()).join(';');

export function refreshLog() {
  setTimeout(pollLog, 150);
}

/** After a change by this page: shows it without waiting for the next turn. */
export function refresh() {
  pollCameras();
  pollStatus();
  pollLog();
}

export function start() {
  refresh();
}
