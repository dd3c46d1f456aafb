// Every operation with good requests and with each refusal that can be provoked: every answer as it is described.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';

import { Contract } from './document.mjs';
import { World, eventually, notification as told, webhookSecret } from './world.mjs';

let world;
let contract;
const seen = new Map(); // operation → statuses

before(async () => {
  world = await World.start();
  contract = new Contract((await world.ask({ path: '/openapi.json' })).json);
  await world.ready();
  await world.subscribe();
});
after(() => world?.stop());

/// Asks, judges, remembers. `key`: "GET /api/products/{id}".
async function call(key, { path = {}, query = {}, headers = {}, token = world.viewer, body, type = 'application/json', raw, method } = {}, expected = 200) {
  const found = contract.operations.find((one) => one.key === key);
  assert.ok(found, `${key} is not described`);
  let target = found.pattern.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name]));
  const search = new URLSearchParams(query).toString();
  if (search) target += `?${search}`;
  if (raw) target += raw;
  const all = { ...headers };
  if (token) all.authorization = `Bearer ${token}`;
  if (body !== undefined && type) all['content-type'] = type;
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await world.ask({ method: method ?? found.method, path: target, headers: all, body: text });
  const what = `${method ?? found.method} ${target}`;
  assert.equal(answer.status, expected, `${what}: ${answer.text}`);
  assert.deepEqual(contract.complaints(found, answer, method), [], what);
  if (!method) seen.set(key, (seen.get(key) ?? new Set()).add(answer.status));
  return answer;
}

const receive = 'POST /api/webhooks/receive/{secret}';
const hint = 'POST /api/webhooks/receive';

async function someProduct() {
  return (await world.get('/api/products?limit=1')).products[0];
}

function notification(product, quantity) {
  return { ...told(product, quantity), warehouses: [{ id: 1270, name: 'Bodega principal', quantity }] };
}

test('notifications', async () => {
  const product = await someProduct();
  const path = { secret: webhookSecret };
  const token = null;
  await call(receive, { path, token, body: notification(product, 17.25) });
  await call(receive, { path, token, body: notification(product, 17.25), headers: { 'x-stockcast-replay': '1' } });
  await call(receive, { path, token, body: '{"topic":' }, 400);
  await call(receive, { path, token, body: '[1]' }, 400);
  await call(receive, { path: { secret: 'another-secret-of-good-length' }, token, body: notification(product, 1) }, 401);
  await call(receive, { path, token, body: 'x'.repeat((1 << 20) + 1) }, 413);
  await call(receive, { path, token, body: '{}', type: 'text/plain' }, 415);
  await call(receive, { path, token, body: {} }, 422);
  await call(receive, { path, token, body: { ...notification(product, 1), company_key: 'somebody-else' } }, 422);
  await call(receive, { path, token, body: notification(product, 1), query: { x: 1 } }, 400);

  await call(hint, { token, body: notification(product, 3) }, 202);
  await call(hint, { token, body: '{"a":1,"a":2}' }, 400);
  await call(hint, { token, body: 'x'.repeat((1 << 20) + 1) }, 413);
  await call(hint, { token, body: '{}', type: null }, 415);
  await call(hint, { token, body: { topic: 'x' } }, 422);
});

test('products', async () => {
  const product = await someProduct();
  const page = await call('GET /api/products', { query: { limit: 2 } });
  await call('GET /api/products', { query: { limit: 2, cursor: page.json.next } });
  for (const query of [{ search: 'CAMIS' }, { active: true }, { warehouse: 1270 }, { stock_below: 5 }, { limit: 1000 }, { search: 'nothing has this name' }])
    await call('GET /api/products', { query });
  for (const query of [{ limit: 0 }, { limit: 1001 }, { cursor: '!' }, { active: 'perhaps' }, { stock_below: 'few' }, { colour: 'red' }, { search: '' }])
    await call('GET /api/products', { query }, 400);

  const one = 'GET /api/products/{id}';
  await call(one, { path: { id: product.id } });
  await call(one, { path: { id: product.code }, query: { by: 'code' } });
  await call(one, { path: { id: product.id }, query: { by: 'name' } }, 400);
  await call(one, { path: { id: 'no-such-product' } }, 404);
  await call(one, { path: { id: 'no-such-code' }, query: { by: 'code' } }, 404);
});

