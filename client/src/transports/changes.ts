import type { End, Link } from '../link.js';
import type { Message } from './message.js';

/** Below the 30 s after which many proxies give up on an answer. */
const waitMs = 25_000;

/** The waiting GET: plain requests, one after another, for where nothing that streams gets through. */
export async function* changes(link: Link): AsyncGenerator<Message, End> {
  for (;;) {
    // The first answer comes at once, so that it is soon known whether this works.
    const wait = link.greetedAt_ ? waitMs : 0;
    let page: any;
    try {
      page = await link.json_('api/changes', { ...link.since_(), limit: 1000, wait: `${wait}ms` }, wait + link.connectMs_);
    } catch (error: any) {
      if (error.status !== 410) throw error;
      // Told as on the streams: whose the log is, then that it can't be resumed.
      page = { changes: [{ type: 'hello', epoch: error.cause.epoch }, { type: 'reset', reason: error.message }] };
    }
    const { seq, epoch } = page;
    if (!link.greetedAt_) yield { type: 'hello', seq, epoch };
    yield* page.changes;
    // Fewer than there are may come in one answer.
    if (link.since_().since! >= seq) yield { type: 'caught_up', seq };
  }
}
