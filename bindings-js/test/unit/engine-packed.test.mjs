// The entry of the engine as bundlers take it: alone, with its own module and nothing of vaults.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import * as esbuild from 'esbuild';
import * as vite from 'vite';

import { app, engineApp, html, node, outcomeIn } from '../packed-app.mjs';
import { project } from '../packed.mjs';

/** What esbuild makes of `root`. */
async function bundled(root, contents, options = {}) {
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: root },
    bundle: true,
    format: 'esm',
    metafile: true,
    write: false,
    ...options,
  });
  return Object.keys(metafile.inputs);
}

test('Vite, production build: a page that uses the engine loads its module alone', async (context) => {
  const root = project(context, { 'index.html': html('/app.js'), 'app.js': engineApp('sealwood/engine') });
  await vite.build({ root, configFile: false, logLevel: 'error' });
  const assets = readdirSync(join(root, 'dist/assets'));
  assert.deepEqual(assets.filter((name) => name.endsWith('.wasm')).map((name) => name.split('-')[0]), [
    'sealwood_engine_bg',
  ]);
  assert.equal(await outcomeIn(context, join(root, 'dist')), 'packed');
});

test('webpack', async (context) => {
  const { default: webpack } = await import('webpack');
  const files = { 'app.js': engineApp('sealwood/engine'), 'dist/index.html': html('main.js') };
  const root = project(context, files);
  const output = { path: join(root, 'dist') };
  const performance = { hints: false };
  const options = { mode: 'production', context: root, entry: './app.js', output, performance };
  const stats = await new Promise((resolve, reject) =>
    webpack(options, (error, stats) => (error ? reject(error) : resolve(stats))),
  );
  assert.equal(stats.hasErrors() || stats.hasWarnings(), false, stats.toString());
  assert.equal(await outcomeIn(context, join(root, 'dist')), 'packed');
});

test('esbuild, in one file, for a page and for Node', async (context) => {
  const code = engineApp('sealwood/engine/inline');
  const root = project(context, {
    'app.js': code,
    'node.js': `${code} globalThis.outcome.then(console.log);`,
    'dist/index.html': html('app.js'),
  });
  const options = { absWorkingDir: root, bundle: true };
  await esbuild.build({ ...options, entryPoints: ['app.js'], format: 'iife', outdir: 'dist' });
  assert.equal(await outcomeIn(context, join(root, 'dist')), 'packed');
  await esbuild.build({ ...options, entryPoints: ['node.js'], platform: 'node', outfile: 'out.cjs' });
  assert.equal(node(root, 'out.cjs'), 'packed');
});

test('Node, beside the main entry', (context) => {
  const code = `${engineApp('sealwood/engine')} console.log(await globalThis.outcome);`;
  const root = project(context, {
    'app.js': code,
    'both.js': `import './app.js'; import { SealwoodError } from 'sealwood';
      import { SealwoodError as Other } from 'sealwood/engine'; console.log(SealwoodError === Other);`,
  });
  assert.equal(node(root, 'app.js'), 'packed');
  assert.equal(node(root, 'both.js'), 'packed\ntrue');
  assert.equal(node(root, '--conditions=browser', '--input-type=module', '-e', "import 'sealwood/engine';"), '');
});

test('neither entry brings what the other alone needs', async (context) => {
  const root = project(context, { 'app.js': app('sealwood') });
  const engine = await bundled(root, "export * from 'sealwood/engine/slim';");
  assert.ok(engine.some((file) => file.endsWith('generated/sealwood_engine.js')), engine.join(' '));
  assert.deepEqual(engine.filter((file) => /generated\/sealwood\.js|vault|indexed-db|s3/.test(file)), []);
  const main = await bundled(root, "export * from 'sealwood/slim';");
  assert.deepEqual(main.filter((file) => /engine/.test(file)), []);
  const text = (name) => readFileSync(new URL(`../../js/generated/${name}`, import.meta.url), 'latin1');
  assert.ok(text('sealwood_engine_bg.wasm').includes('namespace was dropped'));
  assert.ok(!text('sealwood_engine_bg.wasm').includes('argon2'));
});
