// The guides do what they say: their commands, run one after another against a live server, print what stands below them.
// In a ```json block each member must be there with a value of that kind; in a ```text block `…` stands for anything.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';

import { World, eventually, root, stockcast, webhookSecret } from './world.mjs';

let world;

before(async () => {
  world = await World.start({ settings: { WEBHOOK_BASE_URL: 'http://127.0.0.1/api/webhooks' } });
  await world.ready();
});
after(() => world?.stop());

/// Fenced blocks: language, text, line.
function blocksOf(file) {
  const text = readFileSync(join(root, 'docs', file), 'utf8');
  const blocks = [];
  for (const found of text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)) blocks.push({ language: found[1], text: found[2], line: text.slice(0, found.index).split('\n').length });
  return blocks;
}

/// Each command with the block that follows it, if that is one of output.
function steps(file) {
  const blocks = blocksOf(file);
  return blocks.flatMap((block, i) => (block.language === 'sh' ? [{ ...block, expected: ['json', 'text'].includes(blocks[i + 1]?.language) ? blocks[i + 1] : undefined }] : []));
}

/// One shell for a whole guide, so that what one command sets is there for the next.
class Shell {
  constructor(environment) {
    this.child = spawn('bash', ['-u'], { env: environment, cwd: environment.HOME });
    this.output = '';
    this.child.stdout.on('data', (data) => (this.output += data));
    this.child.stderr.on('data', (data) => (this.output += data));
  }

  async run(command) {
    this.output = '';
    this.child.stdin.write(`${command}\necho "--done $?--"\n`);
    const end = await eventually(command, () => /--done (\d+)--\n$/.exec(this.output));
    return { code: Number(end[1]), output: this.output.slice(0, end.index) };
  }

  end() {
    this.child.stdin.end();
  }
}

function likeness(expected, actual, where = 'the answer') {
  if (expected === null || actual === null) return [];
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [`${where} is no list`];
    if (expected.length > 0 && actual.length === 0) return [`${where} is empty`];
    return expected.slice(0, 1).flatMap((one) => likeness(one, actual[0], `${where}[0]`));
  }
  if (typeof expected !== typeof actual) return [`${where} is a ${typeof actual}, not a ${typeof expected}`];
  if (typeof expected !== 'object') return [];
  return Object.entries(expected).flatMap(([name, value]) => (name in actual ? likeness(value, actual[name], `${where}.${name}`) : [`${where} has no ${name}`]));
}

function compare({ language, text }, output) {
  if (language === 'json') {
    const expected = JSON.parse(text);
    const actual = JSON.parse(output);
    const fixed = ['success', 'status', 'type'].filter((name) => name in expected && expected[name] !== actual[name]).map((name) => `${name} is ${actual[name]}`);
    return fixed.concat(likeness(expected, actual));
  }
  const pattern = text.trim().split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^]*');
  return new RegExp(`^${pattern}$`).test(output.trim().replaceAll('\r', '')) ? [] : ['that is not what was expected'];
}

for (const file of ['http.md', 'http.es.md', 'streams.md', 'streams.es.md']) {
  test(`docs/${file}`, async () => {
    const shell = new Shell({
      ...world.environment,
      PATH: `${dirname(stockcast)}:${process.env.PATH}`,
      HOME: world.directory,
      WEBHOOK_SECRET: webhookSecret,
    });
    try {
      for (const step of steps(file)) {
        const command = step.text.replaceAll('http://localhost:5000', `http://127.0.0.1:${world.port}`);
        const { code, output } = await shell.run(command);
        const what = `docs/${file}:${step.line}\n${step.text}\n${output}`;
        assert.equal(code, 0, what);
        if (step.expected) assert.deepEqual(compare(step.expected, output), [], what);
      }
    } finally {
      shell.end();
    }
  });
}

/// A program of a guide, its comments aside.
const programs = (file) => blocksOf(file).flatMap(({ language, text }) => (language === 'js' ? [text.replace(/\/\/ .*$/gm, '')] : []));

/// Started as a process of its own, from where it finds the package `ws`.
function start(name, text, args) {
  const directory = join(root, 'tests/contract/node_modules/.guide');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, name), text);
  const child = spawn(process.execPath, [join(directory, name), ...args], { cwd: world.directory });
  const program = { output: '', child };
  child.stdout.on('data', (data) => (program.output += data));
  child.stderr.on('data', (data) => (program.output += data));
  program.end = () => new Promise((done) => child.on('exit', done) && child.kill());
  return program;
}

async function sell(code, stock) {
  await world.siigo('sell', { code, stock });
  await eventually('the sale', async () => (await world.get(`/api/products/${code}?by=code`)).product.available_quantity === stock);
}

test('docs/streams.md: the page holds the stock as SIIGO has it', async () => {
  await world.subscribe();
  const [page] = programs('streams.md');
  const told = `
    import WebSocketOfNode from 'ws';
    globalThis.WebSocket = WebSocketOfNode;
    setInterval(() => console.log(JSON.stringify([...stock])), 100);
  `;
  const text = page.replace('http://localhost:5000', `http://127.0.0.1:${world.port}`).replace('<JWT>', world.viewer);
  const program = start('page.mjs', told + text, []);
  const held = () => new Map(JSON.parse(program.output.trim().split('\n').at(-1) || '[]'));
  try {
    const { products } = await world.get('/api/products?limit=2');
    const figures = await eventually('all products', () => held().size > 500 && held(), 20_000);
    assert.equal(figures.get(products[0].code), products[0].available_quantity);
    await sell(products[0].code, 4.5);
    await eventually('the sale on the page', () => held().get(products[0].code) === 4.5, 20_000).catch((late) => assert.fail(`${late.message}\n${program.output.slice(-2000)}`));
  } finally {
    await program.end();
  }
});

test('docs/streams.md: the follower goes on where it was', async () => {
  const [, follower] = programs('streams.md');
  const { products } = await world.get('/api/products?limit=2');
  const args = [`http://127.0.0.1:${world.port}`, world.viewer];
  const run = async (line) => {
    const program = start('follow.mjs', follower, args);
    await eventually(line, () => program.output.includes(line), 20_000).catch((late) => assert.fail(`${late.message}\n${program.output.slice(-2000)}`));
    await program.end();
    return program.output;
  };
  await sell(products[1].code, 21.5);
  await run(`${products[1].code} `);
  await sell(products[1].code, 20.5);
  assert.doesNotMatch(await run(`${products[1].code} 21.5 → 20.5`), /from the beginning/);
});

test('both languages have the same commands and programs', () => {
  const commands = (file) => steps(file).map(({ text }) => text.replace(/#.*$/gm, '').trim());
  for (const guide of ['http', 'streams']) {
    assert.deepEqual(commands(`${guide}.es.md`), commands(`${guide}.md`));
    assert.deepEqual(programs(`${guide}.es.md`), programs(`${guide}.md`));
  }
});
