/**
 * - `network`: no connection, a broken one, or one that fell silent
 * - `refused`: the server answered with an error; see `status`
 * - `transport`: this way of connecting does not work here; another one is tried
 * - `protocol`: what came can't be understood, or a change is missing in it
 * - `server`: a complaint of the server's about what this client sent
 * - `token`: the token function failed
 * - `store`: a position could not be loaded or saved
 * - `handler`: one of the program's own handlers failed; `event` is what it was given
 */
export type ErrorKind = 'network' | 'refused' | 'transport' | 'protocol' | 'server' | 'token' | 'store' | 'handler';

export interface ErrorDetails {
  /** HTTP status, or WebSocket close code. */
  status?: number | undefined;
  /** The server asked for this pause. */
  retryAfterMs?: number | undefined;
  /** What was being delivered. */
  event?: unknown;
  cause?: unknown;
}

export class StockcastError extends Error {
  declare readonly kind: ErrorKind;
  declare readonly status?: number;
  declare readonly retryAfterMs?: number;
  declare readonly event?: unknown;

  constructor(
    kind: ErrorKind,
    message: string,
    details?: ErrorDetails,
  ) {
    super(message);
    Object.assign(this, { name: 'StockcastError', kind }, details);
  }
}

/** What was thrown, as an error of a kind; ours stay what they are. @internal */
export const wrap = (kind: ErrorKind, cause: unknown): StockcastError =>
  cause instanceof StockcastError ? cause : new StockcastError(kind, `${kind}: ${cause}`, { cause });
