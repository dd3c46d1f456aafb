// Bad input made from OpenAPI's document: whatever is asked, the answer is one that the document describes, comes soon, is no
// server's failure, and where a parameter is at fault it is named along with what is accepted.
//   CONTRACT_SECONDS=600 CONTRACT_SEED=7 node --test tests/contract/fuzz.test.mjs
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Contract } from './document.mjs';
import { badBodies, badEncodings, badValues, chance, contentTypes, goodValues, headerPool, methods, mutations, oddHeaders } from './values.mjs';
import { World, eventually, webhookSecret } from './world.mjs';

const seconds = Number(process.env.CONTRACT_SECONDS ?? 20);
const seed = Number(process.env.CONTRACT_SEED ?? 1);
const hang = 20_000;
const atOnce = 8;
const long = (n) => 'a'.repeat(n);

let world;
let contract;
let live; // values that lead somewhere
const findings = new Map();
let asked = 0;

before(async () => {
  world = await World.start();
  contract = new Contract((await world.ask({ path: '/openapi.json' })).json);
  await world.ready();
  await world.subscribe();
  const products = (await world.get('/api/products?limit=20')).products;
  await world.siigo('sell', { code: products[0].code, stock: 7 });
  const logs = await eventually('a log entry', async () => { const page = await world.get('/api/webhooks/logs?limit=5'); return page.logs.length > 0 && page.logs; });
  const { seq, epoch } = await world.get('/api/changes?limit=1');
  const { next } = await world.get('/api/products?limit=1');
  live = { products, logs, seq, epoch, next };
});
after(() => world?.stop());

function argumentsOf(pattern, random) {
  if (pattern.includes('/products/')) return [live.products[0].id, random?.one(live.products).code ?? live.products[0].code];
  if (pattern.includes('/logs/')) return live.logs.map((log) => log.id);
  if (pattern.includes('{secret}')) return [webhookSecret];
  return ['x'];
}

function examplesOf(parameter) {
  const known = { cursor: [parameter.example ?? live.next], before: [parameter.schema.type === 'integer' ? live.seq : live.logs[0].id], since: [live.seq, 0], epoch: [live.epoch], product: [live.products[0].id, live.products[0].code], at: [live.seq] };
  return known[parameter.name] ?? (parameter.example !== undefined ? [parameter.example] : []);
}

// What only an earlier answer can give: anything else is refused.
const opaque = new Set(['cursor', 'before']);
const good = (parameter) => (opaque.has(parameter.name) ? examplesOf(parameter) : goodValues(parameter.schema, examplesOf(parameter)));

function note(found, request, complaint) {
  const kind = `${found.key}: ${complaint}`.slice(0, 300);
  if (findings.size >= 40 || findings.has(kind)) return;
  const shown = { ...request, headers: { ...request.headers } };
  delete shown.headers.authorization;
  findings.set(kind, JSON.stringify(shown, (_, value) => (typeof value === 'string' && value.length > 200 ? `${value.slice(0, 200)}… (${value.length})` : value)));
}

const tokenFor = (operation) => (operation.security.length ? world.admin : null);

/// Asks and judges. `expects(answer)`: what more must hold; a complaint or nothing.
async function ask(found, { method = found.method, target, headers = {}, body }, expects) {
  const all = { ...headers };
  if (!('authorization' in all) && tokenFor(found.operation)) all.authorization = `Bearer ${tokenFor(found.operation)}`;
  for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name];
  const request = { method, path: target, headers: all, body };
  ++asked;
  let answer;
  try {
    answer = await world.ask({ ...request, timeout: hang });
  } catch (error) {
    // Node itself refuses to send some requests: these were not asked.
    if (['ERR_INVALID_CHAR', 'ERR_UNESCAPED_CHARACTERS', 'ERR_HTTP_INVALID_HEADER_VALUE'].includes(error.code)) return;
    return note(found, request, `no answer: ${error.message}`);
  }
  // The refusal of an oversized header may come while the rest is under way, as any other.
  for (const complaint of contract.complaints(found, answer, method)) note(found, request, complaint);
  if (answer.status >= 500 && !(answer.status === 503 && answer.headers['retry-after'])) note(found, request, `${answer.status}: ${answer.text.slice(0, 100)}`);
  const more = expects?.(answer);
  if (more) note(found, request, more);
}

