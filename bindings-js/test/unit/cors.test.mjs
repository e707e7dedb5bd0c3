// A bucket that gives pages no leave says so at once, and one that cannot be reached says that.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import test, { after, before } from 'node:test';

import { launch, openPage } from '../browser/chromium.mjs';
import { PACKAGE } from '../browser/scenarios.mjs';
import { serveFiles } from '../browser/server.mjs';

let server;
let browser;
let page;

before(async () => {
  server = await serveFiles(PACKAGE);
  browser = await launch();
  page = await openPage(browser, `${server.url}/test/browser/`);
  await page.evaluate(async () => {
    globalThis.api = await import('/js/browser.js');
    await api.init();
  });
});

after(async () => {
  await browser?.close();
  await server?.close();
});

/** A server that answers by `handle`; gives its URL and what it was asked. */
async function bucket(context, handle) {
  const asked = [];
  const bucket = createServer((request, response) => {
    asked.push(request.method);
    handle(request, response);
  });
  await new Promise((resolve) => bucket.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    bucket.closeAllConnections();
    bucket.close();
  });
  return { endpoint: `http://127.0.0.1:${bucket.address().port}`, asked };
}

/** What opening and creating a vault in the bucket at `endpoint` fail with. */
function failures(endpoint) {
  return page.evaluate(async (endpoint) => {
    const key = { accessKeyId: 'id', secretAccessKey: 'secret' };
    const store = () => api.BlobStore.s3({ endpoint, region: 'r', bucket: 'b', ...key });
    const credential = api.Credential.secret(new Uint8Array(32));
    const calls = [api.Vault.open(store(), credential), api.Vault.create(store(), credential)];
    const outcomes = await Promise.allSettled(calls);
    return outcomes.map(({ reason }) => reason?.toJSON());
  }, endpoint);
}

test('a bucket without CORS is told from one that is not there', async (context) => {
  const { endpoint, asked } = await bucket(context, (_, response) => response.writeHead(403).end());
  for (const { code, message } of await failures(endpoint)) {
    assert.equal(code, 'store-denied', message);
    assert.match(message, /CORS.*origin.*ETag/);
  }
  // For each call two tries, which the browser asks leave for, and two looks whether the server is there.
  assert.deepEqual(asked.toSorted(), [...Array(4).fill('HEAD'), ...Array(4).fill('OPTIONS')]);
});

test('so is one whose rules leave out a method', async (context) => {
  const { endpoint } = await bucket(context, ({ method }, response) => {
    const leave = {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers':
        'authorization, content-md5, if-match, if-none-match, range, x-amz-content-sha256, x-amz-date',
    };
    const missing = '<Error><Code>NoSuchKey</Code></Error>';
    if (method === 'OPTIONS') response.writeHead(204, leave).end();
    else response.writeHead(404, leave).end(method === 'HEAD' ? '' : missing);
  });
  const [opened, created] = await failures(endpoint);
  assert.equal(opened.code, 'vault-not-found');
  assert.equal(created.code, 'store-denied', created.message);
  assert.match(created.message, /CORS.*PUT/);
});

test('a server that is not there is tried again', async (context) => {
  const { endpoint, asked } = await bucket(context, (request) => request.socket.destroy());
  for (const { code } of await failures(endpoint)) assert.equal(code, 'store-unavailable');
  assert.ok(asked.length > 2 * 4, asked.join(' '));
});
