import type { Filter } from './types.js';

/** A filter that is ready to be asked. It judges as the server does, so that every transport delivers the same. */
export interface Sieve {
  /** Without a type: a product; without a code: an announcement. */
  passes_(type: string | undefined, code?: string, places?: readonly { id: unknown }[]): boolean;
  /** What the server is told; undefined: nothing, and what does not pass is left out here. */
  lists_: Record<string, string[]> | undefined;
}

/** Of lists in an address. Servers and proxies take some 8000 bytes of one, and the server 1000 names. */
const addressMax = 4000;

export function sieve(filter: Filter = {}): Sieve {
  const lists: Record<string, string[]> = {};
  const sets: Record<string, Set<string>> = {};
  for (const name of ['types', 'codes', 'warehouses'] as const) {
    const list = filter[name]?.map(String);
    if (!list) continue;
    if (!list.length) throw new TypeError(`filter.${name} is empty`);
    sets[name] = new Set((lists[name] = list));
  }
  const all = Object.values(lists).flat();
  const has = (name: string, values: unknown[]): boolean => !sets[name] || values.some((value) => sets[name]!.has(`${value}`));
  return {
    passes_: (type, code, places = []) =>
      (!type || has('types', [type])) && (code == null || (has('codes', [code]) && has('warehouses', places.map(({ id }) => id)))),
    // In an address commas part the names.
    lists_: all.length && encodeURIComponent(`${all}`).length < addressMax && !all.some((name) => name.includes(',')) ? lists : undefined,
  };
}
