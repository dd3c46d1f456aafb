import { StockcastError, wrap } from './error.js';
import { sieve } from './filter.js';
import { handoff, undone, type Handoff } from './handoff.js';
import { newLink, type End, type Link } from './link.js';
import { keepStock, type LiveStock, type StockKeeper } from './stock.js';
import { changes } from './transports/changes.js';
import { events } from './transports/events.js';
import type { Message } from './transports/message.js';
import { socket } from './transports/socket.js';
import type { Change, ChangeType, Deliveries, DeliveryType, Events, Options, Position, Product, Snapshot, Status, TransportName } from './types.js';

/** Follows a stockcast server: every change once and in order, over breaks, restarts and changes of transport. */
export interface StockcastClient {
  /** Begins to follow; nothing happens before. Once begun it does nothing. */
  connect(): StockcastClient;

  /** Ends everything, for good. What is being delivered at this moment still counts if it succeeds. */
  close(): void;

  /** Resolves when all has ended after `close()`: the last position is saved, nothing keeps the process running. */
  readonly closed: Promise<void>;

  /** Tries again now, where it waits between two attempts: when the user has logged in again, say. */
  retry(): void;

  readonly status: Status;

  /** Up to where everything was delivered. */
  readonly position: Position | undefined;

  /** The live stock by code. Its first use makes the client read all products and hear of all changes. */
  readonly stock: LiveStock;

  /**
   * Calls `handler` for each event of a type, until what it returns is called. What a handler of a delivery returns is waited
   * for before the next one and before the position is saved.
   */
  on<Type extends keyof Events>(type: Type, handler: (event: Events[Type]) => unknown): () => void;

  /**
   * What is delivered, one by one: `for await (const change of client.changes())`. Of the types named; without any, the four
   * changes and `snapshot`. The next one comes when the loop's body is done with this one: a slow body slows the client down,
   * and the server keeps what waits. Connects by itself.
   */
  changes<Type extends DeliveryType = ChangeType | 'snapshot'>(...types: Type[]): AsyncIterableIterator<Deliveries[Type]>;
}

interface Transport {
  readonly name_: TransportName;
  readonly open_: (link: Link) => AsyncGenerator<Message, End>;
  /** How often others worked where it did not. */
  strikes_: number;
  /** Until then the others go before it. */
  notBefore_: number;
}

/** The better ones first. */
const ways = { websocket: socket, events, changes };
const change = /^(stock_updated|product_.*)$/;
const again: End = { waitMs_: 0 };

/** A connection that held for so long was a good one. */
const steadyMs = 10_000;
const strikeMs = 10_000;
const strikeMostMs = 3_600_000;
/** Longer than the server is ever silent. */
const staleMs = 30_000;
/** Without the right to be here it makes no sense to ask as often as after a break. */
const refusedFactor = 10;
/** The same change is missing for the third time: it will not come. */
const gapsMax = 3;