const refuses = (name) => (answer) => {
  if (answer.status !== 400) return `a bad ${name} is answered with ${answer.status}`;
  const detail = answer.json?.detail ?? '';
  if (!detail.includes(name)) return `the 400 for ${name} does not name it: ${detail}`;
  if (!/accepted|known/.test(detail)) return `the 400 for ${name} does not say what is accepted: ${detail}`;
};

const encode = (value) => encodeURIComponent(String(value));
const pathOf = (pattern, argument) => pattern.replace(/\{\w+\}/, encode(argument));

/// Runs what `jobs` yields, so many at once, until it is out of them or of time.
async function run(jobs, until = Infinity) {
  const worker = async () => {
    for (const job of jobs) {
      await job();
      if (Date.now() > until || findings.size >= 40) return;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

function judged() {
  const text = [...findings].map(([kind, request]) => `${kind}\n    ${request}`).join('\n');
  const count = findings.size;
  findings.clear();
  assert.equal(count, 0, `seed ${seed}\n${text}`);
}

const goodBody = (operation) => {
  const { part } = contract.resolved(operation.requestBody);
  const media = part?.content?.['application/json'];
  return media?.example ?? Object.values(media?.examples ?? {})[0]?.value;
};

function bodied(found) {
  const body = goodBody(found.operation);
  return body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function* badParameters() {
  for (const found of contract.operations) {
    const path = pathOf(found.pattern, argumentsOf(found.pattern)[0]);
    // A handshake that is good but for the parameter.
    const handshake = found.pattern === '/ws' ? { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' } : {};
    const rest = bodied(found);
    const headers = { ...handshake, ...rest.headers };
    const get = (query, expects) => () => ask(found, { target: `${path}?${query}`, headers, body: rest.body }, expects);
    for (const parameter of contract.parametersOf(found.operation)) {
      const { name } = parameter;
      if (parameter.in === 'path') {
        for (const bad of badEncodings) yield () => ask(found, { target: found.pattern.replace(/\{\w+\}/, bad), headers, body: rest.body }, (answer) => (answer.status >= 400 && answer.status < 500 ? undefined : `${bad} in the path: ${answer.status}`));
        for (const odd of ['.', '..', '%2F', '%2e%2e%2f', long(3000), long(20_000), '*', '%25']) yield () => ask(found, { target: found.pattern.replace(/\{\w+\}/, odd), headers, body: rest.body }, undefined);
      }
      if (parameter.in !== 'query') continue;
      if (['access_token', 'ticket'].includes(name)) {
        yield get(`${name}=x`);
        continue;
      }
      const [fitting] = good(parameter);
      for (const bad of badValues(parameter.schema)) yield get(`${name}=${encode(bad)}`, refuses(name));
      for (const bad of badEncodings) yield get(`${name}=${bad}`, refuses(name));
      yield get(`${name}=`, refuses(name));
      yield get(name, refuses(name));
      yield get(`${name}=${encode(fitting)}&${name}=${encode(fitting)}`, refuses(name));
      yield get(`${name}=${encode(fitting)}`, (answer) => (answer.status === 400 ? `${name}=${fitting} is refused: ${answer.json?.detail}` : undefined));
      yield get(`${name}=${long(9000)}`);
      yield get(`${name}=${long(30_000)}`);
      yield get(`${name.toUpperCase()}=${encode(fitting)}`, refuses(name.toUpperCase()));
      yield get(`${name}[]=${encode(fitting)}`, refuses(`${name}[]`));
    }
    yield get('nobody_knows_this=1', refuses('nobody_knows_this'));
    yield get(Array.from({ length: 40 }, (_, i) => `p${i}=1`).join('&'), (answer) => (answer.status === 400 ? undefined : `40 parameters: ${answer.status}`));
    yield get('=1', (answer) => (answer.status === 400 ? undefined : `a nameless parameter: ${answer.status}`));
    yield get('%ff=1', (answer) => (answer.status === 400 ? undefined : `a name that is no UTF-8: ${answer.status}`));
  }
}

function* badRequests() {
  for (const found of contract.operations) {
    const target = pathOf(found.pattern, argumentsOf(found.pattern)[0]);
    const rest = bodied(found);
    for (const method of methods) yield () => ask(found, { method, target, ...rest });
    for (const [name, values] of Object.entries(headerPool)) {
      for (const value of [...values, ...oddHeaders, values.slice(1, 3)]) if (value !== undefined) yield () => ask(found, { target, headers: { ...rest.headers, [name]: value }, body: rest.body });
    }
    for (const authorization of ['Bearer', 'Bearer ', 'Bearer x', 'Basic YTpi', `Bearer ${world.admin}x`, `Bearer ${long(8000)}`, 'bearer a.b.c', `Bearer ${world.viewer} `, [`Bearer ${world.admin}`, `Bearer ${world.viewer}`]])
      yield () => ask(found, { target, headers: { ...rest.headers, authorization }, body: rest.body });
    if (found.method === 'GET') continue;
    for (const type of contentTypes) yield () => ask(found, { target, headers: { 'content-type': type }, body: rest.body ?? '{}' });
    for (const body of badBodies) yield () => ask(found, { target, headers: { 'content-type': 'application/json' }, body });
    const { part } = contract.resolved(found.operation.requestBody);
    const example = goodBody(found.operation);
    if (example === undefined) continue;
    const described = part.content['application/json'].schema;
    const schema = contract.resolved(described).part;
    for (const mutated of mutations(example, schema)) yield () => ask(found, { target, headers: rest.headers, body: JSON.stringify(mutated) });
  }
}

/// Everything at once, by chance: parameters good and bad, headers, methods, bodies.
function* anything(random) {
  for (;;) {
    const found = random.one(contract.operations);
    const target = [];
    for (const parameter of contract.parametersOf(found.operation)) {
      if (parameter.in !== 'query' || random.is(0.6) || ['access_token', 'ticket'].includes(parameter.name)) continue;
      const values = random.is(0.85) ? good(parameter) : badValues(parameter.schema);
      if (values.length) target.push(`${parameter.name}=${encode(random.one(values))}`);
    }
    const headers = {};
    for (const [name, values] of Object.entries(headerPool)) if (random.is(0.15)) headers[name] = random.one(values);
    const request = { method: random.is(0.9) ? found.method : random.one(methods), headers };
    const argument = random.is(0.8) ? random.one(argumentsOf(found.pattern, random)) : random.one(['x', '..', '%', 'ñ', long(500)]);
    request.target = pathOf(found.pattern, argument) + (target.length ? `?${target.join('&')}` : '');
    if (found.method !== 'GET' && random.is(0.9)) {
      const example = goodBody(found.operation) ?? {};
      const choices = [...mutations(example, undefined)];
      request.body = random.is(0.3) ? random.one(badBodies) : JSON.stringify(random.is(0.5) ? example : random.one(choices));
      headers['content-type'] = random.is(0.9) ? 'application/json' : random.one(contentTypes);
    }
    yield () => ask(found, request);
  }
}

test('each parameter of each operation: missing, empty, of another kind, out of range, enormous, badly encoded, twice, unknown', async () => {
  await run(badParameters());
  judged();
});

test('each operation: methods, headers and bodies that do not fit', async () => {
  await run(badRequests());
  judged();
});

test(`anything at all, for ${seconds} s`, async (t) => {
  await run(anything(chance(seed)), Date.now() + seconds * 1000);
  t.diagnostic(`${asked} requests in all, seed ${seed}`);
  judged();
  assert.equal((await world.ask({ path: '/healthz' })).status, 200);
});
