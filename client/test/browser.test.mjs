// The client in a real browser: Debian's Chromium, a page of another origin than the server's, and the hooks.
import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

import { World } from '../../tests/contract/world.mjs';
import { eventually } from './eventually.mjs';

const client = dirname(dirname(fileURLToPath(import.meta.url)));
const examples = join(client, '../examples');
let world;
let pages;
let browser;
let origin;
const product = { id: '00584089-4ebc-49de-bf75-6a6cc968a96d', code: 'BROWSER-1', name: 'Camiseta' };

const page = (script) => `<!doctype html><meta charset="utf-8"><title>-</title><div id="react"></div><div id="vue"></div><script type="module">${script}</script>`;

/// Follows the server with its own copy of the client, and keeps its place over reloads.
const following = (first = '') => `
  import { createClient, storageStore } from 'http://127.0.0.1:${world.port}/client.js';
  ${first}
  const client = createClient({ url: 'http://127.0.0.1:${world.port}', token: '${world.viewer}', store: storageStore(), backoff: { leastMs: 5, mostMs: 50 } });
  window.seen = [];
  window.errors = [];
  client.on('stock_updated', ({ productCode, newStock }) => void window.seen.push(productCode + '=' + newStock));
  client.on('snapshot', ({ reason }) => void window.seen.push(reason));
  client.on('error', (error) => void window.errors.push(String(error)));
  window.client = client.connect();
`;

const hooks = (code) => `
  import { createElement } from 'react';
  import { createRoot } from 'react-dom/client';
  import { createApp, h } from 'vue';
  import { createClient } from './dist/index.js';
  import * as react from './dist/react.js';
  import * as vue from './dist/vue.js';
  const client = createClient({ url: 'http://127.0.0.1:${world.port}', token: '${world.viewer}' }).connect();
  const line = (stock, status, name, count) => [stock, status, name, count > 500].join(' ');
  function Figure() {
    return line(react.useStock(client, '${code}'), react.useStatus(client).state, react.useProduct(client, '${code}')?.name, react.useProducts(client).length);
  }
  createRoot(document.getElementById('react')).render(createElement(Figure));
  createApp({
    setup() {
      const [stock, status, one, all] = [vue.useStock(client, '${code}'), vue.useStatus(client), vue.useProduct(client, () => '${code}'), vue.useProducts(client)];
      return () => h('p', line(stock.value, status.value.state, one.value?.name, all.value.length));
    },
  }).mount('#vue');
`;

/// As text that can stand in a page.
async function bundled(options) {
  const { outputFiles } = await build({ bundle: true, write: false, format: 'esm', ...options });
  return outputFiles[0].text.replaceAll('</script', '<\\/script');
}

before(async () => {
  let content = '';
  pages = http.createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(content));
  await new Promise((done) => pages.listen(0, '127.0.0.1', done));
  pages.show = (html) => (content = html);
  origin = `http://127.0.0.1:${pages.address().port}`;
  world = await World.start({ settings: { CORS_ORIGINS: origin, SYNC_INTERVAL: '24h' } });
  await world.ready();
  await sell(10);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
  });
});
after(async () => {
  await browser?.close();
  pages?.close();
  await world?.stop();
});

const sell = (quantity) => world.sell(product, quantity);

const read = (tab, expression) => tab.evaluate(expression);

test('a page follows over WebSocket, through an outage and a reload, and misses nothing', async () => {
  pages.show(page(following()));
  const context = await browser.newContext();
  const tab = await context.newPage();
  await tab.goto(origin);
  const isLive = () => read(tab, `window.client?.status.state === 'live'`);
  const seen = (expected) => eventually(expected, async () => JSON.stringify(await read(tab, 'window.seen')) === JSON.stringify(expected));
  await eventually('live', isLive);
  assert.equal(await read(tab, 'window.client.status.transport'), 'websocket');
  await sell(11);
  await seen(['start', 'BROWSER-1=11']);

  // The server is gone for the page; what is sold meanwhile comes when it is back.
  await context.setOffline(true);
  const { streams } = (await world.ask({ path: '/api/streams', headers: { authorization: `Bearer ${world.admin}` } })).json;
  for (const { id } of streams) await world.ask({ method: 'DELETE', path: `/api/streams/${id}`, headers: { authorization: `Bearer ${world.admin}` } });
  await eventually('cut off', async () => !(await isLive()));
  await sell(12);
  await sell(13);
  await context.setOffline(false);
  await seen(['start', 'BROWSER-1=11', 'BROWSER-1=12', 'BROWSER-1=13']);

  await eventually('saved', async () => (await read(tab, 'JSON.parse(localStorage.stockcast).seq')) === (await read(tab, 'window.client.position.seq')));
  await tab.goto('about:blank');
  await sell(14);
  await tab.goto(origin);
  await seen(['BROWSER-1=14']); // where it was left, not from the start
  await context.close();
});

test('where WebSockets are blocked the page follows over Server-Sent Events', async () => {
  pages.show(
    page(
      following(`
    window.WebSocket = class {
      constructor() {
        setTimeout(() => this.onclose({ code: 1006, reason: '' }));
      }
      close() {}
    };`),
    ),
  );
  const context = await browser.newContext();
  const tab = await context.newPage();
  await tab.goto(origin);
  await eventually('live', () => read(tab, `window.client?.status.state === 'live'`));
  assert.equal(await read(tab, 'window.client.status.transport'), 'events');
  await sell(20);
  await eventually('the change', () => read(tab, `window.seen.includes('BROWSER-1=20')`));
  await context.close();
});

test('hooks of React and Vue show the live figure', async () => {
  const script = await bundled({
    stdin: { contents: hooks(product.code), resolveDir: client },
    define: { 'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
  });
  pages.show(page(script));
  const tab = await browser.newPage();
  await tab.goto(origin);
  const shown = (name) => read(tab, `document.getElementById('${name}').textContent`);
  for (const quantity of [30, 31.5]) {
    await sell(quantity);
    for (const name of ['react', 'vue'])
      await eventually(`${name}: ${quantity}`, async () => (await shown(name)) === `${quantity} live Camiseta true`);
  }
  await tab.close();
});

test('the example in React shows the stock and each sale', async () => {
  const script = await bundled({
    entryPoints: [join(examples, 'react/src/main.jsx')],
    jsx: 'automatic',
    alias: { '@stockcast/client': join(client, 'dist/index.js'), '@stockcast/client/react': join(client, 'dist/react.js') },
    nodePaths: [join(client, 'node_modules')],
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const html = readFileSync(join(examples, 'react/index.html'), 'utf8');
  const inline = html.replace('<script type="module" src="app.js"></script>', () => `<script type="module">${script}</script>`);
  assert.notEqual(inline, html);
  pages.show(inline);
  const tab = await browser.newPage();
  await tab.goto(`${origin}/?server=http://127.0.0.1:${world.port}#${world.viewer}`);
  for (const quantity of [40, 41.25]) {
    await sell(quantity);
    await eventually(`${quantity}`, async () => (await read(tab, 'document.body.innerText')).includes(`BROWSER-1 Camiseta: ${quantity}`));
  }
  await tab.close();
});
