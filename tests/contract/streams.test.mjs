// Every kind of message that the streams carry, as AsyncAPI's document describes it.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';

import { StreamContract } from './document.mjs';
import { mutations } from './values.mjs';
import { World, eventually } from './world.mjs';

let world;
let contract;

before(async () => {
  world = await World.start({ settings: { SIIGO_REQUESTS_PER_MINUTE: '100' } });
  contract = new StreamContract((await world.ask({ path: '/asyncapi.json' })).json);
  await world.ready();
  await world.subscribe();
});
after(() => world?.stop());

/// A client that judges every message as it comes.
class Client {
  constructor(query = '', { among = ['sendChanges'] } = {}) {
    this.messages = [];
    this.faults = [];
    const named = among.flatMap((operation) => contract.messagesOf(operation)).concat('subscribed', 'error');
    this.socket = new WebSocket(`ws://127.0.0.1:${world.port}/ws${query}`, [`bearer.${world.viewer}`]);
    this.socket.on('message', (data, isBinary) => {
      const message = JSON.parse(data.toString());
      this.messages.push(message);
      if (isBinary) this.faults.push('a binary message');
      this.faults.push(...contract.complaints(message, named));
    });
    this.closed = new Promise((done) => this.socket.on('close', (code) => done(code)));
  }

  of(type, since = 0) {
    return eventually(type, () => this.messages.slice(since).find((message) => message.type === type));
  }

  send(message) {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  async close() {
    this.socket.close();
    await this.closed;
    assert.deepEqual(this.faults, []);
  }
}

/// The same of Server-Sent Events.
class Events {
  constructor(query = '', headers = {}) {
    this.messages = [];
    this.ids = [];
    this.faults = [];
    const named = contract.messagesOf('sendEvents');
    this.ended = new Promise((done) => {
      this.request = http.get({ port: world.port, path: `/api/events${query}`, headers: { authorization: `Bearer ${world.viewer}`, ...headers } }, (response) => {
        if (!/^text\/event-stream/.test(response.headers['content-type'])) this.faults.push(`${response.statusCode} ${response.headers['content-type']}`);
        let text = '';
        response.on('data', (data) => {
          text += data;
          for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) this.take(text.slice(0, end), named);
        });
        response.on('close', done);
      });
      this.request.on('error', done);
    });
  }

  take(event, named) {
    const fields = Object.fromEntries(event.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]));
    const strange = Object.keys(fields).filter((name) => !['event', 'data', 'id', 'retry'].includes(name));
    if (strange.length) this.faults.push(`fields ${strange}: ${event}`);
    if (fields.data === undefined) return;
    const message = JSON.parse(fields.data);
    if (fields.event !== message.type) this.faults.push(`an event ${fields.event} that says ${message.type}`);
    const isChange = /^(stock|product)_/.test(message.type);
    if (isChange ? !fields.id?.endsWith(`:${message.seq}`) : fields.id !== undefined) this.faults.push(`the id of ${event}`);
    if (fields.id) this.ids.push(fields.id);
    this.messages.push(message);
    this.faults.push(...contract.complaints(message, named));
  }

  of(type) {
    return eventually(type, () => this.messages.find((message) => message.type === type));
  }

  async close() {
    this.request.destroy();
    await this.ended;
    assert.deepEqual(this.faults, []);
  }
}

test('changes of every kind, live, and a heartbeat where nothing happens', async () => {
  const client = new Client();
  const hello = await client.of('hello');
  const events = new Events();
  await events.of('hello');
  const quiet = new Client();
  await quiet.of('hello');
  quiet.send({ type: 'subscribe', codes: ['no-such-code'] });
  await quiet.of('subscribed');

  const rows = await world.siigo('products');
  const row = rows.find(({ available_quantity }) => available_quantity > 1);
  await world.siigo('sell', { code: row.code, quantity: 0.5 });
  const sale = await client.of('stock_updated');
  assert.equal(sale.productCode, row.code);
  assert.equal(sale.seq, hello.seq + 1);

  await world.siigo('product', { action: 'create', code: 'CONTRACT-1', name: 'Camiseta de algodón', stock: 3 });
  await client.of('product_created');
  await world.siigo('product', { action: 'rename', code: 'CONTRACT-1', name: 'Camiseta de lino' });
  const renamed = await client.of('product_updated');
  assert.ok(renamed.changed.includes('name'));
  await world.siigo('product', { action: 'delete', code: 'CONTRACT-1', force: true, announce: false });
  const sync = await world.ask({ method: 'POST', path: '/api/sync?full=true', headers: { authorization: `Bearer ${world.admin}` } });
  assert.equal(sync.status, 202);
  await client.of('product_deleted');
  await client.of('sync_completed');
  for (const type of ['stock_updated', 'product_created', 'product_updated', 'product_deleted', 'sync_completed', 'heartbeat']) await events.of(type);
  await quiet.of('heartbeat');
  await events.close();
  await client.close();
  await quiet.close();
});

