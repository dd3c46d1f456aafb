export { createClient, type StockcastClient } from './client.js';
export { StockcastError, type ErrorKind } from './error.js';
export { exact } from './json.js';
export type { LiveStock } from './stock.js';
export { storageStore } from './stores.js';
export type * from './types.js';
