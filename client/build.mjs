// Builds dist/ (ESM, CommonJS, types) and the one file that the server serves as /client.js, or, with --check, only says
// whether that file is what would be built.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minify } from 'terser';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');
export const servedFile = join(here, '../src/http/client.js');
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));

/// One entry as one file. Names that end in _ are inside matters: they are made short, the same way in each file.
async function bundle(entry, format) {
  const { outputFiles } = await build({
    entryPoints: [join(here, 'src', `${entry}.ts`)],
    bundle: true,
    write: false,
    format,
    target: 'es2022',
    platform: 'neutral',
    external: ['node:*', 'react', 'vue'],
  });
  const { code } = await minify(outputFiles[0].text, {
    module: format === 'esm',
    ecma: 2020,
    compress: { passes: 3, inline: 0, reduce_funcs: false, ecma: 2020 },
    mangle: { toplevel: true, properties: { regex: /_$/ } },
  });
  return `${code}\n`;
}

export async function served() {
  return `// @stockcast/client ${version}, Apache-2.0. Made by client/build.mjs from client/src: change it there.\n${await bundle('index', 'esm')}`;
}

async function buildAll() {
  rmSync(dist, { recursive: true, force: true });
  execFileSync(process.execPath, [createRequire(import.meta.url).resolve('typescript/bin/tsc')], { cwd: here, stdio: 'inherit' });
  for (const inner of ['filter.d.ts', 'handoff.d.ts', 'link.d.ts', 'transports']) rmSync(join(dist, inner), { recursive: true });
  // CommonJS looks for types under names of its own.
  for (const name of readdirSync(dist)) {
    writeFileSync(join(dist, name.replace('.d.ts', '.d.cts')), readFileSync(join(dist, name), 'utf8').replace(/(from '\..*)\.js'/g, "$1.cjs'"));
  }
  for (const entry of ['index', 'node', 'react', 'vue']) {
    writeFileSync(join(dist, `${entry}.js`), await bundle(entry, 'esm'));
    writeFileSync(join(dist, `${entry}.cjs`), await bundle(entry, 'cjs'));
  }
  writeFileSync(servedFile, await served());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--check')) {
    await buildAll();
  } else if ((await served()) !== readFileSync(servedFile, 'utf8')) {
    console.error('src/http/client.js is not what client/src gives: run `npm run build` in client/');
    process.exit(1);
  }
}
