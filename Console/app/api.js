// The HTTP API, and whether it can be reached.

const base = '/api/v1';

/** An answer that is no success: `message` is for a person, `results` is there for refused photos. */
export class Problem extends Error {
  constructor(status, body) {
    super([body.detail ?? body.title ?? `HTTP ${status}`, body.remedy].filter(Boolean).join(' – '));
    this.status = status;
    this.code = body.code;
    this.results = body.results;
  }
}

/** The server could not be reached at all. */
export class Unreachable extends Error {}

async function call(method, path, body) {
  const options = { method, cache: 'no-store', headers: {} };
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(base + path, options);
  } catch {
    throw new Unreachable();
  }
  const type = response.headers.get('Content-Type') ?? '';
  const content = type.includes('json') ? await response.json().catch(() => ({})) : {};
  if (!response.ok) throw new Problem(response.status, content);
  return content;
}

const query = (parameters) => {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return pairs.length ? `?${pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}` : '';
};

export const api = {
  status: () => call('GET', '/status'),
  camerasWithTracks: () => call('GET', '/cameras?include=tracks'),
  addCamera: (name, uri) => call('POST', '/cameras', { name, uri }),
  changeCamera: (id, change) => call('PATCH', `/cameras/${id}`, change),
  removeCamera: (id) => call('DELETE', `/cameras/${id}`),

  assignSighting: (id, person) => call('PATCH', `/sightings/${id}`, { person }),
  sightings: (parameters) => call('GET', `/sightings${query(parameters)}`),

  people: (parameters) => call('GET', `/people${query({ include: 'faces', ...parameters })}`),
  person: (id) => call('GET', `/people/${id}`),
  addPerson: (name, sighting) => call('POST', '/people', sighting ? { name, sighting } : { name }),
  renamePerson: (id, name) => call('PATCH', `/people/${id}`, { name }),
  mergePeople: (source, target) => call('POST', `/people/${target}/merge`, { source }),
  removePerson: (id) => call('DELETE', `/people/${id}`),
  addFaceOfSighting: (id, sighting) => call('POST', `/people/${id}/faces`, { sighting }),
  removeFace: (id, face) => call('DELETE', `/people/${id}/faces/${face}`),

  /** A new person with a first photo; `person` is an id for one more photo of somebody known. */
  addPhoto(photo, { name, person }) {
    const form = new FormData();
    if (name !== undefined) form.append('name', name);
    form.append('image', photo, photo.name);
    return call('POST', person ? `/people/${person}/faces` : '/people', form);
  },
};

export const address = {
  frame: (camera) => `${base}/cameras/${camera}/frame.jpg`,
  stream: (camera) => `${base}/cameras/${camera}/stream.mjpeg`,
  faceOfSighting: (id) => `${base}/sightings/${id}/face.jpg`,
  faceOfPerson: (person, face) => `${base}/people/${person}/faces/${face}/image.jpg`,
};
