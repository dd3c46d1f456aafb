import { StockcastError } from './error.js';
import { parse } from './json.js';
import type { Position, WebSocketClass } from './types.js';

/** How a connection came to its end, where that is no error. */
export interface End {
  /** To come back in so long; absent: as after a failure. */
  waitMs_?: number | undefined;
}

/** Of a list the items are parted by commas. */
type Query = Record<string, string | number | string[]>;

export interface LinkSettings {
  base_: string;
  silenceMs_: number;
  connectMs_: number;
  fetch_: typeof fetch;
  WebSocket_: WebSocketClass | undefined;
}

/** One connection: whose it is, its time-outs, its end. */
export interface Link extends LinkSettings {
  readonly token_: string | undefined;
  /** What the server is to narrow. */
  readonly lists_: Record<string, string[]> | undefined;
  /** Set once it is to end. */
  end_: End | undefined;
  heardAt_: number;
  /** When the server began to talk; 0: not yet. */
  greetedAt_: number;

  /** Where the client is by now, as every transport says it. */
  since_(): Query;
  stop_(end?: End): void;
  readonly signal_: AbortSignal;
  /** What `promise` gives, which must end with `signal_`: that is aborted where it takes longer than `ms`. */
  within_<T>(promise: Promise<T>, ms?: number): Promise<T>;
  address_(path: string, query: Query): string;
  /** The head of a successful answer. */
  request_(path: string, query: Query, ms?: number): Promise<Response>;
  json_(path: string, query: Query, ms?: number): Promise<any>;
  /** A body, piece by piece. */
  pieces_(response: Response): AsyncGenerator<string>;
}

export function newLink(settings: LinkSettings, token: string | undefined, position: () => Position, lists: Link['lists_']): Link {
  const { base_: base, silenceMs_: silenceMs, connectMs_: connectMs, fetch_: fetch } = settings;
  const controller = new AbortController();
  const { signal } = controller;

  const text = async (response: Response): Promise<string> => {
    let whole = '';
    for await (const piece of link.pieces_(response)) whole += piece;
    return whole;
  };

  const refusal = async (response: Response): Promise<StockcastError> => {
    // A proxy's refusal is no JSON.
    const cause = await link.within_(response.json()).catch(() => ({}));
    const after = response.headers.get('Retry-After');
    // Seconds; a proxy's date is as good as none.
    const retryAfterMs = (after && +after * 1000) || undefined;
    return new StockcastError('refused', cause.detail ?? `HTTP ${response.status}`, { status: response.status, retryAfterMs, cause });
  };

  const link: Link = {
    ...settings,
    token_: token,
    signal_: signal,
    lists_: lists,
    end_: undefined,
    heardAt_: Date.now(),
    greetedAt_: 0,

    since_() {
      const { seq, epoch } = position();
      return { since: seq, epoch };
    },

    stop_(end = {}) {
      link.end_ ??= end;
      controller.abort();
    },

    // Once it has begun the server says something every 25 s.
    async within_(promise, ms = link.greetedAt_ ? silenceMs : connectMs) {
      const late = setTimeout(() => controller.abort(new StockcastError('network', `nothing came for ${ms} ms`)), ms);
      try {
        return await promise;
      } finally {
        clearTimeout(late);
        link.heardAt_ = Date.now();
      }
    },

    address_: (path, query) => `${base + path}?${new URLSearchParams(query as Record<string, string>)}`,

    async request_(path, query, ms) {
      const headers: HeadersInit = token ? { Authorization: `Bearer ${token}` } : {};
      const response = await link.within_(fetch(link.address_(path, query), { headers, cache: 'no-store', signal }), ms);
      if (response.ok) return response;
      throw await refusal(response);
    },

    json_: async (path, query, ms) => parse(await text(await link.request_(path, query, ms))),

    async *pieces_(response) {
      const reader = response.body!.getReader();
      const decoder = new TextDecoder();
      try {
        for (;;) {
          const { value, done } = await link.within_(reader.read());
          if (done) return;
          yield decoder.decode(value, { stream: true });
        }
      } finally {
        reader.cancel().catch(() => {});
      }
    },
  };
  return link;
}
