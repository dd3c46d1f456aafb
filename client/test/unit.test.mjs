// The client against a server that misbehaves on command.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import WebSocket from 'ws';

import { createClient, exact, storageStore } from '../dist/index.js';
import { fileStore } from '../dist/node.js';
import { eventually, gate } from './eventually.mjs';
import { Scripted } from './scripted.mjs';

let server;
let clients;
const quick = { leastMs: 1, mostMs: 5 };

beforeEach(async () => {
  clients = [];
  server = await Scripted.start();
  for (const [i, code] of ['A', 'B', 'C'].entries()) server.put(code, 10, i + 1);
});
afterEach(async () => {
  for (const client of clients) client.close();
  await Promise.all(clients.map(({ closed }) => closed));
  await server.stop();
});

function client(options = {}) {
  const made = createClient({ url: server.url, WebSocket, backoff: quick, ...options });
  clients.push(made);
  made.seen = [];
  made.errors = [];
  made.statuses = [];
  made.on('error', (error) => made.errors.push(error));
  made.on('status', (status) => made.statuses.push(status));
  return made;
}

/// Keeps what is delivered.
function listening(options) {
  const made = client(options);
  made.on('change', (change) => made.seen.push(change.seq));
  made.on('snapshot', (snapshot) => made.seen.push(`${snapshot.reason}@${snapshot.seq}`));
  return made.connect();
}

const live = (made) => eventually('live', () => made.status.state === 'live');
const seen = (made, expected) => eventually(`${expected} of ${made.seen}`, () => JSON.stringify(made.seen) === JSON.stringify(expected));
const memory = (position) => {
  const store = { position, saves: [], load: () => store.position, save: (newest) => void store.saves.push((store.position = newest)) };
  return store;
};

