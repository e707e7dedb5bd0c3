// Buckets of an S3 server, from Node and from a page of another origin.

import assert from 'node:assert/strict';
import test, { before } from 'node:test';

import { checkStore } from '../../js/testing.js';
import { launch, openPage } from '../browser/chromium.mjs';
import { PACKAGE } from '../browser/scenarios.mjs';
import { serveFiles, serveWithCors } from '../browser/server.mjs';
import { api, failsWith } from '../support.mjs';

const BUCKET = 'sealwood';
let servers;
let endpoint;

before(() => {
  // As `name=http://host:port`, with spaces between.
  const named = process.env.SEALWOOD_S3_SERVERS;
  assert.ok(named, 'SEALWOOD_S3_SERVERS names the S3 servers');
  servers = named.split(' ').map((server) => server.split('='));
  endpoint = servers[0][1];
});

function config(prefix, url = endpoint) {
  const access = { accessKeyId: 'test', secretAccessKey: 'test' };
  return { endpoint: url, region: 'us-east-1', bucket: BUCKET, prefix, ...access };
}

test('a bucket keeps every promise of a store', async () => {
  // The other one keeps files, and nothing lies below a file.
  const [, url] = servers.find(([name]) => name === 'gofakes3');
  assert.equal(await checkStore(api.BlobStore.s3(config('node', url)), 'check'), 28);
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
