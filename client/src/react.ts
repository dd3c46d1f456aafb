// Hooks for React 18 and later. Rendered on a server they give what is known there: nothing, until a client is connected.
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';

import type { StockcastClient } from './client.js';
import type { Events, Figure, Product, Status } from './types.js';

function useOfStock<T>(client: StockcastClient, read: () => T): T {
  return useSyncExternalStore(client.stock.subscribe, read, read);
}

/** The live figure of a product: null where SIIGO never said one, undefined while loading and where there is no such product. */
export function useStock(client: StockcastClient, code: string): Figure | undefined {
  return useOfStock(client, () => client.stock.get(code));
}

/** All that is known of a product, live. */
export function useProduct(client: StockcastClient, code: string): Product | undefined {
  return useOfStock(client, () => client.stock.product(code));
}

/** All products, live; the same array until one changes. */
export function useProducts(client: StockcastClient): readonly Product[] {
  return useOfStock(client, () => client.stock.products());
}

/** Whether and how the client is connected. */
export function useStatus(client: StockcastClient): Status {
  const subscribe = useCallback((listener: () => void) => client.on('status', listener), [client]);
  const read = (): Status => client.status;
  return useSyncExternalStore(subscribe, read, read);
}

/** Calls `handler` for each event of a type while the component is mounted: the handler of the last rendering. */
export function useEvent<Type extends keyof Events>(client: StockcastClient, type: Type, handler: (event: Events[Type]) => unknown): void {
  const newest = useRef(handler);
  useEffect(() => {
    newest.current = handler;
  });
  useEffect(() => client.on(type, (event) => newest.current(event)), [client, type]);
}
