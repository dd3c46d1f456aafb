// Both documents as the server gives them, before the tools of their own communities.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Parser } from '@asyncapi/parser';

import { World } from './world.mjs';

const here = dirname(fileURLToPath(import.meta.url));
let world;

before(async () => {
  world = await World.start({ settings: { SIIGO_ENABLED: 'false' } });
});
after(() => world?.stop());

async function served(path) {
  const answer = await world.ask({ path });
  assert.equal(answer.status, 200);
  assert.equal(answer.type, 'application/json');
  return answer;
}

test('OpenAPI: Redocly finds nothing', async () => {
  const file = join(world.directory, 'openapi.json');
  writeFileSync(file, JSON.stringify((await served('/openapi.json')).json, null, 1));
  const cli = join(here, 'node_modules/@redocly/cli/bin/cli.js');
  const linted = await promisify(execFile)(process.execPath, [cli, 'lint', file, '--config', join(here, 'redocly.yaml'), '--format', 'stylish'], {
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  }).catch((failed) => failed);
  assert.equal(linted.code ?? 0, 0, linted.stdout + linted.stderr);
});

test('AsyncAPI: the parser finds nothing', async () => {
  const { text } = await served('/asyncapi.json');
  const { document, diagnostics } = await new Parser().parse(text);
  // 3.0 is what interface.md promises.
  const findings = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version').map(({ message, path, severity }) => `${severity} ${path.join('.')}: ${message}`);
  assert.deepEqual(findings, []);
  assert.ok(document);
});
