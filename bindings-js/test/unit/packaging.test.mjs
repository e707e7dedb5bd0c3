// The packed package in every bundler, in Node, at the edge and under a strict TypeScript compiler.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';

import * as esbuild from 'esbuild';
import * as vite from 'vite';

import { launch, openPage } from '../browser/chromium.mjs';
import { serveFiles } from '../browser/server.mjs';
import { project } from '../packed.mjs';

const resolve = createRequire(import.meta.url).resolve;

const USE = `
  const vault = await Vault.create(BlobStore.memory(), Credential.secret(generateSecret()));
  await vault.put('a', 'packed');
  return new TextDecoder().decode(await vault.get('a'));`;
const IMPORT = `import { BlobStore, Credential, Vault, generateSecret, init } from 'sealwood';`;
const APP = `${IMPORT} globalThis.outcome = (async () => { await init(); ${USE} })();`;
const HTML = (script) => `<!doctype html><title>App</title><link rel="icon" href="data:,">
  <script type="module" src="${script}"></script>`;

/** What the app in the page at \`url\` comes to. */
async function outcomeOf(context, url) {
  const browser = await launch();
  context.after(() => browser.close());
  const page = await openPage(browser, url);
  return page.evaluate(() => globalThis.outcome);
}

async function outcomeIn(context, directory) {
  const server = await serveFiles(directory);
  context.after(() => server.close());
  return outcomeOf(context, `${server.url}/`);
}

/** Runs Node in \`root\` and gives what it writes. */
function node(root, ...parameters) {
  const { stdout, stderr } = spawnSync(process.execPath, parameters, { cwd: root, encoding: 'utf8' });
  assert.equal(stderr.slice(-2000), '');
  return stdout.trim();
}

test('Vite, production build', async (context) => {
  const root = project(context, { 'index.html': HTML('/app.js'), 'app.js': APP });
  await vite.build({ root, configFile: false, logLevel: 'error' });
  assert.equal(await outcomeIn(context, join(root, 'dist')), 'packed');
});

test('Vite, development server', async (context) => {
  const root = project(context, { 'index.html': HTML('/app.js'), 'app.js': APP });
  const optimizeDeps = { exclude: ['sealwood'] };
  const server = await vite.createServer({ root, configFile: false, logLevel: 'error', optimizeDeps });
  context.after(() => server.close());
  await server.listen(0);
  const { port } = server.httpServer.address();
  assert.equal(await outcomeOf(context, `http://localhost:${port}/`), 'packed');
});

test('webpack', async (context) => {
  const { default: webpack } = await import('webpack');
  const root = project(context, { 'app.js': APP, 'dist/index.html': HTML('main.js') });
  const output = { path: join(root, 'dist') };
  // It warns of every asset of more than 250 kB.
  const performance = { hints: false };
  const options = { mode: 'production', context: root, entry: './app.js', output, performance };
  const stats = await promisify(webpack)(options);
  assert.equal(stats.hasErrors(), false, stats.toString());
  assert.equal(stats.hasWarnings(), false, stats.toString());
  assert.equal(await outcomeIn(context, join(root, 'dist')), 'packed');
});

test('esbuild, for browsers', async (context) => {
  const app = `${IMPORT}
    import wasm from 'sealwood/sealwood.wasm';
    globalThis.outcome = (async () => { await init(new URL(wasm, import.meta.url)); ${USE} })();`;
  const root = project(context, { 'app.js': app, 'dist/index.html': HTML('app.js') });
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['app.js'],
    bundle: true,
    minify: true,
    format: 'esm',
    outdir: 'dist',
    loader: { '.wasm': 'file' },
  });
  assert.equal(await outcomeIn(context, join(root, 'dist')), 'packed');
});

test('esbuild, for Node, without imports of its own', async (context) => {
  const app = `import { BlobStore, Credential, Vault, generateSecret, init } from 'sealwood/slim';
    import wasm from 'sealwood/sealwood.wasm';
    (async () => { await init(wasm); ${USE} })().then(console.log);`;
  const root = project(context, { 'app.js': app });
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['app.js'],
    bundle: true,
    platform: 'node',
    target: 'node20',
    outfile: 'out.cjs',
    loader: { '.wasm': 'binary' },
  });
  assert.equal(node(root, 'out.cjs'), 'packed');
});

test('Node', (context) => {
  const root = project(context, { 'app.js': `${APP} console.log(await globalThis.outcome);` });
  assert.equal(node(root, 'app.js'), 'packed');
});

test('a server that renders imports the package and touches nothing', (context) => {
  const root = project(context, { 'app.js': `import 'sealwood'; import 'sealwood/slim';` });
  assert.equal(node(root, 'app.js'), '');
  assert.equal(node(root, '--conditions=browser', 'app.js'), '');
});

