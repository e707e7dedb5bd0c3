// The packed package in Node and in the bundlers that the checkout has.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';

import * as esbuild from 'esbuild';
import * as vite from 'vite';

import { USE, app, html, importFrom, node, outcomeIn, outcomeOf } from '../packed-app.mjs';
import { project } from '../packed.mjs';

test('Vite, production build', async (context) => {
  const root = project(context, { 'index.html': html('/app.js'), 'app.js': app('sealwood') });
  await vite.build({ root, configFile: false, logLevel: 'error' });
  assert.equal(await outcomeIn(context, join(root, 'dist')), 'packed');
});

test('Vite, development server', async (context) => {
  const root = project(context, { 'index.html': html('/app.js'), 'app.js': app('sealwood') });
  const optimizeDeps = { exclude: ['sealwood'] };
  const server = await vite.createServer({ root, configFile: false, logLevel: 'error', optimizeDeps });
  context.after(() => server.close());
  await server.listen(0);
  const { port } = server.httpServer.address();
  assert.equal(await outcomeOf(context, `http://localhost:${port}/`), 'packed');
});

test('webpack', async (context) => {
  const { default: webpack } = await import('webpack');
  const root = project(context, { 'app.js': app('sealwood'), 'dist/index.html': html('main.js') });
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
  const code = `${importFrom('sealwood')}
    import wasm from 'sealwood/sealwood.wasm';
    globalThis.outcome = (async () => { await init(new URL(wasm, import.meta.url)); ${USE} })();`;
  const root = project(context, { 'app.js': code, 'dist/index.html': html('app.js') });
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
  const code = `${importFrom('sealwood/slim')}
    import wasm from 'sealwood/sealwood.wasm';
    (async () => { await init(wasm); ${USE} })().then(console.log);`;
  const root = project(context, { 'app.js': code });
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

test('esbuild, as a script of old that may reach nothing but itself', async (context) => {
  const policy = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; img-src data:`;
  const page = html('app.js')
    .replace('<title>', `<meta http-equiv="Content-Security-Policy" content="${policy}"><title>`)
    .replace(' type="module"', '');
  const root = project(context, { 'app.js': app('sealwood/inline'), 'dist/index.html': page });
  const { warnings } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['app.js'],
    bundle: true,
    minify: true,
    format: 'iife',
    outdir: 'dist',
    logLevel: 'silent',
  });
  assert.deepEqual(warnings, []);
  assert.equal(await outcomeIn(context, join(root, 'dist')), 'packed');
});

test('esbuild, for Node, in one file without a loader', async (context) => {
  const root = project(context, { 'app.js': `${app('sealwood/inline')} globalThis.outcome.then(console.log);` });
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['app.js'],
    bundle: true,
    platform: 'node',
    outfile: 'out.cjs',
  });
  assert.equal(node(root, 'out.cjs'), 'packed');
});

test('Node', (context) => {
  const root = project(context, { 'app.js': `${app('sealwood')} console.log(await globalThis.outcome);` });
  assert.equal(node(root, 'app.js'), 'packed');
});

test('a server that renders imports the package and touches nothing', (context) => {
  const entries = ['sealwood', 'sealwood/slim', 'sealwood/inline', 'sealwood/testing'];
  const root = project(context, { 'app.js': entries.map((name) => `import '${name}';`).join('\n') });
  assert.equal(node(root, 'app.js'), '');
  assert.equal(node(root, '--conditions=browser', 'app.js'), '');
});
