// The built simulator and the built server, talking over loopback in a directory of their own.
import { spawn, spawnSync, execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

import { ask } from './ask.mjs';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const program = (name, variable) => process.env[variable] ?? join(root, 'build/debug/bin', name);
export const stockcast = program('stockcast', 'STOCKCAST_PROGRAM');
const siigoSim = program('siigo-sim', 'SIIGO_SIM_PROGRAM');

// A slow machine with sanitizers: what takes longer than this hangs.
const patience = 60_000;
const jwtSecret = 'contract-jwt-secret-that-is-long-enough-0123456789';
export const webhookSecret = 'contract-webhook-secret-0123456789';

export async function eventually(what, question, limit = patience, every = 50) {
  for (const end = Date.now() + limit; ; await sleep(every)) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${limit} ms in vain for: ${what}`);
  }
}

/// What SIIGO tells of a sale. `quantity`: a number, or as text one with more digits than a number has.
export function notification({ id, code, name }, quantity) {
  return {
    company_key: 'demo',
    topic: 'public.siigoapi.products.stock.update',
    id,
    code,
    name,
    available_quantity: quantity,
    stock_updated: new Date().toISOString(),
  };
}

class Program {
  constructor(path, args, environment, logFile) {
    this.logFile = logFile;
    const log = openSync(logFile, 'a');
    this.child = spawn(path, args, { env: environment, stdio: ['ignore', log, log], cwd: dirname(logFile) });
    // Whatever becomes of the test, nothing is left running.
    process.once('exit', () => this.child.kill('SIGKILL'));
    this.ended = new Promise((done) => this.child.on('exit', (code, signal) => done(signal ?? code)));
  }

  output() {
    return readFileSync(this.logFile, 'utf8');
  }

  async port() {
    let ended = false;
    this.ended.then(() => (ended = true));
    const found = await eventually('listening on', () => {
      const line = /listening on https?:\/\/\S+:(\d+)/.exec(this.output());
      if (!line && ended) throw new Error(`${this.logFile}: ended early:\n${this.output()}`);
      return line;
    });
    return Number(found[1]);
  }

  async stop() {
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    const how = await this.ended;
    clearTimeout(killer);
    return how;
  }
}

export class World {
  static async start({ settings = {}, simulator = [] } = {}) {
    const world = new World();
    world.directory = mkdtempSync(join(tmpdir(), 'stockcast-contract-'));
    world.simulator = new Program(siigoSim, ['--port', '0', ...simulator], {}, join(world.directory, 'siigo.log'));
    try {
      world.siigoPort = await world.simulator.port();
      world.environment = {
        // Where a sanitized build writes its findings and looks for its symbolizer.
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => /SAN_|^PATH$/.test(name))),
        LANG: 'C',
        DATA_DIR: join(world.directory, 'data'),
        HOST: '127.0.0.1',
        PORT: '0',
        JWT_SECRET: jwtSecret,
        WEBHOOK_SECRET: webhookSecret,
        SIIGO_BASE_URL: `http://127.0.0.1:${world.siigoPort}`,
        SIIGO_USERNAME: 'demo@stockcast.example',
        SIIGO_ACCESS_KEY: 'demo-access-key',
        SIIGO_PARTNER_ID: 'stockcastContract',
        SIIGO_REQUEST_SPACING: '0ms',
        LOG_LEVEL: 'warning',
        RATE_LIMIT_API: '0',
        RATE_LIMIT_OPEN: '0',
        ...settings,
      };
      world.server = new Program(stockcast, ['serve'], world.environment, join(world.directory, 'server.log'));
      world.port = await world.server.port();
    } catch (error) {
      await world.stop();
      throw error;
    }
    world.viewer = world.token('viewer');
    world.admin = world.token('admin');
    return world;
  }

  token(role, ttl = '1h') {
    const args = ['token', '--role', role, '--ttl', ttl, '--subject', 'contract'];
    return execFileSync(stockcast, args, { env: this.environment, encoding: 'utf8' }).trim();
  }

  ask(request) {
    return ask({ port: this.port, ...request });
  }

  /// GET as a viewer; the parsed body.
  async get(path) {
    const answer = await this.ask({ path, headers: { authorization: `Bearer ${this.viewer}` } });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  ready() {
    return eventually('a first sync', async () => (await this.ask({ path: '/readyz' })).status === 200);
  }

  /// A command of the simulator, or its state.
  async siigo(command, body) {
    const answer = await ask({
      port: this.siigoPort,
      method: body === undefined ? 'GET' : 'POST',
      path: `/_sim/${command}`,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (answer.status !== 200) throw new Error(`siigo-sim ${command}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  /// A sale, durable when this resolves.
  async sell(product, quantity) {
    const { status, text } = await this.ask({
      method: 'POST',
      path: `/api/webhooks/receive/${webhookSecret}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(notification(product, quantity)).replace(`"available_quantity":"${quantity}"`, `"available_quantity":${quantity}`),
    });
    if (status !== 200) throw new Error(`the sale of ${product.code}: ${status} ${text}`);
  }

  /// The simulator's notifications go to the server.
  subscribe() {
    return this.siigo('subscribe', { url: `http://127.0.0.1:${this.port}/api/webhooks/receive/${webhookSecret}` });
  }

  /// What `stockcast verify` finds in the store; nothing where it is whole.
  verify() {
    const ran = spawnSync(stockcast, ['verify'], { env: this.environment, encoding: 'utf8', cwd: this.directory });
    return ran.status === 0 ? '' : `${ran.stdout}${ran.stderr}` || `verify ended with ${ran.signal ?? ran.status}`;
  }

  /// Ends both programs; throws where the server did not end well, logged what only a bug can cause, or left a store with
  /// findings.
  async stop() {
    const how = this.server ? await this.server.stop() : 0;
    await this.simulator.stop();
    const log = this.server ? this.server.output() : '';
    const findings = this.server ? this.verify() : '';
    rmSync(this.directory, { recursive: true, force: true });
    if (how !== 0) throw new Error(`the server ended with ${how}:\n${log}`);
    const bug = /.*(Sanitizer|runtime error|❌ (GET|POST|DELETE) \S+ failed).*/.exec(log);
    if (bug) throw new Error(`the server logged: ${bug[0]}\n${log}`);
    if (findings) throw new Error(`the store that the server left is not whole:\n${findings}`);
  }
}
