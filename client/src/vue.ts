// Composables for Vue 3.3 and later. Each ends with the scope that it was called in.
import { computed, onScopeDispose, shallowRef, toValue, type ComputedRef, type MaybeRefOrGetter, type ShallowRef } from 'vue';

import type { StockcastClient } from './client.js';
import type { Events, Figure, Product, Status } from './types.js';

function ofStock<T>(client: StockcastClient, read: () => T): ComputedRef<T> {
  const changes = shallowRef(0);
  onScopeDispose(client.stock.subscribe(() => ++changes.value));
  return computed(() => (changes.value, read()));
}

/** The live figure of a product: null where SIIGO never said one, undefined while loading and where there is no such product. */
export function useStock(client: StockcastClient, code: MaybeRefOrGetter<string>): ComputedRef<Figure | undefined> {
  return ofStock(client, () => client.stock.get(toValue(code)));
}

/** All that is known of a product, live. */
export function useProduct(client: StockcastClient, code: MaybeRefOrGetter<string>): ComputedRef<Product | undefined> {
  return ofStock(client, () => client.stock.product(toValue(code)));
}

/** All products, live. */
export function useProducts(client: StockcastClient): ComputedRef<readonly Product[]> {
  return ofStock(client, () => client.stock.products());
}

/** Whether and how the client is connected. */
export function useStatus(client: StockcastClient): Readonly<ShallowRef<Status>> {
  const status = shallowRef(client.status);
  onScopeDispose(client.on('status', (newest) => (status.value = newest)));
  return status;
}

/** Calls `handler` for each event of a type. */
export function useEvent<Type extends keyof Events>(client: StockcastClient, type: Type, handler: (event: Events[Type]) => unknown): void {
  onScopeDispose(client.on(type, handler));
}
