import type { PositionStore } from './types.js';

/** In localStorage or sessionStorage, under `key`. Two tabs with one key share one position: use sessionStorage, or two keys. */
export function storageStore(key = 'stockcast', storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage): PositionStore {
  return {
    load: () => JSON.parse(storage.getItem(key) ?? 'null'),
    save: (position) => storage.setItem(key, JSON.stringify(position)),
  };
}