test('products as a table', async () => {
  const csv = { accept: 'text/csv' };
  const whole = await call('GET /api/products', { headers: csv });
  assert.equal(whole.type, 'text/csv');
  const packed = await call('GET /api/products', { headers: { ...csv, 'accept-encoding': 'gzip' } });
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.equal(packed.text.split('\r\n').length, whole.text.split('\r\n').length);
  const page = await call('GET /api/products', { headers: csv, query: { limit: 2 } });
  assert.equal(page.text.split('\r\n').length, 4);
  await call('GET /api/products', { headers: csv, query: { limit: 0 } }, 400);
});

test('the past', async () => {
  const product = await someProduct();
  const one = 'GET /api/products/{id}';
  const path = { id: product.id };
  for (const at of [product.seq, new Date().toISOString(), '2125-01-20T10:30:00Z']) await call(one, { path, query: { at } });
  await call(one, { path, query: { at: '2020-01-01' } }, 404);
  for (const at of ['', 'yesterday', '-1', 2 ** 52]) await call(one, { path, query: { at } }, 400);

  const history = 'GET /api/products/{id}/history';
  const { json } = await call(history, { path, query: { limit: 1 } });
  await call(history, { path, query: { limit: 1, before: json.history[0].seq } });
  await call(history, { path: { id: product.code }, query: { by: 'code' } });
  for (const query of [{ before: -1 }, { limit: 0 }, { by: 'name' }]) await call(history, { path, query }, 400);
  await call(history, { path: { id: 'no-such-product' } }, 404);
});

test('drift', async () => {
  await call('GET /api/drift');
  await call('GET /api/drift', { query: { limit: 1, before: 1000 } });
  for (const query of [{ before: -1 }, { before: 'x' }, { limit: 0 }]) await call('GET /api/drift', { query }, 400);
});

test('streams', async () => {
  const list = 'GET /api/streams';
  const end = 'DELETE /api/streams/{id}';
  const token = world.admin;
  const socket = new WebSocket(`ws://127.0.0.1:${world.port}/ws`, [`bearer.${world.viewer}`]);
  const closed = new Promise((done) => socket.on('close', done));
  await new Promise((done) => socket.once('message', done));
  socket.send(JSON.stringify({ type: 'subscribe', types: ['stock_updated'], codes: ['A'], warehouses: [1270, 'x'] }));
  await new Promise((done) => socket.once('message', done));
  const { json } = await call(list, { token, query: { limit: 1, cursor: '0' } });
  assert.deepEqual(json.streams[0].filter, { types: ['stock_updated'], codes: ['A'], warehouses: ['x', 1270] });
  await call(end, { token, path: { id: json.streams[0].id } });
  assert.equal(await closed, 1008);
  await call(end, { token, path: { id: 'x' } }, 404);
  await call(end, { token, path: { id: '1' }, query: { x: 1 } }, 400);
  await call(list, {}, 403);
  await call(end, { path: { id: '1' } }, 403);
  for (const query of [{ cursor: 'x' }, { limit: 0 }]) await call(list, { token, query }, 400);
});

test('changes', async () => {
  const changes = 'GET /api/changes';
  const { json } = await call(changes, { query: { since: 0, limit: 1000 } });
  assert.ok(json.changes.length > 100);
  const { epoch, seq } = json;
  await call(changes, { query: { since: seq, epoch, wait: '50ms' } });
  await call(changes, { query: { since: seq + 1000 } }, 410);
  await call(changes, { query: { epoch: 'another' } }, 410);
  for (const query of [{ since: -1 }, { since: 'x' }, { wait: '61s' }, { wait: '5' }, { epoch: '' }]) await call(changes, { query }, 400);
});

test('logs', async () => {
  const list = 'GET /api/webhooks/logs';
  const page = await call(list, { query: { limit: 3 } });
  assert.equal(page.json.logs.length, 3);
  await call(list, { query: { limit: 3, before: page.json.next } });
  const product = await someProduct();
  for (const query of [{ product: product.code }, { product: product.id }, { processed: false }, { topic: 'public.siigoapi.products.create' }, { from: '2025-01-01T00:00:00Z', to: '2125-01-01T00:00:00Z' }])
    await call(list, { query });
  for (const query of [{ before: 'x' }, { processed: 'maybe' }, { from: 'yesterday' }, { limit: '1e2' }]) await call(list, { query }, 400);

  const one = 'GET /api/webhooks/logs/{id}';
  await call(one, { path: { id: page.json.logs[0].id } });
  await call(one, { path: { id: '01JJ1Z7WF6CEM1QN4Y7Z8K3B2D' } }, 404);
  await call(one, { path: { id: 'x' } }, 404);
  await call(one, { path: { id: 'x' }, query: { y: 1 } }, 400);

  await call('GET /api/sync/logs', { query: { limit: 1 } });
  await call('GET /api/sync/logs', { query: { before: '1' } }, 400);
});

