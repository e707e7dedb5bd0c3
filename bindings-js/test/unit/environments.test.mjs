// The packed package in bundlers and runtimes that are installed apart. None of them is given a setting,
// unless README says which.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';

import { installed, program, projectAmongThem } from '../environments.mjs';
import {
  CHECK,
  CHECKING_APP,
  KEPT,
  USE,
  app,
  html,
  importFrom,
  node,
  outcomeIn,
  run,
} from '../packed-app.mjs';

const require = createRequire(join(installed(), 'package.json'));
const LOG = 'console.log(await globalThis.outcome);';

test('Parcel', async (context) => {
  const files = { 'index.html': html('app.js'), 'app.js': app('sealwood') };
  const root = projectAmongThem(context, files);
  run(root, program('parcel'), ['build', 'index.html', '--no-cache', '--no-source-maps']);
  assert.equal(await outcomeIn(context, join(root, 'dist')), 'packed');
});

test('Parcel, an entry other than the first', async (context) => {
  const setting = { '@parcel/resolver-default': { packageExports: true } };
  const root = projectAmongThem(context, {
    'package.json': JSON.stringify({ private: true, ...setting }),
    // Settings are read where the lock is.
    'package-lock.json': '{}',
    'index.html': html('app.js'),
    'app.js': app('sealwood/inline'),
  });
  run(root, program('parcel'), ['build', 'index.html', '--no-cache', '--no-source-maps']);
  assert.equal(await outcomeIn(context, join(root, 'dist')), 'packed');
});

test('Rollup', async (context) => {
  const { rollup } = require('rollup');
  const { default: nodeResolve } = require('@rollup/plugin-node-resolve');
  const root = projectAmongThem(context, { 'app.js': app('sealwood/inline'), 'dist/index.html': html('app.js') });
  const warnings = [];
  const bundle = await rollup({
    input: join(root, 'app.js'),
    plugins: [nodeResolve()],
    onwarn: (warning) => warnings.push(warning.message),
  });
  context.after(() => bundle.close());
  await bundle.write({ dir: join(root, 'dist') });
  assert.deepEqual(warnings, []);
  assert.equal(await outcomeIn(context, join(root, 'dist')), 'packed');
});

test('Bun', (context) => {
  const root = projectAmongThem(context, { 'app.js': `${app('sealwood')} ${LOG}` });
  assert.equal(run(root, program('bun'), ['app.js']).stdout, 'packed');
});

test('Bun, in one file', (context) => {
  const root = projectAmongThem(context, { 'app.js': `${app('sealwood/inline')} ${LOG}` });
  run(root, program('bun'), ['build', 'app.js', '--target=node', '--outfile=out.mjs']);
  assert.equal(node(root, 'out.mjs'), 'packed');
});

for (const [what, code, outcome] of [
  ['an app', app('sealwood'), 'packed'],
  ['a test', CHECKING_APP, KEPT],
]) {
  test(`Deno, without a permission: ${what}`, (context) => {
    const root = projectAmongThem(context, { 'app.js': `${code} ${LOG}` });
    const env = { DENO_DIR: join(root, 'deno'), DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' };
    const { stdout } = run(root, program('deno'), ['run', '--no-prompt', '--no-remote', 'app.js'], env);
    assert.equal(stdout, outcome);
  });
}

test('workerd, as wrangler bundles for it', async (context) => {
  const answer = (body) => `new Response(await (async () => { ${body} })())`;
  const worker = `${importFrom('sealwood')} import { checkStore } from 'sealwood/testing';
    export default {
      async fetch(request) {
        if (request.url.endsWith('/test')) return ${answer(CHECK)};
        await init();
        return ${answer(USE)};
      },
    };`;
  const settings = { name: 'app', main: 'worker.js', compatibility_date: '2026-04-01' };
  const root = projectAmongThem(context, { 'worker.js': worker, 'wrangler.json': JSON.stringify(settings) });
  const quiet = { WRANGLER_SEND_METRICS: 'false', CI: '1', XDG_CONFIG_HOME: root, NO_COLOR: '1' };
  run(root, program('wrangler'), ['deploy', '--dry-run', '--outdir=out'], quiet);
  const { Miniflare } = require('miniflare');
  const edge = new Miniflare({
    modulesRoot: join(root, 'out'),
    scriptPath: join(root, 'out/worker.js'),
    modules: true,
    modulesRules: [{ type: 'CompiledWasm', include: ['**/*.wasm'] }],
    compatibilityDate: settings.compatibility_date,
    cf: false,
  });
  context.after(() => edge.dispose());
  const text = async (url) => (await edge.dispatchFetch(url)).text();
  assert.equal(await text('http://localhost/'), 'packed');
  assert.equal(await text('http://localhost/test'), KEPT);
});
