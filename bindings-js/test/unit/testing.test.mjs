// The contract of stores as a suite, which is in a module of its own.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import * as esbuild from 'esbuild';
import * as vite from 'vite';

import { checkStore } from '../../js/testing.js';
import { CHECKING_APP, KEPT, app, html, node, outcomeIn } from '../packed-app.mjs';
import { project } from '../packed.mjs';
import { HostStore } from '../scenarios/host-store.mjs';
import { api, failsWith, memoryVault } from '../support.mjs';

/** What nothing but the suite says. */
const MARK = 'breaks the promise';
const PACKAGE = new URL('../../', import.meta.url);

test('stores of apps are checked without the main module, several at once from the first call on', () => {
  const module = (name) => JSON.stringify(new URL(name, PACKAGE).href);
  const script = `
    import { SealwoodError } from ${module('js/error.js')};
    import { checkStore } from ${module('js/testing.js')};
    import { HostStore, bareStore } from ${module('test/scenarios/host-store.mjs')};
    const store = () => new HostStore(SealwoodError);
    const checks = [checkStore(store(), 'one'), checkStore(bareStore(store()), 'another'), checkStore(store(), 'a/b')];
    console.log((await Promise.all(checks)).join(' '));`;
  const given = ['--input-type=module', '-e', script];
  const { stdout, stderr } = spawnSync(process.execPath, given, { encoding: 'utf8' });
  assert.equal(stdout.trim(), `${KEPT} ${KEPT} ${KEPT}`, stderr);
});

test('a promise that is not kept is named, and what a store throws comes through', async () => {
  class Forgetful extends HostStore {
    async put(key, bytes, precondition) {
      return super.put(key, bytes.subarray(1), precondition);
    }
  }
  const error = await failsWith('store-failed', () => checkStore(new Forgetful(api.SealwoodError), 'check'));
  assert.match(error.message, new RegExp(`the store ${MARK} ReadsWhatWasWritten: `));
  const host = new HostStore(api.SealwoodError);
  host.misbehave({ at: 1, how: 'code', code: 'store-denied' });
  const denied = await failsWith('store-failed', () => checkStore(host, 'check'));
  assert.match(denied.message, /the host store was told to fail/);
});

test('what is closed, no store or no prefix is refused before anything is written', async () => {
  const store = api.BlobStore.memory();
  await failsWith('invalid-argument', () => checkStore(store, 5));
  const { objects } = await store.list();
  assert.deepEqual(objects, []);
  store.close();
  await failsWith('closed', () => checkStore(store, 'check'));
  const vault = await memoryVault();
  await failsWith('invalid-argument', () => checkStore(vault, 'check'));
  await vault.close();
});

test('the suite is in its own module alone', () => {
  const text = (name) => readFileSync(new URL(`js/generated/${name}`, PACKAGE), 'latin1');
  assert.ok(text('sealwood_testing_bg.wasm').includes(MARK));
  assert.ok(!text('sealwood_bg.wasm').includes(MARK));
});

test('what a bundler makes of an app has nothing for tests', async (context) => {
  const root = project(context, { 'index.html': html('/app.js'), 'app.js': app('sealwood') });
  await vite.build({ root, configFile: false, logLevel: 'error' });
  const files = readdirSync(join(root, 'dist'), { recursive: true }).map(String);
  assert.equal(files.filter((name) => name.endsWith('.wasm')).length, 1, files.join(' '));
  for (const name of ['sealwood', 'sealwood/slim', 'sealwood/inline']) {
    const { metafile } = await esbuild.build({
      absWorkingDir: root,
      stdin: { contents: `export * from '${name}';`, resolveDir: root },
      bundle: true,
      format: 'esm',
      metafile: true,
      write: false,
    });
    const inputs = Object.keys(metafile.inputs);
    assert.ok(inputs.some((file) => file.endsWith('generated/sealwood.js')), inputs.join(' '));
    assert.deepEqual(inputs.filter((file) => /testing|check-store/.test(file)), [], name);
  }
});

test('a test in a page, as Vite bundles it', async (context) => {
  const root = project(context, { 'index.html': html('/app.js'), 'app.js': CHECKING_APP });
  await vite.build({ root, configFile: false, logLevel: 'error' });
  assert.equal(await outcomeIn(context, join(root, 'dist')), KEPT);
});

test('a test in Node, also in one file without a loader', async (context) => {
  const code = `${CHECKING_APP} globalThis.outcome.then(console.log);`;
  const root = project(context, { 'app.js': code, 'one.js': code.replace("'sealwood'", "'sealwood/inline'") });
  assert.equal(node(root, 'app.js'), KEPT);
  const options = { bundle: true, platform: 'node', outfile: 'out.cjs' };
  await esbuild.build({ absWorkingDir: root, entryPoints: ['one.js'], ...options });
  assert.equal(node(root, 'out.cjs'), KEPT);
});
