// node follow.mjs http://localhost:5000 <JWT> [position.json]
// Prints each change of a figure, and goes on where it was when it is started again.
import { createClient, exact } from '@stockcast/client';
import { fileStore } from '@stockcast/client/node';

const [url, token, file = 'position.json'] = process.argv.slice(2);
const client = createClient({ url, token, store: fileStore(file) });
client.on('error', (error) => console.error(error.message));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => client.close());

for await (const event of client.changes('snapshot', 'stock_updated')) {
  if (event.type === 'snapshot') console.log(`${event.products.length} products as of ${event.seq} (${event.reason})`);
  else console.log(event.productCode, exact(event, 'oldStock'), '→', exact(event, 'newStock'));
}
await client.closed;
