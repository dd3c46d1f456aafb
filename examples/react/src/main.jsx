import { createClient, storageStore } from '@stockcast/client';
import { useProducts, useStatus } from '@stockcast/client/react';
import { createRoot } from 'react-dom/client';

// /react/?server=http://localhost:5000#<JWT>: what follows # never leaves the browser.
const server = new URLSearchParams(location.search).get('server') ?? 'http://localhost:5000';
const client = createClient({ url: server, token: location.hash.slice(1), store: storageStore() }).connect();

function Stock() {
  const { state } = useStatus(client);
  const products = useProducts(client);
  return (
    <>
      <p>{state}</p>
      <ul>
        {products.map(({ code, name, available_quantity: figure }) => (
          <li key={code}>
            {code} {name}: <b>{figure ?? '?'}</b>
          </li>
        ))}
      </ul>
    </>
  );
}

createRoot(document.getElementById('app')).render(<Stock />);
