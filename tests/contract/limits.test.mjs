// A server that is asked too much, and one that has no SIIGO: these answers are as described too.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Contract } from './document.mjs';
import { World } from './world.mjs';

let world;
let contract;

before(async () => {
  // Nobody listens on port 9 of loopback: no first sync is ever completed.
  world = await World.start({ settings: { SIIGO_BASE_URL: 'http://127.0.0.1:9', RATE_LIMIT_OPEN: '1/m', RATE_LIMIT_API: '1/m' } });
  contract = new Contract((await world.ask({ path: '/openapi.json' })).json);
});
after(() => world?.stop());

test('health is told without a limit, readiness with its reasons', async () => {
  for (const [key, status] of [['GET /healthz', 200], ['GET /readyz', 503]]) {
    const found = contract.operations.find((one) => one.key === key);
    for (let i = 0; i < 10; ++i) {
      const answer = await world.ask({ path: found.pattern });
      assert.equal(answer.status, status);
      assert.deepEqual(contract.complaints(found, answer), [], key);
    }
  }
});

test('every other operation is refused with 429 after so many', async () => {
  for (const found of contract.operations) {
    const open = !('401' in found.operation.responses);
    if (!('429' in found.operation.responses) || found.pattern.includes('{secret}')) continue;
    const headers = open ? {} : { authorization: `Bearer ${world.admin}` };
    const body = found.method === 'POST' ? '{}' : undefined;
    if (body) headers['content-type'] = 'application/json';
    let answer;
    for (let i = 0; i < 5 && answer?.status !== 429; ++i) {
      answer = await world.ask({ method: found.method, path: found.pattern.replace(/\{\w+\}/, 'x'), headers, body });
      assert.deepEqual(contract.complaints(found, answer), [], found.key);
    }
    assert.equal(answer.status, 429, found.key);
  }
});
