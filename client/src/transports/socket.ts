import { StockcastError, wrap } from '../error.js';
import { parse } from '../json.js';
import type { End, Link } from '../link.js';
import type { Message } from './message.js';

/** Characters that may wait for slow handlers. Beyond, the connection ends; it is resumed when they are done. */
const waitingMax = 1 << 22;

/**
 * A WebSocket. A page can't set headers on one, and an address ends up in logs: the token travels as a subprotocol.
 * It can't be told to wait either, so what is not taken yet is bounded here.
 */
export async function* socket(link: Link): AsyncGenerator<Message, End> {
  let connection: InstanceType<NonNullable<typeof link.WebSocket_>>;
  try {
    connection = new link.WebSocket_!(link.address_('ws', link.since_()).replace(/^http/, 'ws'), link.token_ ? [`bearer.${link.token_}`] : []);
  } catch (error) {
    throw wrap('transport', error);
  }

  let queue: string[] = [];
  let waiting = 0;
  let closed: { code: number; reason?: string } | undefined;
  let wake = (): void => {};
  connection.onmessage = ({ data }) => {
    link.heardAt_ = Date.now();
    queue.push(data);
    waiting += data.length;
    if (waiting > waitingMax) {
      connection.onmessage = null;
      closed = { code: 1013 };
      connection.close();
    }
    wake();
  };
  connection.onclose = (event) => {
    closed ??= event;
    wake();
  };
  connection.onerror = () => {}; // says nothing that `close` doesn't; the package ws insists on a listener

  try {
    for (;;) {
      const batch = queue;
      queue = [];
      for (const text of batch) {
        waiting -= text.length;
        const message = parse(text);
        if (message.type === 'hello' && link.lists_) connection.send(JSON.stringify({ type: 'subscribe', ...link.lists_ }));
        yield message;
      }
      if (queue.length) continue;
      if (closed) {
        const hint = /come back in (\d+) ms/.exec(closed.reason!);
        return hint ? { waitMs_: +hint[1]! } : orThrow(closed, link);
      }
      await link.within_(new Promise<unknown>((resolve) => (link.signal_.onabort = wake = resolve as () => void)));
      link.signal_.throwIfAborted();
    }
  } catch (error) {
    // It may hang: no goodbye is waited for.
    if (!link.end_) connection.terminate?.();
    throw error;
  } finally {
    connection.onmessage = connection.onclose = null;
    connection.close();
  }
}

/** The token's end, and a slow reader: nothing is wrong with the server. */
export function orThrow({ code: status, reason }: any, { greetedAt_ }: Link, retryAfterMs?: number): End {
  if (greetedAt_ && (status === 4401 || status === 1013)) return {};
  throw new StockcastError(greetedAt_ ? 'network' : 'transport', `closed: ${status} ${reason}`, { status, retryAfterMs });
}
