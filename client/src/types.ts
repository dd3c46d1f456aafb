// What the server says (asyncapi.json, openapi.json), and what this package adds.
import type { StockcastError } from './error.js';

/** A quantity as a JavaScript number; null where SIIGO never said one, which is not zero. `exact()` has all its digits. */
export type Figure = number | null;

/** What said so: a notification, a pass of the sync, one product read again, a test, or recorded webhooks sent anew. */
export type Source = 'webhook' | 'scheduled_sync' | 'manual_sync' | 'refresh' | 'test' | 'replay';

export interface Warehouse {
  readonly id: number | string | null;
  readonly name: string;
  readonly quantity: number;
}

export interface WarehouseChange {
  readonly id: number | string | null;
  readonly name: string;
  readonly oldStock: Figure;
  readonly newStock: Figure;
}

/** A product with SIIGO's own members, whatever else SIIGO says of it included, beside the server's. */
export interface Product {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly active: boolean;
  readonly stock_control: boolean;
  readonly available_quantity: Figure;
  readonly warehouses: readonly Warehouse[];
  readonly metadata: { readonly created: string | null; readonly last_updated: string | null; readonly stock_updated: string | null };
  readonly productId: number;
  readonly company: string;
  readonly deleted: boolean;
  /** Of the last change of this product. */
  readonly seq: number;
  readonly synced_at: string;
  readonly [member: string]: unknown;
}

interface Recorded<Type extends string> {
  readonly type: Type;
  /** Grows by one with each change of the store, without gaps. */
  readonly seq: number;
  readonly company: string;
  /** A small number that the server gives each product for good. */
  readonly productId: number;
  readonly siigoProductId: string;
  readonly productCode: string;
  readonly productName: string;
  readonly source: Source;
  /** The id of the notification's log entry, or of the sync's run. */
  readonly cause: string | null;
  /** When it was recorded: UTC, ISO 8601. */
  readonly timestamp: string;
  /** The warehouses whose figure changed, where any is known. */
  readonly warehouses?: readonly WarehouseChange[];
}

export interface StockUpdated extends Recorded<'stock_updated'> {
  readonly oldStock: Figure;
  readonly newStock: Figure;
}

/** A product that was not known, or that is back. */
export interface ProductCreated extends Recorded<'product_created'> {
  readonly newStock: Figure;
  readonly product: Product;
}

/** Something other than the stock is another one. */
export interface ProductUpdated extends Recorded<'product_updated'> {
  readonly changed: readonly string[];
  readonly product: Product;
}

export interface ProductDeleted extends Recorded<'product_deleted'> {
  readonly oldStock: Figure;
}

export type Change = StockUpdated | ProductCreated | ProductUpdated | ProductDeleted;
export type ChangeType = Change['type'];

/** A run of the sync has ended. Told to those connected at that moment, over WebSocket and Server-Sent Events only. */
export interface SyncCompleted {
  readonly type: 'sync_completed';
  readonly company: string;
  readonly sync: {
    readonly id: string;
    readonly kind: string;
    readonly outcome: string;
    readonly started_at: string;
    readonly finished_at: string | null;
    readonly error: string | null;
    readonly [member: string]: unknown;
  };
}

/** A matter for the operator began, or is over. Told like `sync_completed`. */
export interface Alert {
  readonly type: 'alert';
  readonly kind: string;
  readonly subject: string;
  readonly active: boolean;
  readonly since: string;
  readonly timestamp: string;
  /** In English. */
  readonly message: string;
  /** In Spanish. */
  readonly mensaje: string;
}

/** All products, read anew: whatever was built from earlier changes is to be replaced by this. What changes after it follows. */
export interface Snapshot {
  readonly type: 'snapshot';
  /** `start` where no position was kept; otherwise why the stream could not be resumed. */
  readonly reason: string;
  readonly epoch: string;
  readonly seq: number;
  /** Those that `filter` lets pass. */
  readonly products: readonly Product[];
}

/** Where a client is: everything up to `seq` was delivered. A `seq` means something in its own epoch only. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

/** Keeps a position between runs. `save` is called after delivery, one call at a time, and with the newest position only. */
export interface PositionStore {
  load(): Position | null | undefined | Promise<Position | null | undefined>;
  save(position: Position): void | Promise<void>;
}

export type TransportName = 'websocket' | 'events' | 'changes';

export interface Status {
  /**
   * - `idle`: `connect()` was not called yet
   * - `connecting`: no answer yet
   * - `loading`: reads all products
   * - `catching_up`: connected; what was missed is on its way
   * - `live`: hears of each change as it happens
   * - `waiting`: between two attempts
   * - `closed`: for good
   */
  readonly state: 'idle' | 'connecting' | 'loading' | 'catching_up' | 'live' | 'waiting' | 'closed';
  /** Over what it is connected. */
  readonly transport?: TransportName;
  /** While `waiting`: until the next attempt. */
  readonly retryInMs?: number;
  /** While `waiting`: why. */
  readonly error?: StockcastError;
}

/** What is delivered: handlers are waited for, iterators can name it. */
export interface Deliveries {
  stock_updated: StockUpdated;
  product_created: ProductCreated;
  product_updated: ProductUpdated;
  product_deleted: ProductDeleted;
  snapshot: Snapshot;
  sync_completed: SyncCompleted;
  alert: Alert;
}
export type DeliveryType = keyof Deliveries;
export type Delivery = Deliveries[DeliveryType];

export interface Events extends Deliveries {
  /** Each of the four changes. */
  change: Change;
  status: Status;
  error: StockcastError;
}

/** Narrows what is delivered. What is narrowed away costs no traffic over WebSocket and Server-Sent Events. */
export interface Filter {
  readonly types?: readonly (ChangeType | 'sync_completed' | 'alert')[];
  readonly codes?: readonly string[];
  readonly warehouses?: readonly (number | string)[];
}

/** A WebSocket of the browser, of Node 22 and later, or of the package `ws`. */
export type WebSocketClass = new (url: string, protocols: string[]) => {
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  send(text: string): void;
  close(): void;
  terminate?(): void;
};

export interface Options {
  /** The server's address, such as `https://stock.example`; in a page its own origin where absent. */
  url?: string | URL;
  /**
   * The JWT, or a function that gives one, called at every connect. Absent: none is sent (a session's cookie, or a server
   * with `STREAM_PUBLIC`). It travels in headers and in WebSocket's subprotocol, never in an address.
   */
  token?: string | (() => string | Promise<string>);
  /** Where the position is kept. Absent: in memory, so that each run begins as `start` says. */
  store?: PositionStore;
  /** Where to begin without a position: with a `snapshot` of all products (default), or with the next change. */
  start?: 'snapshot' | 'now';
  filter?: Filter;
  /** Ends the client as `close()` does. */
  signal?: AbortSignal;
  /** To be tried in this order. Default: `websocket`, `events`, `changes`. */
  transports?: readonly TransportName[];
  /** Without a byte for so long a connection counts as dead. The server says something every 25 s. Default: 60 000. */
  silenceMs?: number;
  /** How long a connection may take to come about. Default: 15 000. */
  connectMs?: number;
  /** Waits between attempts, with full jitter: a random part of `leastMs`, doubled at each failure up to `mostMs`. Default: 1000, 30 000. */
  backoff?: { leastMs?: number; mostMs?: number };
  /** For surroundings that have none of their own, such as Node 20: the package `ws`'s class. */
  WebSocket?: WebSocketClass;
  fetch?: typeof fetch;
}
