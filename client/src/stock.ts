import { carry, exact } from './json.js';
import type { Change, Figure, Product, StockUpdated } from './types.js';

/**
 * The stock by product code, kept as SIIGO has it: a read-only map that changes by itself. Figures are `null` where SIIGO
 * never said one, which is not zero, and `undefined` where there is no such product.
 */
export interface LiveStock extends Iterable<[code: string, figure: Figure]> {
  /** Resolves when the products were read for the first time. */
  readonly ready: Promise<void>;
  readonly isReady: boolean;
  /** Codes. */
  readonly size: number;
  get(code: string): Figure | undefined;
  /** The figure with all its digits, as decimal text. */
  exact(code: string): string | null | undefined;
  has(code: string): boolean;
  /** All that is known of it; another object after each change. */
  product(code: string): Product | undefined;
  /** All of them; the same array until one changes. */
  products(): readonly Product[];
  /** Calls `listener` after every change of the map, until what it returns is called. */
  subscribe(listener: () => void): () => void;
}

/** @internal */
export interface StockKeeper {
  stock_: LiveStock;
  /** All products as of `seq`, or later. */
  replace_(products: readonly Product[], seq: number): void;
  apply_(change: Change): void;
}

/** @internal */
export function keepStock(): StockKeeper {
  // Two products can bear one code for a while; the one that changed last answers, as at the server.
  const byCode = new Map<string, Product>();
  const byId = new Map<number, Product>();
  const listeners = new Set<() => void>();
  let all: readonly Product[] | undefined;
  let isReady = false;
  let readAt = 0;
  let resolve: () => void;
  const ready = new Promise<void>((done) => (resolve = done));

  const tell = (): void => {
    all = undefined;
    for (const listener of listeners) listener();
  };

  const put = (product: Product): void => {
    const held = byId.get(product.productId);
    if (held && held.code !== product.code) remove(held);
    byId.set(product.productId, product);
    const other = byCode.get(product.code);
    if (!other || other.productId === product.productId || other.seq <= product.seq) byCode.set(product.code, product);
  };

  const remove = (product: Product): void => {
    byId.delete(product.productId);
    if (byCode.get(product.code)?.productId !== product.productId) return;
    byCode.delete(product.code);
    for (const other of byId.values()) if (other.code === product.code) put(other);
  };

  return {
    stock_: {
      ready,
      get isReady() {
        return isReady;
      },
      get size() {
        return byCode.size;
      },
      get: (code) => byCode.get(code)?.available_quantity,
      exact: (code) => byCode.has(code) ? exact(byCode.get(code)!, 'available_quantity') : undefined,
      has: (code) => byCode.has(code),
      product: (code) => byCode.get(code),
      products: () => (all ??= [...byCode.values()]),
      subscribe(listener) {
        const own = (): void => listener();
        listeners.add(own);
        return () => void listeners.delete(own);
      },
      *[Symbol.iterator]() {
        for (const [code, product] of byCode) yield [code, product.available_quantity];
      },
    },

    replace_(products, seq) {
      byCode.clear();
      byId.clear();
      products.forEach(put);
      readAt = seq;
      isReady = true;
      resolve();
      tell();
    },

    // A page can hold what is newer than the `seq` that it was read at: what is held already changes nothing.
    apply_(change) {
      const held = byId.get(change.productId);
      if (change.seq <= readAt || held?.seq! >= change.seq) return;
      if (change.type === 'product_created' || change.type === 'product_updated') put(change.product);
      // Unknown: deleted while the products were read, which is told too.
      else if (!held) return;
      else if (change.type === 'product_deleted') remove(held);
      else if (change.type === 'stock_updated') put(withStock(held, change));
      tell();
    },
  };
}

function withStock(held: Product, change: StockUpdated): Product {
  const warehouses = new Map(held.warehouses.map((warehouse) => [warehouse.id, warehouse]));
  for (const changed of change.warehouses ?? []) {
    const { id, name, newStock } = changed;
    if (newStock === null) warehouses.delete(id);
    else warehouses.set(id, carry({ id, name, quantity: newStock }, changed, 'newStock', 'quantity'));
  }
  const product = { ...held, seq: change.seq, warehouses: [...warehouses.values()], available_quantity: change.newStock };
  return carry(product, change, 'newStock', 'available_quantity', held);
}
