// Buckets of an S3 server, from Node and from a page of another origin.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import test, { after, before } from 'node:test';

import { launch, openPage } from '../browser/chromium.mjs';
import { PACKAGE } from '../browser/scenarios.mjs';
import { serveFiles, serveWithCors } from '../browser/server.mjs';
import { api, failsWith } from '../support.mjs';

const BUCKET = 'javascript';
let moto;
let endpoint;

before(async () => {
  const program = process.env.SEALWOOD_MOTO_SERVER;
  assert.ok(program, 'SEALWOOD_MOTO_SERVER names the S3 server');
  moto = spawn(program, ['-H', '127.0.0.1', '-p', '0']);
  endpoint = await new Promise((resolve, reject) => {
    let said = '';
    moto.on('exit', () => reject(new Error(said)));
    moto.stderr.on('data', (data) => {
      said += data;
      const found = /Running on (http:\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
  });
  assert.ok((await fetch(`${endpoint}/${BUCKET}`, { method: 'PUT' })).ok);
});

after(() => moto?.kill());

function config(prefix, url = endpoint) {
  const access = { accessKeyId: 'test', secretAccessKey: 'test' };
  return { endpoint: url, region: 'us-east-1', bucket: BUCKET, prefix, ...access };
}

test('a bucket keeps every promise of a store', async () => {
  assert.equal(await api.checkStore(api.BlobStore.s3(config('node')), 'check'), 25);
});

test('a page of another origin has a vault in a bucket', async (context) => {
  const closing = [await serveFiles(PACKAGE), await serveWithCors(endpoint), await launch()];
  context.after(() => Promise.all(closing.map((each) => each.close())));
  const [server, proxy, browser] = closing;
  const page = await openPage(browser, `${server.url}/test/browser/`);
  const text = await page.evaluate(async (config) => {
    const api = await import('/js/browser.js');
    await api.init();
    const store = api.BlobStore.s3(config);
    const vault = await api.Vault.create(store, api.Credential.secret(new Uint8Array(32)));
    await vault.put('a', new Blob(['from a page'.repeat(50_000)]));
    return (await new Response(await vault.getStream('a')).text()).slice(0, 11);
  }, config('page', proxy.url));
  assert.equal(text, 'from a page');
  // And Node reads it.
  const secret = api.Credential.secret(new Uint8Array(32));
  const vault = await api.Vault.open(api.BlobStore.s3(config('page')), secret);
  assert.equal((await vault.stat('a')).size, 550_000);
});

test('a server that is not there is unavailable, and waiting for it can be aborted', async () => {
  const store = api.BlobStore.s3(config('gone', 'http://127.0.0.1:9'));
  const abort = new AbortController();
  const getting = store.get('a', { signal: abort.signal });
  abort.abort();
  await failsWith('cancelled', getting);
});
