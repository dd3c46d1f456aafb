// The examples, as their readers would run them: against the built server, stopped and started again.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { World } from '../../tests/contract/world.mjs';
import { eventually } from './eventually.mjs';

const client = dirname(dirname(fileURLToPath(import.meta.url)));
const examples = join(client, '../examples');
let world;
let directory;

before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'stockcast-examples-'));
  mkdirSync(join(directory, 'node_modules/@stockcast'), { recursive: true });
  symlinkSync(client, join(directory, 'node_modules/@stockcast/client'));
  copyFileSync(join(examples, 'node/follow.mjs'), join(directory, 'follow.mjs'));
  world = await World.start({ settings: { SYNC_INTERVAL: '24h' } });
  await world.ready();
});
after(async () => {
  await world?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const sell = (code, quantity) => {
  const id = `00000000-0000-4000-8000-${Buffer.from(code).toString('hex').slice(0, 12).padStart(12, '0')}`;
  return world.sell({ id, code, name: code }, quantity);
};

/// A program that runs, with what it has printed.
function run(command, args) {
  const child = spawn(command, args, { cwd: directory, env: { ...process.env, PYTHONUNBUFFERED: '1' } });
  const running = { printed: '', errors: '' };
  child.stdout.on('data', (text) => (running.printed += text));
  child.stderr.on('data', (text) => (running.errors += text));
  running.stop = () => new Promise((done) => (child.on('exit', done), child.kill('SIGTERM')));
  process.once('exit', () => child.kill('SIGKILL'));
  return running;
}

const languages = {
  node: [process.execPath, ['follow.mjs']],
  python: ['python3', [join(examples, 'python/follow.py')]],
  php: ['php', [join(examples, 'php/follow.php')]],
};
for (const [name, [command, args]] of Object.entries(languages)) {
  const isHere = spawnSync(command, ['--version']).status === 0;
  test(`${name}: follows, and goes on where it was`, { skip: !isHere && `${command} is not installed` }, async () => {
    const code = `EX-${name}`;
    const start = () => run(command, [...args, `http://127.0.0.1:${world.port}`, world.viewer, `${name}.json`]);
    await sell(code, '1.5');
    const first = start();
    const says = (running, text) => eventually(`${text}\n${running.printed}${running.errors}`, () => running.printed.includes(text));
    await says(first, 'products as of');
    await sell(code, '12345678901234567.25');
    await says(first, `${code} 1.5 → 12345678901234567.25\n`);
    await first.stop();

    await sell(code, '7');
    const second = start();
    await says(second, `${code} 12345678901234567.25 → 7\n`);
    assert.ok(!second.printed.includes('products as of'), second.printed);
    await second.stop();
  });
}
