// The client and the built server, with a bad network between them.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';

import { World } from '../../tests/contract/world.mjs';
import { createClient, exact } from '../dist/index.js';
import { fileStore } from '../dist/node.js';
import { eventually } from './eventually.mjs';
import { Proxy, chance } from './proxy.mjs';

let world;
let products;

before(async () => {
  world = await World.start({ settings: { SYNC_INTERVAL: '24h' } });
  await world.ready();
  products = (await world.get('/api/products?limit=5')).products;
});
after(() => world?.stop());

/// The changes after `since`, as the server's log has them.
async function changesAfter(since) {
  const all = [];
  for (;;) {
    const { changes, seq } = await world.get(`/api/changes?since=${all.at(-1)?.seq ?? since}&limit=1000`);
    all.push(...changes);
    if ((all.at(-1)?.seq ?? since) >= seq) return all;
  }
}

test('over a network that cuts, delays and reorders, each client gets every change once, in order', async () => {
  const seed = Number(process.env.STOCKCAST_SEED ?? 1);
  const random = chance(seed);
  const proxy = await Proxy.to(world.port, random);
  const { seq, epoch } = await world.get('/api/changes?limit=1');
  const wanted = [products[0].code, products[2].code];
  const clients = [];
  for (const transport of ['websocket', 'events', 'changes']) {
    for (const filter of [undefined, { codes: wanted }]) {
      const store = { position: { seq, epoch }, load: () => store.position, save: (position) => void (store.position = position) };
      const client = createClient({
        url: proxy.url,
        token: () => world.viewer,
        store,
        filter,
        transports: [transport],
        WebSocket,
        silenceMs: 5_000,
        connectMs: 2_000,
        backoff: { leastMs: 5, mostMs: 100 },
      });
      const seen = [];
      client.on('change', (change) => seen.push(change.seq));
      client.on('snapshot', ({ reason }) => assert.fail(`a snapshot: ${reason}`));
      client.on('error', () => {}); // what the network does is the point
      client.connect();
      clients.push({ client, seen, filter, transport, store });
    }
  }
  for (let i = 0; i < 300; ++i) {
    await world.sell(products[Math.floor(random() * products.length)], i + 1000 + random());
    if (random() < 0.2) await new Promise((done) => setTimeout(done, random() * 30));
  }
  proxy.isBad = false;
  const told = await changesAfter(seq);
  assert.ok(told.length >= 250, `${told.length} changes`);
  for (const { client, seen, filter, transport, store } of clients) {
    const expected = told.filter(({ productCode }) => !filter || wanted.includes(productCode)).map((change) => change.seq);
    await eventually(`${transport} ${filter ? 'narrowed' : 'whole'}: ${expected.length} changes (STOCKCAST_SEED=${seed})`, () => seen.length >= expected.length);
    assert.deepEqual(seen, expected, `${transport}, STOCKCAST_SEED=${seed}`);
    client.close();
    await client.closed;
    assert.ok(store.position.seq >= expected.at(-1));
  }
  assert.ok(proxy.cuts > 5, `${proxy.cuts} cuts`);
  proxy.stop();
});

test('the live stock is what the server holds, to the last digit', async () => {
  const client = createClient({ url: `http://127.0.0.1:${world.port}`, token: world.viewer, WebSocket });
  client.connect();
  await client.stock.ready;
  const [product] = products;
  await world.sell(product, '12345678901234567.25');
  await eventually('the figure', () => client.stock.exact(product.code) === '12345678901234567.25');
  const { total_products } = (await world.get('/api/stats')).products;
  await eventually('all', () => client.stock.size === total_products);
  client.close();
  await client.closed;
});

test('a process that was stopped goes on where its file says', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'stockcast-client-'));
  const file = join(directory, 'position.json');
  const follow = () => createClient({ url: `http://127.0.0.1:${world.port}`, token: world.viewer, store: fileStore(file), start: 'now', transports: ['events'] });
  const first = follow();
  const iterator = first.changes();
  const begun = iterator.next();
  await eventually('live', () => first.status.state === 'live');
  await world.sell(products[1], 1);
  const seq = (await begun).value.seq;
  const next = iterator.next(); // so the first one is done
  await eventually('saved', () => first.position.seq === seq);
  first.close();
  await Promise.all([next, first.closed]);

  await world.sell(products[1], 2);
  await world.sell(products[1], 3);
  const second = follow();
  const figures = [];
  for await (const change of second.changes('stock_updated')) {
    figures.push(exact(change, 'newStock'));
    if (figures.length === 2) second.close();
  }
  assert.deepEqual(figures, ['2', '3']);
  await second.closed;
  rmSync(directory, { recursive: true });
});

test('a token that is refused is told of, and the next one works', async () => {
  const tokens = ['no-token', world.viewer];
  const client = createClient({ url: `http://127.0.0.1:${world.port}`, token: () => tokens.shift() ?? world.viewer, transports: ['events'], start: 'now', backoff: { leastMs: 1, mostMs: 10 } });
  const errors = [];
  client.on('error', (error) => errors.push(error.status));
  client.on('change', () => {});
  client.connect();
  await eventually('live', () => client.status.state === 'live');
  assert.deepEqual(errors, [401]);
  client.close();
  await client.closed;
});