test('resuming: all of it, none of it', async () => {
  const { seq, epoch } = await world.get('/api/changes?since=0&limit=1');
  const back = new Client(`?since=0&epoch=${epoch}`);
  await back.of('caught_up');
  const seqs = back.messages.filter((message) => /_(updated|created|deleted)$/.test(message.type)).map((message) => message.seq);
  assert.deepEqual(seqs, Array.from({ length: seq }, (_, i) => i + 1));
  await back.close();

  const events = new Events(`?since=0&epoch=${epoch}`);
  await events.of('caught_up');
  assert.equal(events.ids.length, seq);
  await events.close();
  const again = new Events('', { 'last-event-id': events.ids[9] });
  await again.of('caught_up');
  assert.deepEqual(again.ids, events.ids.slice(10));
  await again.close();
  for (const id of ['x', `another:1`]) {
    const lost = new Events('', { 'last-event-id': id });
    await lost.of('reset');
    await lost.close();
  }

  for (const query of [`?since=${seq + 100}`, '?since=1&epoch=another']) {
    const lost = new Client(query);
    await lost.of('reset');
    await lost.close();
  }
});

test('what a client says: taken as described, refused otherwise', async () => {
  const client = new Client();
  await client.of('hello');
  const described = contract.document.components.messages.subscribe.examples[0].payload;
  client.send(described);
  await client.of('subscribed');
  for (const wrong of ['{', '[]', { type: 'unsubscribe' }, { type: 'subscribe', colours: ['red'] }, { type: 'subscribe', types: ['sales'] }]) {
    const before = client.messages.length;
    client.send(wrong);
    await client.of('error', before);
  }
  await client.close();
});

test('a subscription is taken exactly where it fits its schema', async () => {
  const { payload } = contract.document.components.messages.subscribe.examples[0];
  const schema = contract.document.components.schemas.Subscribe;
  const messages = [...mutations(payload, schema)];
  for (const name of ['types', 'codes', 'warehouses']) {
    for (const odd of [payload[name][0], null, true, 1.5, -1, '', 'x'.repeat(200), 'x'.repeat(201), [], {}]) messages.push({ ...payload, [name]: [odd] });
    messages.push({ ...payload, [name]: Array(1001).fill(payload[name][0]) });
  }
  let client;
  for (const [i, message] of messages.entries()) {
    // Too many that can't be taken close a connection.
    if (i % 4 === 0) {
      await client?.close();
      client = new Client();
      await client.of('hello');
    }
    const before = client.messages.length;
    client.send(message);
    const reply = await eventually('a reply', () => client.messages.slice(before).find(({ type }) => type === 'subscribed' || type === 'error'));
    const fits = contract.complaints(message, ['subscribe']);
    assert.equal(reply.type, fits.length === 0 ? 'subscribed' : 'error', `${JSON.stringify(message).slice(0, 300)}: ${reply.detail} ${fits}`.slice(0, 800));
  }
  await client.close();
});

test('the examples of the document are messages too', () => {
  for (const [name, message] of Object.entries(contract.document.components.messages)) {
    for (const { payload } of message.examples) assert.deepEqual(contract.complaints(payload, [name]), []);
  }
});

test('an end that comes is told', async () => {
  const events = new Events();
  await events.of('hello');
  const stopped = world.server.stop();
  await events.of('close');
  await events.close();
  assert.equal(await stopped, 0);
});
