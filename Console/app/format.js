// Numbers and times for people.

import { language, texts } from './texts.js';

const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

export const time = (text) => clock.format(new Date(text));

export function span(from, to = Date.now()) {
  const seconds = Math.max(0, Math.round((new Date(to) - new Date(from)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

export function dayName(text) {
  const date = new Date(text);
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  if (date >= midnight) return texts.today;
  if (date >= midnight - 24 * 3600 * 1000) return texts.yesterday;
  return day.format(date);
}

/** As it stands in the picture. */
export const percent = (similarity) => `${Math.floor((similarity ?? 0) * 100)} %`;

/** The colour of a face, as the server draws its box. */
export function style(person, similarity) {
  if (!person || similarity === null) return 'unknown';
  if (similarity >= 0.7) return 'sure';
  return similarity >= 0.5 ? 'likely' : 'weak';
}

/** Whether a face or a sighting is somebody's who has a name; an anonymous person is to be named. */
export const isNamed = (face) => face.person !== null && !face.anonymous;