export function createClient(options: Options = {}): StockcastClient {
  const {
    silenceMs = 60_000,
    connectMs = 15_000,
    fetch = globalThis.fetch,
    WebSocket = globalThis.WebSocket,
    backoff: { leastMs = 1000, mostMs = 30_000 } = {},
    store,
    token,
    signal,
  } = options;
  const base = new URL(options.url ?? globalThis.location?.origin).href.replace(/\/?$/, '/');
  const settings = { base_: base, silenceMs_: silenceMs, connectMs_: connectMs, fetch_: fetch, WebSocket_: WebSocket };
  const filter = sieve(options.filter);
  const transports = (options.transports ?? (Object.keys(ways) as TransportName[]))
    .filter((name) => name !== 'websocket' || WebSocket)
    .map((name): Transport => ({ name_: name, open_: ways[name], strikes_: 0, notBefore_: 0 }));

  const handlers = new Map<keyof Events, Set<(event: any) => unknown>>();
  const iterators = new Set<Handoff<any>>();
  const surroundings = new AbortController();

  let status: Status = { state: 'idle' };
  let isClosed = false;
  let position: Position | undefined;
  /** The last change of `position.epoch` that was delivered. With a filter the position can be ahead of it. */
  let delivered = 0;
  let stock: StockKeeper | undefined;
  /** Why all products must be read: what was built from changes no longer holds. */
  let lost = '';
  /** The epoch that the server named last. */
  let epoch: string | undefined;
  let gaps = 0;
  let failures = 0;
  let link: Link | undefined;
  let endWait = (): void => {};
  let onListener = (): void => {};
  let saving: Promise<void> | undefined;
  let isUnsaved = false;
  let resolveClosed: () => void;
  const closed = new Promise<void>((resolve) => (resolveClosed = resolve));

  // ── The loop ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  async function run(): Promise<void> {
    try {
      const kept = await store?.load();
      // What is no position is as good as none.
      if (kept?.seq! >= 0) delivered = (position = kept!).seq;
    } catch (error) {
      fail(wrap('store', error));
    }
    while (!isClosed) {
      let end: End = {};
      let error: StockcastError | undefined;
      try {
        end = await (!position || lost || stock?.stock_.isReady === false ? load() : follow());
      } catch (caught) {
        fail((error = wrap('network', caught)));
      }
      await pause(end.waitMs_ ?? error?.retryAfterMs, error);
    }
    await saving;
    resolveClosed();
  }

  /** Full jitter: clients that were cut off together don't come back together. What the server asked for goes before it. */
  async function pause(askedMs: number | undefined, error: StockcastError | undefined): Promise<void> {
    if (askedMs === 0) return;
    const factor = /40[13]/.test(`${error?.status}`) ? refusedFactor : 1;
    const jitter = Math.random() * factor * Math.min(mostMs, leastMs * 2 ** failures++);
    // A Retry-After tells all the same moment; where a stream's end names one, each was given its own.
    const ms = askedMs === undefined ? jitter : askedMs + (error ? Math.min(jitter, leastMs) : 0);
    if (isClosed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      endWait = () => {
        clearTimeout(timer);
        resolve();
      };
      // Whoever is told may close the client, or try again at once.
      set({ state: 'waiting', retryInMs: ms, ...(error && { error }) });
    });
  }

  async function connectWith<Result>(use: (link: Link) => Promise<Result>): Promise<Result | End> {
    let text: string | undefined;
    try {
      text = await (typeof token === 'function' ? token() : token);
    } catch (error) {
      throw wrap('token', error);
    }
    // The live stock must hear of everything: a product can change its code.
    const own = (link = newLink(settings, text, () => position!, stock ? undefined : filter.lists_));
    if (isClosed) own.stop_();
    try {
      return await use(own);
    } catch (error) {
      if (own.end_) return own.end_;
      throw error;
    } finally {
      own.stop_();
      link = undefined;
    }
  }

  /** One connection, over the best transport that works. */
  async function follow(): Promise<End> {
    const failed: [Transport, StockcastError][] = [];
    const last = transports.at(-1)!;
    for (const transport of transports) {
      if (transport !== last && transport.notBefore_ > Date.now()) continue;
      const end = await connectWith(async (link) => {
        set({ state: 'connecting', transport: transport.name_ });
        let upgrade;
        try {
          return await receive(link, transport.open_(link), () => {
            // What others failed at works here: so it was them. They get their chance again.
            for (const [other, error] of failed) {
              strike(other);
              fail(error);
            }
            const better = transports.slice(0, transports.indexOf(transport));
            if (better[0]) upgrade = setTimeout(() => link.stop_(again), Math.min(...better.map((other) => other.notBefore_)) - Date.now());
          });
        } catch (caught) {
          const error = wrap('transport', caught);
          if (link.end_ || link.greetedAt_ || transport === last || !mayBeOfTransport(error)) throw caught;
          failed.push([transport, error]);
          return undefined;
        } finally {
          clearTimeout(upgrade);
          if (link.greetedAt_ && link.greetedAt_ + steadyMs < Date.now()) failures = transport.strikes_ = 0;
        }
      });
      if (end) return end;
    }
    return {};
  }

  async function receive(link: Link, messages: AsyncGenerator<Message, End>, onGreeted: () => void): Promise<End> {
    try {
      while (!link.end_) {
        const { value, done } = await messages.next();
        if (done) return value;
        if (value.type === 'hello' && !link.greetedAt_) {
          link.greetedAt_ = Date.now();
          onGreeted();
        }
        await take(link, value);
      }
      return link.end_;
    } finally {
      await messages.return({});
    }
  }

  // ── What comes ───────────────────────────────────────────────────────────────────────────────────────────────────────

  async function take(link: Link, message: Message): Promise<void> {
    const { type, seq } = message;
    const at = position!.seq;
    if (type === 'hello') {
      epoch = message.epoch;
      set({ ...status, state: 'catching_up' });
    } else if (type === 'reset') {
      lose(link, message.reason);
    } else if (type === 'heartbeat' || type === 'caught_up') {
      if (seq > at) {
        if (!link.lists_) return miss(link, at);
        goOnFrom(seq);
      }
      if (type === 'caught_up') set({ ...status, state: 'live' });
    } else if (type === 'error') {
      fail(new StockcastError('server', message.detail));
    } else if (type === 'subscribed') {
      // It names no more than what has come.
    } else if (seq == null) {
      await deliver(message);
    } else if (seq > delivered) {
      if (!link.lists_ && seq !== at + 1) return miss(link, at);
      stock?.apply_(message as unknown as Change);
      if (!(await deliver(message))) return;
      delivered = seq;
      gaps = failures = 0;
      goOnFrom(Math.max(seq, at));
    }
  }

  function miss(link: Link, at: number): void {
    const complaint = `change ${at + 1} is missing`;
    if (++gaps >= gapsMax) return lose(link, complaint);
    throw new StockcastError('protocol', complaint);
  }

  function lose(link: Link, reason: string): void {
    lost = reason;
    link.stop_(again);
  }

  /** All products. The first page's `seq` is where to go on: what changes while others are read comes again after it. */
  function load(): Promise<End> {
    return connectWith(async (link) => {
      set({ state: 'loading' });
      // First the epoch, then what is of it: were the store another one in between, connecting with this epoch would tell.
      if (!lost) ({ epoch } = await link.json_('api/stats', {}));

      const isFromNow = !lost && options.start === 'now';
      const products: Product[] = [];
      let first: number | undefined;
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page: any = await link.json_('api/products', { limit: 1000, ...(cursor && { cursor }) });
        first ??= page.seq as number;
        for (const product of page.products) products.push(product);
        cursor = isFromNow && !stock ? null : page.next;
      }
      stock?.replace_(products, first!);
      if (position && !lost) return again;

      const passing = products.filter((product) => filter.passes_('', product.code, product.warehouses));
      const snapshot: Snapshot = { type: 'snapshot', reason: lost || 'start', epoch: epoch!, seq: first!, products: passing };
      if (!isFromNow && !(await deliver(snapshot))) return again;
      lost = '';
      gaps = failures = 0;
      delivered = first!;
      goOnFrom(first!, epoch);
      return again;
    });
  }

  // ── Delivery ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** False: it was not done, and is not to be counted as done. */
  async function deliver(event: { type: string; productCode?: string; warehouses?: readonly { id: unknown }[] }): Promise<boolean> {
    const { type } = event;
    if (type !== 'snapshot' && !filter.passes_(type, event.productCode, event.warehouses)) return true;
    for (;;) {
      // Nothing is delivered to nobody: what comes before the program has said what it wants waits for it.
      while (!isHeard() && !isClosed) await new Promise<void>((resolve) => (onListener = resolve));
      if (isClosed) return false;
      const isDone = await Promise.all([...handlersOf(type), ...handlersOf(change.test(type) ? 'change' : '')].map((handler) => call(handler, event)));
      if (!isDone.includes(false)) return true;
      if (isClosed) return false;
      // The only one who listened went away in the middle of it: then it is still to be done.
      if (isHeard()) return true;
    }
  }

  const handlersOf = (type: string): ((event: any) => unknown)[] => [...(handlers.get(type as keyof Events) ?? [])];

  function isHeard(): boolean {
    return !!stock || [...handlers].some(([type, { size }]) => size && type !== 'status' && type !== 'error');
  }

  async function call(handler: (event: any) => unknown, event: unknown): Promise<boolean> {
    try {
      return (await handler(event)) !== undone;
    } catch (error) {
      fail(new StockcastError('handler', `handler: ${error}`, { event, cause: error }));
      return !isClosed;
    }
  }

  /** Takes a position and saves it: one at a time, and the newest. */
  function goOnFrom(seq: number, epoch = position!.epoch): void {
    position = { epoch, seq };
    isUnsaved = true;
    saving ??= (async () => {
      while (isUnsaved) {
        isUnsaved = false;
        try {
          await store?.save(position!);
        } catch (error) {
          fail(wrap('store', error));
        }
      }
      saving = undefined;
    })();
  }

  function set(next: Status): void {
    if (isClosed && next.state !== 'closed') return;
    tell('status', (status = next));
  }

  function fail(error: StockcastError): void {
    // A bug in the program must not go unnoticed; what the network does shows in `status`.
    if (!tell('error', error) && error.kind === 'handler') throwLater(error.cause);
  }

  function tell(type: 'status' | 'error', event: unknown): number {
    return handlersOf(type).map((handler) => {
      try {
        handler(event);
      } catch (error) {
        throwLater(error);
      }
    }).length;
  }

  // ── Surroundings ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The network, or the page, is back: no time to lose with a wait, or with a connection that died meanwhile. */
  function look(): void {
    endWait();
    if (link && Date.now() - link.heardAt_ > staleMs) link.stop_(again);
  }

  function listenTo(target: EventTarget | undefined, type: string, listener: () => void): void {
    target?.addEventListener?.(type, listener, { signal: surroundings.signal });
  }

  const client: StockcastClient = {
    closed,
    get status() {
      return status;
    },
    get position() {
      return position;
    },
    get stock() {
      if (!stock) {
        stock = keepStock();
        onListener();
        link?.stop_(again);
      }
      return stock.stock_;
    },

    connect() {
      if (status.state !== 'idle') return client;
      set({ state: 'connecting' });
      listenTo(globalThis, 'online', () => {
        for (const transport of transports) transport.notBefore_ = 0;
        look();
      });
      listenTo(globalThis.document, 'visibilitychange', () => document.hidden || look());
      void run();
      return client;
    },

    close() {
      if (isClosed) return;
      isClosed = true;
      surroundings.abort();
      if (status.state === 'idle') resolveClosed();
      set({ state: 'closed' });
      link?.stop_();
      endWait();
      onListener();
      for (const iterator of iterators) iterator.end_();
    },

    retry: look,

    on(type, handler) {
      const own = (event: any): unknown => handler(event);
      handlers.set(type, (handlers.get(type) ?? new Set()).add(own));
      onListener();
      return () => void handlers.get(type)!.delete(own);
    },

    changes(...types: string[]) {
      let off: (() => void)[] = [];
      return handoff<any>(
        (self) => {
          if (isClosed) return self.end_();
          if (iterators.has(self)) return;
          iterators.add(self);
          off = (types.length ? types : ['change', 'snapshot']).map((type) => client.on(type as DeliveryType, self.offer_));
          client.connect();
        },
        (self) => {
          iterators.delete(self);
          off.map((end) => end());
        },
      );
    },
  };

  if (signal?.aborted) client.close();
  else listenTo(signal, 'abort', client.close);
  return client;
}

/** For a while others go before it. */
function strike(transport: Transport): void {
  transport.notBefore_ = Date.now() + Math.min(strikeMostMs, strikeMs * 2 ** transport.strikes_++);
}

/** Whether another transport may do better: not where the server has given a clear answer. */
function mayBeOfTransport(error: StockcastError): boolean {
  return !/401|403|429|503/.test(`${error.status}`);
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
