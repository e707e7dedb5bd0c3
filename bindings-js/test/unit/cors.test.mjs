// A bucket that gives pages no leave says so at once, and one that cannot be reached says that.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import test, { after, before } from 'node:test';

import { launch, newPage } from '../browser/chromium.mjs';
import { PACKAGE } from '../browser/scenarios.mjs';
import { serveFiles } from '../browser/server.mjs';

let server;
let browser;
let page;

before(async () => {
  server = await serveFiles(PACKAGE);
  browser = await launch();
  // What the browser says of each request that it stops is not shown.
  page = await newPage(browser);
  await page.goto(`${server.url}/test/browser/`);
  await page.evaluate(async () => {
    globalThis.api = await import('/js/browser.js');
    await api.init();
  });
});

after(async () => {
  await browser?.close();
  await server?.close();
});

/** A server that answers by `handle`; returns its URL and what it was asked. */
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

/** What opening or creating a vault in the bucket at `endpoint` fails with. */
function failure(endpoint, how) {
  return page.evaluate(
    async ([endpoint, how]) => {
      const key = { accessKeyId: 'id', secretAccessKey: 'secret' };
      const store = api.BlobStore.s3({ endpoint, region: 'r', bucket: 'b', ...key });
      const working = api.Vault[how](store, api.Credential.secret(new Uint8Array(32)));
      return working.then(() => undefined, (error) => error.toJSON());
    },
    [endpoint, how],
  );
}

test('a bucket without CORS is told from one that is not there', async (context) => {
  const { endpoint, asked } = await bucket(context, (_, response) => response.writeHead(403).end());
  const opened = await failure(endpoint, 'open');
  assert.equal(opened.code, 'store-denied', opened.message);
  assert.match(opened.message, /CORS.*origin.*ETag/);
  // Two tries, which the browser asks leave for, and two looks whether the server is there.
  assert.deepEqual(asked, ['OPTIONS', 'HEAD', 'OPTIONS', 'HEAD']);
  const created = await failure(endpoint, 'create');
  assert.equal(created.code, 'store-denied', created.message);
  assert.match(created.message, /CORS/);
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
  assert.equal((await failure(endpoint, 'open')).code, 'vault-not-found');
  const created = await failure(endpoint, 'create');
  assert.equal(created.code, 'store-denied', created.message);
  assert.match(created.message, /CORS.*PUT/);
});

test('a failure before the first answer is not taken for a missing rule', async (context) => {
  let isFirst = true;
  const { endpoint } = await bucket(context, ({ method, socket }, response) => {
    const leave = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*, authorization' };
    if (method === 'HEAD') return response.writeHead(403).end();
    if (method === 'OPTIONS') return response.writeHead(204, leave).end();
    if (isFirst) {
      isFirst = false;
      return socket.destroy();
    }
    response.writeHead(404, leave).end('<Error><Code>NoSuchKey</Code></Error>');
  });
  assert.equal((await failure(endpoint, 'open')).code, 'vault-not-found');
  assert.equal(isFirst, false);
});

test('a server that is not there is tried again', async (context) => {
  const { endpoint, asked } = await bucket(context, (request) => request.socket.destroy());
  assert.equal((await failure(endpoint, 'open')).code, 'store-unavailable');
  assert.ok(asked.length > 4, asked.join(' '));
});