for (const transport of ['websocket', 'events', 'changes']) {
  describe(transport, () => {
    const of = (options) => listening({ transports: [transport], ...options });

    test('a snapshot, then each change once, in order', async () => {
      const one = of();
      await live(one);
      server.sell('A', 9);
      server.sell('B', 8);
      server.sell('A', 7);
      await seen(one, ['start@0', 1, 2, 3]);
      assert.deepEqual(one.position, { epoch: 'e1', seq: 3 });
      assert.deepEqual(one.errors, []);
    });

    test('goes on where the store says, and saves where it is', async () => {
      for (const stock of [9, 8, 7]) server.sell('A', stock);
      const store = memory({ epoch: 'e1', seq: 1 });
      const one = of({ store });
      await seen(one, [2, 3]);
      await eventually('the save', () => store.position.seq === 3);
      assert.equal(store.position.epoch, 'e1');
    });

    test('what can no longer be resumed is read anew', async () => {
      for (const stock of [9, 8, 7]) server.sell('A', stock);
      server.changes.splice(0, 2);
      server.oldest = 2;
      const one = of({ store: memory({ epoch: 'e1', seq: 1 }) });
      await seen(one, ['the changes after since are no longer kept@3']);
      server.sell('A', 6);
      await seen(one, ['the changes after since are no longer kept@3', 4]);
    });

    test('another epoch: all is read anew, under the new one', async () => {
      for (const stock of [9, 8, 7]) server.sell('A', stock);
      const one = of({ store: memory({ epoch: 'e0', seq: 900 }) });
      await seen(one, ['since belongs to another epoch of the store@3']);
      await live(one);
      assert.deepEqual(one.position, { epoch: 'e1', seq: 3 });
    });

    test('reading anew is tried again until it works', async () => {
      server.pageSize = 2;
      let failures = 3;
      server.onRequest = (_, response, path) => path === '/api/products' && failures-- > 0 && response.writeHead(failures === 1 ? 503 : 500).end() !== undefined;
      const one = of({ store: memory({ epoch: 'e0', seq: 5 }) });
      await seen(one, ['since belongs to another epoch of the store@0']);
      assert.equal(one.errors.filter(({ kind }) => kind === 'refused').length, 3);
    });

    test('a slow handler is waited for, and the position is saved after it only', async () => {
      const store = memory({ epoch: 'e1', seq: 0 });
      const one = client({ transports: [transport], store });
      const { open, opened } = gate();
      const begun = [];
      one.on('stock_updated', async ({ seq }) => {
        begun.push(seq);
        await opened;
      });
      one.connect();
      await live(one);
      server.sell('A', 9);
      server.sell('A', 8);
      await eventually('the handler', () => begun.length === 1);
      await new Promise((done) => setImmediate(done));
      assert.deepEqual(begun, [1]);
      assert.deepEqual(store.saves, []);
      open();
      await eventually('the second', () => store.position.seq === 2);
      assert.deepEqual(begun, [1, 2]);
    });

    test('without a byte it connects again', async () => {
      if (transport === 'changes') server.onRequest = (request, _, path) => path === '/api/changes' && /wait=25000/.test(request.url) && !server.woken;
      const one = of({ silenceMs: 150, connectMs: transport === 'changes' ? 150 : 15_000, store: memory({ epoch: 'e1', seq: 0 }) });
      if (transport === 'changes') return eventually('a second connection', () => server.requests.filter(({ path }) => /wait=0ms/.test(path)).length > 0 && one.status.state === 'live');
      await live(one);
      const before = server.requests.length;
      await eventually('another connection', () => server.requests.length > before + 1);
      assert.match(one.errors[0].message, /nothing came for 150 ms/);
      assert.equal(one.errors[0].kind, 'network');
    });

    test('a filter narrows what is delivered, and the position advances all the same', async () => {
      const store = memory({ epoch: 'e1', seq: 0 });
      const one = of({ store, filter: { codes: ['B'], types: ['stock_updated'] } });
      await live(one);
      if (transport === 'websocket') await eventually('the subscription', () => server.subscription);
      server.sell('A', 9);
      server.sell('B', 9);
      server.tell({ type: 'product_updated', productId: 2, productCode: 'B', changed: ['name'], product: { ...server.products.get('B'), seq: 3 } });
      server.say({ type: 'heartbeat', seq: 3 });
      await eventually('the position', () => one.position.seq === 3);
      assert.deepEqual(one.seen, [2]);
      await eventually('the save', () => store.position.seq === 3);
    });

    test('close ends it at once, whatever it waits for', async () => {
      const one = of();
      await live(one);
      one.close();
      await one.closed;
      assert.equal(one.status.state, 'closed');
      await eventually('the connection', () => !server.sockets.size && !server.streams.size);
    });
  });
}