test('a worker at the edge, which compiles nothing itself', async (context) => {
  const worker = `${IMPORT}
    export default { async fetch() { await init(); return new Response(await (async () => { ${USE} })()); } };`;
  const root = project(context, { 'worker.js': worker });
  // As the tools of the edge do it: modules for wasm32 stay imports.
  const keep = {
    name: 'keep',
    setup(build) {
      build.onLoad({ filter: /\.wasm$/ }, ({ path }) => {
        writeFileSync(join(root, 'module.wasm'), readFileSync(path));
        return { contents: `export { default } from './module.wasm';`, loader: 'js' };
      });
      build.onResolve({ filter: /^\.\/module\.wasm$/ }, ({ path }) => ({ path, external: true }));
    },
  };
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['worker.js'],
    bundle: true,
    format: 'esm',
    outfile: 'out.mjs',
    conditions: ['workerd', 'worker'],
    plugins: [keep],
  });
  const hooks = `
    export async function load(url, context, next) {
      if (!url.endsWith('.wasm')) return next(url, context);
      const source = 'import { readFileSync } from "node:fs";'
        + 'export default new WebAssembly.Module(readFileSync(new URL(' + JSON.stringify(url) + ')));';
      return { format: 'module', source, shortCircuit: true };
    }`;
  const run = `
    import { register } from 'node:module';
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}));
    const { default: worker } = await import('./out.mjs');
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = (module, imports) => {
      if (!(module instanceof WebAssembly.Module)) throw new Error('code generation is disallowed');
      return instantiate(module, imports);
    };
    delete globalThis.process;
    globalThis.fetch = () => { throw new Error('nothing is fetched') };
    console.log(await (await worker.fetch()).text());`;
  writeFileSync(join(root, 'run.mjs'), run);
  assert.equal(node(root, 'run.mjs'), 'packed');
});

const STRICT = {
  strict: true,
  noEmit: true,
  target: 'es2022',
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
};
const TYPED = `
  import { BlobStore, Credential, SealwoodError, Vault, checkStore, init } from 'sealwood';
  import { init as slimInit } from 'sealwood/slim';
  import wasm from 'sealwood/sealwood.wasm';
  import type { CustomStore, EntryInfo, SealwoodErrorCode } from 'sealwood';

  export async function use(store: CustomStore, signal: AbortSignal): Promise<EntryInfo | undefined> {
    await init();
    await init(new URL('file:///x'));
    await slimInit(wasm);
    using credential = Credential.passphrase('open sesame');
    await using vault = await Vault.create(store, credential, { kdf: { passes: 3 } }, { signal });
    const info = await vault.put('a', new Uint8Array(1), { onProgress: ({ done }) => done.toFixed() });
    const pieces: ReadableStream<Uint8Array> = await vault.getStream('a', { start: 0, end: 1, signal });
    await vault.putStream('b', pieces);
    for await (const entry of vault.entries('')) if (entry.kind === 'file') return entry;
    const kept: number = await checkStore(BlobStore.memory(), 'check');
    const tag: string = await BlobStore.custom(store).put('a', new Uint8Array(kept), 'absent');
    await BlobStore.custom(BlobStore.memory()).put('a', new Uint8Array(), { matches: tag });
    return info;
  }

  export function codeOf(error: unknown): SealwoodErrorCode | undefined {
    return error instanceof SealwoodError ? error.code : undefined;
  }

  // @ts-expect-error a constructor is nobody's
  new Vault();
  // @ts-expect-error bytes are no text
  Credential.secret('text');
  // @ts-expect-error there is no such code
  new SealwoodError('no-such-code');
  // @ts-expect-error the slim entry has no module of its own
  void slimInit();
`;

for (const [name, options] of Object.entries({
  'for bundlers': { module: 'esnext', moduleResolution: 'bundler', lib: ['es2022', 'esnext.disposable', 'dom'] },
  'for Node': { module: 'nodenext', moduleResolution: 'nodenext', lib: ['es2022', 'esnext.disposable', 'dom'] },
})) {
  test(`TypeScript, strict, ${name}`, (context) => {
    const compilerOptions = { ...STRICT, ...options, types: [] };
    const config = JSON.stringify({ compilerOptions, files: ['app.ts'] });
    const root = project(context, { 'app.ts': TYPED, 'tsconfig.json': config });
    const compiler = join(resolve('typescript/package.json'), '../bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', root], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });
}

test('TypeScript, strict, with the types of Node instead of a page', (context) => {
  const types = join(resolve('@types/node/package.json'), '..');
  const compilerOptions = {
    ...STRICT,
    module: 'nodenext',
    moduleResolution: 'nodenext',
    lib: ['es2022', 'esnext.disposable'],
    skipLibCheck: true,
    types: [types],
  };
  const config = JSON.stringify({ compilerOptions, files: ['app.ts'] });
  const app = TYPED.replace('  import {', `  import type { ReadableStream } from 'node:stream/web';\n  import {`);
  const root = project(context, { 'app.ts': app, 'tsconfig.json': config });
  const compiler = join(resolve('typescript/package.json'), '../bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', root], { encoding: 'utf8' });
  assert.equal(status, 0, stdout);
});

test('the tarball has what it needs and nothing else', (context) => {
  const root = project(context, {});
  const { stdout } = spawnSync('find', ['node_modules/sealwood', '-type', 'f'], { cwd: root, encoding: 'utf8' });
  const files = stdout.trim().split('\n').map((file) => file.slice('node_modules/sealwood/'.length));
  for (const file of ['README.md', 'LICENSE-MIT', 'LICENSE-APACHE', 'js/generated/sealwood_bg.wasm']) {
    assert.ok(files.includes(file), `${file} is missing`);
  }
  assert.deepEqual(files.filter((file) => /^(src|test|Cargo)|built-from|optimised/.test(file)), []);
  const manifest = JSON.parse(readFileSync(join(root, 'node_modules/sealwood/package.json'), 'utf8'));
  for (const [name, target] of Object.entries(manifest.exports)) {
    if (typeof target === 'string') continue;
    assert.equal(Object.keys(target)[0], 'types', name);
    Object.values(target).forEach((file) => assert.ok(files.includes(file.slice(2)), file));
  }
});