test('states and descriptions', async () => {
  for (const key of ['GET /api/stats', 'GET /api/webhooks/stats']) {
    await call(key);
    await call(key, { query: { a: 1 } }, 400);
  }
  for (const key of ['GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /openapi.json', 'GET /asyncapi.json', 'GET /client.js', 'GET /']) {
    await call(key, { token: null });
    await call(key, { token: null, query: { a: 1 } }, 400);
    await call(key, { token: null, method: 'HEAD' });
  }
});

test('a sync', async () => {
  const sync = 'POST /api/sync';
  await world.siigo('faults', { slow: 1, slow_by: 500 });
  await call(sync, { token: world.admin, query: { full: true } }, 202);
  await call(sync, { token: world.admin }, 409);
  await call(sync, { token: world.viewer }, 403);
  await call(sync, { token: world.admin, query: { full: 'yes' } }, 400);
  await eventually('the end of the sync', async () => !(await world.get('/api/stats')).syncRunning);
});

test('administration', async () => {
  const token = world.admin;
  const product = await someProduct();
  const refresh = 'POST /api/products/{id}/refresh';
  await call(refresh, { token, path: { id: product.id } });
  await call(refresh, { token, path: { id: product.code }, query: { by: 'code' } });
  await call(refresh, { token, path: { id: product.id }, query: { by: 'name' } }, 400);
  await call(refresh, { token, path: { id: 'no-such-product' } }, 404);

  const trial = 'POST /api/webhooks/test';
  await call(trial, { token, body: { product_id: product.id, new_stock: 7.5 } });
  await call(trial, { token, body: { product_code: 'NOBODY-HAS-IT', new_stock: '-1' } });
  await call(trial, { token, body: '{"new_stock":' }, 400);
  await call(trial, { token, body: { product_id: product.id } }, 422);
  await call(trial, { token, body: 'x'.repeat((1 << 20) + 1) }, 413);
  await call(trial, { token, body: '{}', type: 'text/plain' }, 415);

  const again = 'POST /api/webhooks/logs/{id}/reprocess';
  const newest = async () => (await world.get('/api/webhooks/logs?limit=1')).logs[0].id;
  await call(again, { token, path: { id: await newest() } }, 409);
  await call(receive, { path: { secret: webhookSecret }, token: null, body: notification(product, 4) });
  await call(again, { token, path: { id: await newest() } });
  await call(receive, { path: { secret: webhookSecret }, token: null, body: { topic: 'x' } }, 422);
  await call(again, { token, path: { id: await newest() } }, 422);
  await call(again, { token, path: { id: 'x' } }, 404);
  await call(again, { token, path: { id: 'x' }, query: { y: 1 } }, 400);

  await call('GET /api/audit', { token, query: { limit: 1 } });
  await call('GET /api/audit', { token, query: { subject: 'contract', from: '2025-01-01T00:00:00Z' } });
  await call('GET /api/audit', { token, query: { before: 'x' } }, 400);
});

test('subscriptions', async () => {
  const setup = 'POST /api/webhooks/setup';
  await call(setup, { token: world.admin }, 409);
  await call(setup, { token: world.admin, query: { x: 1 } }, 400);
  await call('GET /api/webhooks/subscriptions');
  await call('GET /api/webhooks/subscriptions', { query: { x: 1 } }, 400);
  const usual = world;
  world = await World.start({ settings: { WEBHOOK_BASE_URL: 'https://shop.example/api/webhooks' } });
  try {
    assert.equal((await call(setup, { token: world.admin })).json.subscriptions.length, 3);
    assert.equal((await call('GET /api/webhooks/subscriptions')).json.subscriptions.length, 3);
  } finally {
    await world.stop();
    world = usual;
  }
});

test('sessions and tickets', async () => {
  const opened = await call('POST /api/session');
  const cookie = String(opened.headers['set-cookie']).split(';')[0];
  const origin = `http://127.0.0.1:${world.port}`;
  await call('POST /api/session', { query: { x: 1 } }, 400);
  await call('POST /api/stream/ticket', { token: null, headers: { cookie, origin } });
  await call('POST /api/stream/ticket', { query: { x: 1 } }, 400);
  await call('GET /api/stats', { token: null, headers: { cookie } });
  await call('DELETE /api/session', { token: null, headers: { cookie, origin } });
  await call('DELETE /api/session', { query: { x: 1 } }, 400);
  await call('GET /api/stats', { token: null, headers: { cookie } }, 401);
});

