// A server that speaks as stockcast does (asyncapi.json), and misbehaves on command.
import http from 'node:http';
import { WebSocketServer } from 'ws';

export class Scripted {
  epoch = 'e1';
  oldest = 0; // changes up to it are no longer kept
  changes = [];
  products = new Map();
  requests = []; // method-less: path, authorization, protocols
  sockets = new Set();
  streams = new Set();
  connections = new Set();
  pageSize = 1000;
  // Hooks. Each may answer a request itself: true then.
  onRequest = () => false;
  onUpgrade = () => false;
  onPage = () => {};
  frame = (message) => JSON.stringify(message);

  static async start() {
    const server = new Scripted();
    server.http = http.createServer((request, response) => server.answer(request, response));
    const ws = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false });
    server.http.on('connection', (socket) => {
      server.connections.add(socket);
      socket.on('close', () => server.connections.delete(socket));
    });
    server.http.on('upgrade', (request, socket, head) => {
      server.note(request);
      if (server.onUpgrade(request, socket)) return;
      ws.handleUpgrade(request, socket, head, (connection) => server.talk(connection, new URL(request.url, 'http://x')));
    });
    await new Promise((done) => server.http.listen(0, '127.0.0.1', done));
    server.url = `http://127.0.0.1:${server.http.address().port}`;
    return server;
  }

  note({ url, headers }) {
    this.requests.push({ path: url, authorization: headers.authorization, protocol: headers['sec-websocket-protocol'] });
  }

  get head() {
    return this.changes.at(-1)?.seq ?? this.oldest;
  }

  put(code, quantity, productId = this.products.size + 1) {
    this.products.set(code, { id: `id-${code}`, code, name: code, active: true, available_quantity: quantity, warehouses: [], productId, seq: this.head });
  }

  /// A sale, durable and told.
  sell(code, newStock, members = {}) {
    const product = this.products.get(code);
    return this.tell({ type: 'stock_updated', productId: product.productId, productCode: code, productName: code, oldStock: product.available_quantity, newStock, ...members });
  }

  tell(members) {
    const change = { seq: this.head + 1, ...members };
    this.changes.push(change);
    const product = this.products.get(change.productCode);
    if (product && change.newStock !== undefined) this.products.set(product.code, { ...product, available_quantity: change.newStock, seq: change.seq });
    this.say(change);
    return change;
  }

  say(message, id = message.seq) {
    for (const socket of this.sockets) socket.send(this.frame(message));
    for (const stream of this.streams) stream.write(event(this.frame(message), message.type, `${this.epoch}:${id}`));
  }

  closeSockets(code, reason) {
    for (const socket of this.sockets) socket.close(code, reason);
  }

  obstacle({ since, epoch }) {
    if (epoch && epoch !== this.epoch) return 'since belongs to another epoch of the store';
    if (since > this.head) return "since is ahead of this store's last change";
    if (since < this.oldest) return 'the changes after since are no longer kept';
  }

  opening(query) {
    const since = query.get('since') === null ? undefined : Number(query.get('since'));
    const first = { type: 'hello', seq: this.head, epoch: this.epoch };
    if (since === undefined) return [first];
    const reason = this.obstacle({ since, epoch: query.get('epoch') });
    if (reason) return [first, { type: 'reset', seq: this.head, reason }];
    return [first, ...this.changes.filter(({ seq }) => seq > since), { type: 'caught_up', seq: this.head }];
  }

  talk(connection, { searchParams }) {
    connection.on('message', (data) => (this.subscription = JSON.parse(data)));
    connection.on('close', () => this.sockets.delete(connection));
    connection.on('error', () => {});
    for (const message of this.opening(searchParams)) connection.send(this.frame(message));
    this.sockets.add(connection);
  }

  answer(request, response) {
    this.note(request);
    const { pathname, searchParams } = new URL(request.url, 'http://x');
    if (this.onRequest(request, response, pathname)) return;
    const json = (status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (pathname === '/api/stats') return json(200, { seq: this.head, epoch: this.epoch });
    if (pathname === '/api/products') {
      const from = Number(searchParams.get('cursor') ?? 0);
      const all = [...this.products.values()];
      const next = from + this.pageSize < all.length ? String(from + this.pageSize) : null;
      json(200, { seq: this.head, products: all.slice(from, from + this.pageSize), next });
      return this.onPage(from);
    }
    if (pathname === '/api/changes') {
      const since = Number(searchParams.get('since'));
      const reason = this.obstacle({ since, epoch: searchParams.get('epoch') });
      if (reason) return json(410, { status: 410, detail: reason, seq: this.head, epoch: this.epoch });
      const found = () => this.changes.filter(({ seq }) => seq > since).slice(0, Number(searchParams.get('limit')));
      const ends = Date.now() + parseInt(searchParams.get('wait'));
      const look = () => (found().length || Date.now() >= ends || response.destroyed ? json(200, { seq: this.head, changes: found(), epoch: this.epoch }) : setTimeout(look, 5));
      return look();
    }
    if (pathname === '/api/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('retry: 7\n');
      for (const message of this.opening(searchParams)) response.write(event(this.frame(message), message.type, `${this.epoch}:${message.seq}`));
      this.streams.add(response);
      return response.on('close', () => this.streams.delete(response));
    }
    return json(404, { status: 404, detail: 'no such path' });
  }

  async stop() {
    const closed = new Promise((done) => this.http.close(done));
    for (const socket of this.connections) socket.destroy(); // those too that left HTTP and were never answered
    await closed;
  }
}

export function event(data, type, id) {
  return `id: ${id}\nevent: ${type}\ndata: ${data}\n\n`;
}
