import { parse } from '../json.js';
import type { End, Link } from '../link.js';
import type { Message } from './message.js';
import { orThrow } from './socket.js';

/** Server-Sent Events over fetch: unlike EventSource it can set headers, tells the status, and is read at our own pace. */
export async function* events(link: Link): AsyncGenerator<Message, End> {
  const response = await link.request_('api/events', { ...link.since_(), ...link.lists_ });
  let retry: number | undefined;
  let data = '';
  let rest = '';
  for await (const piece of link.pieces_(response)) {
    // A \r at the end may be half of \r\n.
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    for (const line of lines) {
      const [, field, value] = /^(\w*):? ?(.*)/s.exec(line)!;
      if (field === 'retry') retry = +value!;
      if (field === 'data') data += `${value}\n`;
      if (line || !data) continue;
      const message: Message = parse(data);
      data = '';
      if (message.type !== 'close') yield message;
      else return message.code === 1001 ? { waitMs_: retry } : orThrow(message, link);
    }
  }
  return orThrow({}, link, retry);
}