describe('delivery', () => {
  test('what comes twice is delivered once', async () => {
    const one = listening({ store: memory({ epoch: 'e1', seq: 0 }) });
    await live(one);
    const sale = server.sell('A', 9);
    server.say(sale);
    server.sell('A', 8);
    await seen(one, [1, 2]);
  });

  test('a gap is noticed and filled from where it was', async () => {
    const one = listening({ store: memory({ epoch: 'e1', seq: 0 }) });
    await live(one);
    server.changes.push({ seq: 1, type: 'stock_updated', productId: 1, productCode: 'A', newStock: 9 });
    server.sell('A', 8);
    await seen(one, [1, 2]);
    assert.match(one.errors[0].message, /change 1 is missing/);
  });

  test('a heartbeat that is ahead is a gap too', async () => {
    const one = listening({ store: memory({ epoch: 'e1', seq: 0 }) });
    await live(one);
    server.changes.push({ seq: 1, type: 'stock_updated', productId: 1, productCode: 'A', newStock: 9 });
    server.say({ type: 'heartbeat', seq: 1 });
    await seen(one, [1]);
  });

  test('a change that never comes ends in a snapshot, not in a circle', async () => {
    const one = listening({ store: memory({ epoch: 'e1', seq: 0 }) });
    await live(one);
    server.changes.push({ seq: 1, type: 'stock_updated', productId: 1, productCode: 'A', newStock: 9 });
    server.changes.shift();
    server.changes.push({ seq: 2, type: 'stock_updated', productId: 1, productCode: 'A', newStock: 8 });
    server.say(server.changes[0]);
    await seen(one, ['change 1 is missing@2']);
    server.sell('A', 7);
    await seen(one, ['change 1 is missing@2', 3]);
  });

  test('a handler that fails is told, and what follows comes; closing there leaves it undone', async () => {
    const store = memory({ epoch: 'e1', seq: 0 });
    const one = client({ store });
    one.on('stock_updated', ({ seq }) => {
      if (seq === 1 || seq === 3) throw new Error(`no ${seq}`);
      one.seen.push(seq);
    });
    one.on('error', ({ event }) => event?.seq === 3 && one.close());
    one.connect();
    await live(one);
    server.sell('A', 9);
    server.sell('A', 8);
    await seen(one, [2]);
    assert.equal(one.errors[0].kind, 'handler');
    assert.equal(one.errors[0].event.seq, 1);
    assert.match(one.errors[0].cause.message, /no 1/);
    server.sell('A', 7);
    await one.closed;
    assert.equal(store.position.seq, 2);
  });

  test('a handler may close the client: what it did counts', async () => {
    const store = memory({ epoch: 'e1', seq: 0 });
    const one = client({ store });
    one.on('change', () => one.close());
    one.connect();
    await live(one);
    server.sell('A', 9);
    await one.closed;
    assert.equal(store.position.seq, 1);
  });

  test('nothing is delivered before somebody listens', async () => {
    const one = client({ store: memory({ epoch: 'e1', seq: 0 }) });
    server.sell('A', 9);
    one.connect();
    await eventually('the connection', () => server.sockets.size);
    one.on('change', ({ seq }) => one.seen.push(seq));
    await seen(one, [1]);
  });

  test('announcements come too', async () => {
    const one = listening();
    one.on('alert', ({ message }) => one.seen.push(message));
    await live(one);
    server.say({ type: 'alert', kind: 'breaker_open', message: 'SIIGO fails' });
    await seen(one, ['start@0', 'SIIGO fails']);
  });

  test('more than memory should hold is left at the server while a handler is slow', async () => {
    const one = client({ store: memory({ epoch: 'e1', seq: 0 }), transports: ['websocket'] });
    const { open, opened } = gate();
    one.on('change', async ({ seq }) => {
      await opened;
      one.seen.push(seq);
    });
    one.connect();
    await live(one);
    const padding = 'x'.repeat(1 << 20);
    for (let i = 0; i < 9; ++i) server.sell('A', i, { padding });
    await eventually('the connection closed', () => server.sockets.size === 0);
    open();
    await seen(one, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.ok(server.requests.length >= 2);
  });
});

describe('iterators', () => {
  const start = { store: memory({ epoch: 'e1', seq: 0 }) };

  test('each gets everything; the slower one sets the pace', async () => {
    const one = client({ store: memory({ epoch: 'e1', seq: 0 }) });
    const slow = one.changes();
    const fast = one.changes('stock_updated');
    const asked = slow.next();
    const first = fast.next();
    await live(one);
    server.sell('A', 9);
    server.sell('A', 8);
    assert.equal((await first).value.seq, 1);
    let second;
    fast.next().then(({ value }) => (second = value.seq));
    assert.equal((await asked).value.seq, 1);
    await new Promise((done) => setImmediate(done));
    assert.equal(second, undefined);
    const other = slow.next();
    assert.equal((await other).value.seq, 2);
    await eventually('the second', () => second === 2);
    for (const iterator of [slow, fast]) await iterator.return(); // else what it was handed is never done
  });

  test('changes and snapshots in one loop, until the client is closed', async () => {
    const one = client();
    const found = [];
    for await (const event of one.changes()) {
      found.push(event.type === 'snapshot' ? event.products.length : event.seq);
      if (found.length === 1) {
        server.sell('A', 9);
        server.sell('A', 8);
      }
      if (found.length === 3) one.close();
    }
    assert.deepEqual(found, [3, 1, 2]);
    await one.closed;
    assert.equal(one.position.seq, 2);
  });

  test('what a loop was left in the middle of comes again', async () => {
    const store = memory({ epoch: 'e1', seq: 0 });
    const one = client({ store });
    server.sell('A', 9);
    server.sell('A', 8);
    await assert.rejects(async () => {
      for await (const { seq } of one.changes()) if (seq === 2) throw new Error('crash');
    }, /crash/);
    assert.equal(one.position.seq, 1);
    for await (const { seq } of one.changes()) {
      assert.equal(seq, 2);
      one.close();
    }
    await one.closed;
    assert.equal(store.position.seq, 2);
  });

  test('after the end there is nothing', async () => {
    const one = client(start);
    one.close();
    assert.deepEqual(await one.changes().next(), { value: undefined, done: true });
  });

  test('asked twice at once it gives two', async () => {
    const one = client({ store: memory({ epoch: 'e1', seq: 0 }) });
    const iterator = one.changes();
    const both = Promise.all([iterator.next(), iterator.next()]);
    await live(one);
    server.sell('A', 9);
    server.sell('A', 8);
    assert.deepEqual((await both).map(({ value }) => value.seq), [1, 2]);
    await iterator.return();
  });
});

describe('the live stock', () => {
  const figures = (one) => Object.fromEntries(one.stock);

  test('is whole from the start and follows every change', async () => {
    server.pageSize = 2;
    const one = client();
    const { stock } = one;
    let told = 0;
    stock.subscribe(() => ++told);
    one.connect();
    await stock.ready;
    assert.deepEqual(figures(one), { A: 10, B: 10, C: 10 });
    await live(one);
    server.sell('A', 9.5);
    server.tell({ type: 'product_created', productId: 9, productCode: 'N', newStock: null, product: { ...server.products.get('A'), code: 'N', productId: 9, available_quantity: null, seq: 2 } });
    server.tell({ type: 'product_updated', productId: 2, productCode: 'B2', changed: ['code'], product: { ...server.products.get('B'), code: 'B2', seq: 3 } });
    server.tell({ type: 'product_deleted', productId: 3, productCode: 'C', oldStock: 10 });
    await eventually('the deletion', () => one.position.seq === 4);
    assert.deepEqual(figures(one), { A: 9.5, N: null, B2: 10 });
    assert.equal(stock.get('C'), undefined);
    assert.equal(stock.has('N'), true);
    assert.equal(stock.size, 3);
    assert.equal(stock.product('A').seq, 1);
    assert.equal(stock.products(), stock.products());
    assert.ok(told >= 5);
  });

  test('a change while the products are read is neither lost nor undone', async () => {
    server.pageSize = 1;
    server.onPage = (from) => {
      if (from > 0) return;
      server.sell('A', 9); // already read: comes again by the stream
      server.sell('C', 5); // not read yet: the page holds it
      server.sell('C', 4);
    };
    const one = client();
    const { stock } = one;
    const c = [];
    stock.subscribe(() => c.push(stock.get('C')));
    one.connect();
    await eventually('all', () => one.position?.seq === 3);
    assert.deepEqual(figures(one), { A: 9, B: 10, C: 4 });
    assert.ok(c.every((figure) => figure === 4), `went back: ${c}`);
  });

  test('with a position of old the missed changes are delivered, and the map is of now', async () => {
    for (const stock of [9, 8, 7]) server.sell('A', stock);
    const one = listening({ store: memory({ epoch: 'e1', seq: 1 }) });
    assert.equal((await one.stock.ready, one.stock.get('A')), 7);
    await seen(one, [2, 3]);
    assert.equal(one.stock.get('A'), 7);
  });

  test('begun late, beside a filter: it still hears of everything', async () => {
    const one = listening({ filter: { codes: ['B'] } });
    await live(one);
    await one.stock.ready;
    await live(one);
    server.sell('A', 1);
    server.sell('B', 2);
    await eventually('both', () => one.stock.get('A') === 1 && one.stock.get('B') === 2);
    await seen(one, ['start@0', 2]);
  });

  test('two products with one code: the later answers, then the other again', async () => {
    const one = client();
    const { stock } = one;
    one.connect();
    await live(one);
    const named = (productId, code, stock) => {
      const seq = server.head + 1;
      server.tell({ type: 'product_updated', productId, productCode: code, changed: ['code'], product: { ...server.products.get('A'), productId, code, available_quantity: stock, seq } });
    };
    named(2, 'A', 77);
    await eventually('the later', () => stock.get('A') === 77 && stock.get('B') === undefined);
    named(2, 'B', 77);
    await eventually('the other', () => stock.get('A') === 10 && stock.get('B') === 77);
  });

  test('warehouses follow', async () => {
    server.products.set('A', { ...server.products.get('A'), warehouses: [{ id: 1, name: 'one', quantity: 6 }, { id: 2, name: 'two', quantity: 4 }] });
    const one = client();
    const { stock } = one;
    one.connect();
    await live(one);
    server.sell('A', 11, { warehouses: [{ id: 1, name: 'one', oldStock: 6, newStock: 8 }, { id: 2, name: 'two', oldStock: 4, newStock: null }, { id: 3, name: 'three', oldStock: null, newStock: 3 }] });
    await eventually('the sale', () => stock.get('A') === 11);
    assert.deepEqual(stock.product('A').warehouses, [{ id: 1, name: 'one', quantity: 8 }, { id: 3, name: 'three', quantity: 3 }]);
  });
});

describe('figures', () => {
  test('no digit is lost', async () => {
    const digits = ['12345678901234567.89', '0.1234567890123456789', '9007199254740993', '1e400', '12.50', '-3', '0.0000001', '15'];
    server.frame = (message) => JSON.stringify(message).replace(/"#(.*?)#"/g, '$1');
    const one = client();
    const { stock } = one;
    const found = [];
    one.on('stock_updated', (change) => found.push(exact(change, 'newStock')));
    one.connect();
    await live(one);
    for (const text of digits) {
      server.sell('A', `#${text}#`, { productName: 'a "9007199254740993" \\ name', warehouses: [{ id: 1, name: 'w', oldStock: null, newStock: `#${text}#` }] });
      await eventually(text, () => found.at(-1) === text);
      await eventually(text, () => stock.exact('A') === text);
      assert.equal(stock.get('A'), Number(text));
      assert.equal(exact(stock.product('A').warehouses[0], 'quantity'), text);
    }
    assert.equal(exact({ newStock: null }, 'newStock'), null);
    assert.equal(stock.exact('no such'), undefined);
  });
});

describe('coming back', () => {
  const waits = (one) => one.statuses.filter(({ state }) => state === 'waiting').map(({ retryInMs }) => retryInMs);

  test('a server that stops says when to come back', async () => {
    const one = listening({ transports: ['websocket'] });
    await live(one);
    server.closeSockets(1001, 'the server is stopping; come back in 31 ms');
    await eventually('the wait', () => waits(one).includes(31));
    await live(one);
    assert.deepEqual(one.errors, []);
  });

  test('so it does over Server-Sent Events', async () => {
    const one = listening({ transports: ['events'] });
    await live(one);
    for (const stream of server.streams) stream.end('retry: 29\nevent: close\ndata: {"type":"close","code":1001,"reason":"the server is stopping"}\n\n');
    await eventually('the wait', () => waits(one).includes(29));
    await live(one);
    assert.deepEqual(one.errors, []);
  });

  test('a stream that breaks off comes back as `retry` said', async () => {
    const one = listening({ transports: ['events'] });
    await live(one);
    for (const stream of server.streams) stream.destroy();
    await eventually('the wait', () => waits(one).length);
    await live(one);
  });

  test('waits grow with each failure, up to a bound, with chance in them', async () => {
    const random = Math.random;
    Math.random = () => 0.999;
    try {
      server.onRequest = (_, response) => response.writeHead(500).end() !== undefined;
      const one = listening({ backoff: { leastMs: 2, mostMs: 20 } });
      await eventually('waits', () => waits(one).length >= 6);
      assert.deepEqual(waits(one).slice(0, 6).map(Math.round), [2, 4, 8, 16, 20, 20]);
    } finally {
      Math.random = random;
    }
  });

  test('Retry-After is kept', async () => {
    let refused = 1;
    server.onRequest = (_, response, path) => path === '/api/stats' && refused-- > 0 && response.writeHead(429, { 'retry-after': '30' }).end('{}') !== undefined;
    const one = listening();
    const { retryInMs, error } = await eventually('the wait', () => one.status.state === 'waiting' && one.status);
    assert.ok(retryInMs >= 30_000 && retryInMs <= 30_001, String(retryInMs));
    assert.equal(error.status, 429);
    one.retry();
    await live(one);
  });

  test('refused: the token function is asked anew, and much less often', async () => {
    const random = Math.random;
    Math.random = () => 0.999;
    try {
      let asked = 0;
      const one = listening({ token: async () => `t${++asked}` });
      server.onUpgrade = (_, socket) => socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n') !== undefined;
      server.onRequest = (request, response) => request.headers.authorization !== 'Bearer t4' && response.writeHead(401).end('{"detail":"The token has expired"}') !== undefined;
      await eventually('waits', () => waits(one).length >= 2);
      assert.deepEqual(waits(one).slice(0, 2).map(Math.round), [10, 20]);
      await eventually('the snapshot', () => one.seen.length);
      assert.equal(one.errors[0].kind, 'refused');
      assert.match(one.errors[0].message, /The token has expired/);
    } finally {
      Math.random = random;
    }
  });

  test('a token that ends while connected is asked for anew, and nobody calls it an error', async () => {
    let asked = 0;
    const one = listening({ token: () => `t${++asked}` });
    await live(one);
    server.closeSockets(4401, 'the token has expired');
    await eventually('a new token', () => server.requests.some(({ protocol }) => protocol === `bearer.t${asked}` && asked >= 3));
    await live(one);
    assert.deepEqual(one.errors, []);
    assert.ok(server.requests.every(({ path }) => !/t\d/.test(path)), 'a token in an address');
  });

  test('a token function that fails is told and tried again', async () => {
    let fails = 2;
    const one = listening({ token: () => (fails-- > 0 ? Promise.reject(new Error('no session')) : 'good') });
    await live(one);
    assert.deepEqual(one.errors.map(({ kind }) => kind), ['token', 'token']);
  });

  test('the network is back: no wait', async () => {
    const globals = new EventTarget();
    const page = Object.assign(new EventTarget(), { hidden: false });
    Object.assign(globalThis, { document: page, addEventListener: globals.addEventListener.bind(globals) });
    try {
      server.onRequest = (_, response) => response.writeHead(503, { 'retry-after': '3600' }).end() !== undefined;
      const one = listening();
      const waiting = () => eventually('a wait', () => one.status.state === 'waiting');
      await waiting();
      const asked = server.requests.length;
      globals.dispatchEvent(new Event('online'));
      await eventually('a try', () => server.requests.length > asked);
      await waiting();
      page.hidden = true;
      page.dispatchEvent(new Event('visibilitychange'));
      await new Promise((done) => setImmediate(done));
      assert.equal(one.status.state, 'waiting');
      server.onRequest = () => false;
      page.hidden = false;
      page.dispatchEvent(new Event('visibilitychange'));
      await live(one);
    } finally {
      delete globalThis.document;
      delete globalThis.addEventListener;
    }
  });
});

describe('transports', () => {
  const refuse = (_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n') !== undefined;

  test('without a WebSocket of its own: Server-Sent Events', async () => {
    const native = globalThis.WebSocket;
    delete globalThis.WebSocket;
    try {
      const one = listening({ WebSocket: undefined });
      await live(one);
      assert.equal(one.status.transport, 'events');
      assert.deepEqual(one.errors, []);
    } finally {
      if (native) globalThis.WebSocket = native;
    }
  });

  test('each gives way to the next, and is told of; nothing is lost on the way', async () => {
    server.onUpgrade = refuse;
    server.onRequest = (_, response, path) => path === '/api/events' && response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Log in to this network') !== undefined;
    const one = listening();
    await live(one);
    assert.equal(one.status.transport, 'changes');
    assert.deepEqual(one.errors.map(({ kind }) => kind), ['transport', 'transport']);
    server.sell('A', 9);
    await seen(one, ['start@0', 1]);
  });

  test('a stream that is held back on its way gives way too', async () => {
    server.onUpgrade = () => true; // never answered
    server.onRequest = (_, response, path) => path === '/api/events' && (response.writeHead(200), response.flushHeaders(), true);
    const one = listening({ connectMs: 100 });
    await live(one);
    assert.equal(one.status.transport, 'changes');
  });

  test('a server that can not be reached is no fault of the transport', async () => {
    const one = listening();
    await live(one);
    server.onUpgrade = (_, socket) => (socket.destroy(), true);
    server.onRequest = (request) => (request.socket.destroy(), true);
    server.closeSockets(1011, 'gone');
    // Between two attempts: one that was refused by the first transport and then answered would be the transport's fault.
    await eventually('waits', () => one.status.state === 'waiting' && one.statuses.filter(({ state }) => state === 'waiting').length > 3);
    server.onUpgrade = () => false;
    server.onRequest = () => false;
    await live(one);
    assert.equal(one.status.transport, 'websocket');
  });

  test('the better one gets its chance again', async () => {
    const { now } = Date;
    const { setTimeout: later } = globalThis;
    // Ten seconds in ten milliseconds.
    const begun = now();
    Date.now = () => begun + (now() - begun) * 1000;
    globalThis.setTimeout = (call, ms, ...rest) => later(call, ms >= 5_000 ? ms / 1000 : ms, ...rest);
    try {
      server.onUpgrade = refuse;
      const one = listening({ silenceMs: 1e9, connectMs: 1e9 });
      await eventually('events', () => one.statuses.some(({ state, transport }) => state === 'live' && transport === 'events'));
      server.onUpgrade = () => false;
      await eventually('websocket', () => one.statuses.some(({ state, transport }) => state === 'live' && transport === 'websocket'), 6e7);
    } finally {
      Date.now = now;
      globalThis.setTimeout = later;
    }
  });

  test('events in pieces of a byte, with every kind of line end', async () => {
    server.onRequest = (request, response, path) => {
      if (path !== '/api/events') return false;
      const text = ': a comment\r\nretry: 5\r\n\r\nevent: hello\rdata: {"type":"hello","seq":2,\r\rdata'.slice(0, 0);
      const events = `${text}: ñ\r\nretry: 5\n\nevent: hello\rdata: {"type":"hello",\rdata: "seq":0,"epoch":"e1"}\r\rdata:{"type":"stock_updated","seq":1,"productCode":"Ñandú","newStock":1}\r\n\r\ndata: {"type":"caught_up","seq":1}\n\n`;
      response.writeHead(200);
      const bytes = [...Buffer.from(events)];
      const next = () => (bytes.length && !response.destroyed ? response.write(Buffer.from([bytes.shift()]), () => setImmediate(next)) : undefined);
      next();
      return true;
    };
    const one = client({ transports: ['events'], store: memory({ epoch: 'e1', seq: 0 }) });
    one.on('change', ({ productCode }) => one.seen.push(productCode));
    one.connect();
    await seen(one, ['Ñandú']);
    await live(one);
  });

  test('a filter that an address can not carry stays at home', async () => {
    for (const codes of [['A', 'B,C'], ['A', ...Array.from({ length: 1500 }, (_, i) => `code-${i}`)]]) {
      server.subscription = undefined;
      const one = listening({ filter: { codes }, transports: ['events'], store: memory({ epoch: 'e1', seq: server.head }) });
      await live(one);
      assert.ok(!server.requests.some(({ path }) => /codes=/.test(path)));
      server.sell('A', 3);
      const { seq } = server.sell('C', 3);
      await eventually('the position', () => one.position.seq === seq);
      assert.deepEqual(one.seen, [seq - 1]);
    }
    assert.throws(() => createClient({ url: server.url, filter: { codes: [] } }), /filter.codes is empty/);
  });

  test('what the server narrows is told to it', async () => {
    const filter = { types: ['stock_updated'], codes: ['A', 'B'], warehouses: [1270] };
    await live(listening({ filter }));
    assert.deepEqual(await eventually('the subscription', () => server.subscription), { type: 'subscribe', types: ['stock_updated'], codes: ['A', 'B'], warehouses: ['1270'] });
    await live(listening({ filter, transports: ['events'] }));
    const { searchParams } = new URL(server.requests.find(({ path }) => path.startsWith('/api/events')).path, server.url);
    assert.deepEqual([searchParams.get('types'), searchParams.get('codes'), searchParams.get('warehouses')], ['stock_updated', 'A,B', '1270']);
  });
});

describe('stores', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stockcast-client-'));
  after(() => rmSync(folder, { recursive: true }));

  test('a file', async () => {
    const path = join(folder, 'position.json');
    const store = fileStore(path);
    assert.equal(await store.load(), undefined);
    await store.save({ epoch: 'e1', seq: 1 });
    assert.deepEqual(await fileStore(path).load(), { epoch: 'e1', seq: 1 });
  });

  test('what can not be read or written is told, and it begins anew', async () => {
    const path = join(folder, 'torn.json');
    writeFileSync(path, '{"epoch"');
    const one = listening({ store: { load: () => fileStore(path).load(), save: () => Promise.reject(new Error('disk full')) } });
    await seen(one, ['start@0']);
    await eventually('both', () => one.errors.length === 2);
    assert.deepEqual(one.errors.map(({ kind }) => kind), ['store', 'store']);
    for (const junk of [{}, { seq: 'x' }, null]) await seen(listening({ store: { load: () => junk, save() {} } }), ['start@0']);
  });

  test("a browser's storage", () => {
    const kept = new Map();
    const store = storageStore('shop', { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => void kept.set(key, text) });
    assert.equal(store.load(), null);
    store.save({ epoch: 'e1', seq: 4 });
    assert.deepEqual(store.load(), { epoch: 'e1', seq: 4 });
  });
});

describe('the end', () => {
  test('a signal ends it', async () => {
    const controller = new AbortController();
    const one = listening({ signal: controller.signal });
    await live(one);
    controller.abort();
    await one.closed;
    const late = listening({ signal: controller.signal });
    await late.closed;
    assert.equal(late.status.state, 'closed');
  });

  for (const transport of ['websocket', 'events', 'changes', 'nowhere']) {
    test(`nothing keeps a process running after it: ${transport}`, async () => {
      const script = `
        import WebSocket from 'ws';
        import { createClient } from '../dist/index.js';
        const client = createClient({ url: ${JSON.stringify(transport === 'nowhere' ? 'http://127.0.0.1:9' : server.url)}, WebSocket, backoff: { leastMs: 3_600_000, mostMs: 3_600_000 }, ${transport === 'nowhere' ? '' : `transports: ['${transport}']`} });
        client.on('change', () => {});
        client.on('snapshot', () => {});
        client.on('status', ({ state }) => (state === 'live' || state === 'waiting') && client.close());
        client.connect();
        await client.closed;
        console.log('closed');
      `;
      const here = fileURLToPath(new URL('.', import.meta.url));
      const began = Date.now();
      const output = await new Promise((done, fail) => execFile(process.execPath, ['--input-type=module', '-e', script], { cwd: here, timeout: 60_000 }, (error, out, err) => (error ? fail(new Error(`${error.message}\n${err}`)) : done(out))));
      assert.equal(output.trim(), 'closed');
      assert.ok(Date.now() - began < 55_000);
    });
  }
});

test('what is built is served: src/http/client.js', async () => {
  const { served, servedFile } = await import('../build.mjs');
  assert.equal(readFileSync(servedFile, 'utf8'), await served());
});

test('the package weighs less than 5 kB gzipped', () => {
  const size = gzipSync(readFileSync(new URL('../dist/index.js', import.meta.url)), { level: 9 }).length;
  assert.ok(size < 5000, `${size} bytes`);
});