test('the door of the WebSocket', async () => {
  const key = 'GET /ws';
  const handshake = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
  await call(key, { headers: handshake }, 101);
  await call(key, { headers: handshake, token: null, query: { access_token: world.viewer, since: 0 } }, 101);
  await call(key, { headers: handshake, token: null }, 401);
  await call(key, { headers: { ...handshake, origin: 'https://elsewhere.example' } }, 403);
  await call(key, { headers: { ...handshake, 'sec-websocket-version': '8' } }, 426);
  await call(key, { headers: handshake, query: { since: 'x' } }, 400);
});

test('the door of the events', async () => {
  const key = 'GET /api/events';
  await call(key);
  await call(key, { query: { types: 'stock_updated,alert', codes: 'A,B', warehouses: '1270' } });
  await call(key, { headers: { 'last-event-id': 'x' } });
  await call(key, { token: null, query: { access_token: world.viewer, since: 0 } });
  await call(key, { token: null }, 401);
  for (const query of [{ since: 'x' }, { types: 'sales' }, { codes: 'a,,b' }, { epoch: '' }]) await call(key, { query }, 400);
});

test('tokens that are none', async () => {
  for (const { key, operation, pattern } of contract.operations) {
    if (!operation.security.length) continue;
    const path = { id: 'x' };
    if (pattern === '/ws') continue; // its own test
    await call(key, { path, token: null, body: key.startsWith('POST') ? {} : undefined }, 401);
    await call(key, { path, token: 'a.b.c', body: key.startsWith('POST') ? {} : undefined }, 401);
    if (operation.security.every((one) => one.bearer?.includes('admin')))
      await call(key, { path, token: world.viewer, body: key.startsWith('POST') ? {} : undefined }, 403);
  }
});

test('methods that a path does not take', async () => {
  for (const pattern of Object.keys(contract.document.paths)) {
    const { key } = contract.operations.find((one) => one.pattern === pattern);
    const known = contract.methodsOf(pattern);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'OPTIONS'].filter((one) => !known.includes(one)))
      await call(key, { path: { id: 'x', secret: webhookSecret }, method }, method === 'OPTIONS' ? 204 : 405);
  }
});

test('an answer that is not as described is noticed', async () => {
  const found = contract.operations.find(({ key }) => key === 'GET /api/stats');
  const answer = await call('GET /api/stats');
  const spoilt = [
    { status: 418 },
    { status: 201 },
    { type: 'text/html' },
    { json: undefined },
    { json: { ...answer.json, surprise: 1 } },
    { json: { ...answer.json, seq: '42' } },
    { json: { ...answer.json, products: { ...answer.json.products, avg_stock: undefined } } },
    { headers: { ...answer.headers, 'x-content-type-options': undefined } },
    { status: 404, type: 'application/problem+json', json: { type: 'about:blank', title: 'x', status: 404, detail: 'x', success: false } },
    { status: 429, type: 'application/problem+json', json: { type: 'about:blank', title: 'x', status: 429, detail: 'x', success: false } },
  ];
  for (const change of spoilt) assert.notDeepEqual(contract.complaints(found, { ...answer, ...change }), [], JSON.stringify(change));
});

test('what is at hand already is not sent again', async () => {
  const product = await someProduct();
  const log = (await world.get('/api/webhooks/logs?limit=1')).logs[0];
  for (const found of contract.operations.filter(({ operation }) => '304' in operation.responses)) {
    const id = found.pattern.includes('/logs/') ? log.id : product.id;
    const target = found.pattern.replace('{id}', id);
    const authorization = `Bearer ${world.admin}`;
    // What changes by itself meanwhile is asked for again.
    const same = await eventually(`304 of ${target}`, async () => {
      const { etag } = (await world.ask({ path: target, headers: { authorization } })).headers;
      const again = await world.ask({ path: target, headers: { authorization, 'if-none-match': etag } });
      return again.status === 304 && again;
    });
    assert.deepEqual(contract.complaints(found, same), [], target);
    seen.get(found.key).add(304);
  }
});

// Not to be provoked from outside without breaking the server, or told by tests of their own (tests/http, tests/e2e).
const elsewhere = new Set(['429', '502', '503', '4XX', '5XX']);
const elsewhereOf = new Set(['GET /api/products/{id}: 410']);

test('every operation was asked, and every answer that it describes was seen', () => {
  const missing = [];
  for (const { key, operation } of contract.operations) {
    for (const status of Object.keys(operation.responses)) {
      const name = `${key}: ${status}`;
      if (!elsewhere.has(status) && !elsewhereOf.has(name) && !seen.get(key)?.has(Number(status))) missing.push(name);
    }
  }
  assert.deepEqual(missing, []);
});
