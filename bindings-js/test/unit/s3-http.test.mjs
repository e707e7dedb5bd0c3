// What the bucket store makes of servers that redirect, never end or fall silent, from Node.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import test from 'node:test';

import { api, failsWith } from '../support.mjs';

/** A server that answers by `handle`; ends with the test. */
async function serve(context, handle) {
  const server = createServer(handle);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

function store(endpoint, settings) {
  const access = { accessKeyId: 'test', secretAccessKey: 'test' };
  return api.BlobStore.s3({
    ...access,
    ...{ endpoint, region: 'us-east-1', bucket: 'bucket', attemptsMax: 1 },
    ...settings,
  });
}

test('a redirect is not followed', async (context) => {
  let asked = 0;
  const elsewhere = await serve(context, (_, response) => {
    asked += 1;
    response.end('theirs');
  });
  const endpoint = await serve(context, (_, response) => {
    response.writeHead(307, { location: `${elsewhere}/bucket/root`, etag: '"e"' }).end();
  });
  const bucket = store(endpoint);
  await failsWith('store-failed', bucket.get('root'));
  await failsWith('store-failed', bucket.delete('root'));
  await failsWith('store-failed', bucket.put('root', new Uint8Array(3)));
  assert.equal(asked, 0);
});

test('a refusal without end is what its status says, and nobody reads on', async (context) => {
  const unhandled = [];
  const note = (error) => unhandled.push(error);
  process.on('unhandledRejection', note);
  context.after(() => process.off('unhandledRejection', note));
  let left;
  const leaves = new Promise((resolve) => (left = resolve));
  const endpoint = await serve(context, (_, response) => {
    response.on('close', left);
    response.writeHead(403);
    const piece = Buffer.alloc(1 << 16, ' ');
    const more = () => {
      while (!response.destroyed && response.write(piece)) continue;
    };
    response.on('drain', more);
    more();
  });
  await failsWith('store-denied', store(endpoint).get('root'));
  await leaves;
  assert.deepEqual(unhandled, []);
});

test('a body is read to the limit of what was asked for', async (context) => {
  let sent = 0;
  const endpoint = await serve(context, (_, response) => {
    response.writeHead(206, { etag: '"e"' });
    const piece = Buffer.alloc(1 << 16);
    const more = () => {
      while (!response.destroyed && response.write(piece)) sent += piece.length;
      sent += piece.length;
    };
    response.on('drain', more);
    more();
  });
  const error = await failsWith('store-failed', store(endpoint).getRange('packs/a', 0, 10));
  assert.match(error.message, /longer than what was asked for/);
  // What was under way in buffers, and no endless body.
  assert.ok(sent < 64 << 20, `${sent}`);
});

test('a silent server is given up on, and what it holds back of a body too', async (context) => {
  const silent = await serve(context, () => {});
  const error = await failsWith('store-unavailable', store(silent, { idleTimeoutMs: 50 }).get('a'));
  assert.match(error.message, /no byte moved/);
  const stuck = await serve(context, (_, response) => {
    response.writeHead(200, { etag: '"e"' });
    response.write('half');
  });
  await failsWith('store-unavailable', store(stuck, { idleTimeoutMs: 50 }).get('a'));
});

test('requests are signed in headers and carry checksums', async (context) => {
  const seen = [];
  const endpoint = await serve(context, (request, response) => {
    seen.push({ url: request.url, ...request.headers });
    request.resume().on('end', () => response.writeHead(200, { etag: '"e"' }).end());
  });
  await store(endpoint).put('a', new TextEncoder().encode('ours'), 'absent');
  await store(endpoint, { signedUrls: true }).put('a', new TextEncoder().encode('ours'));
  assert.equal(seen[0].url, '/bucket/a');
  assert.match(seen[0].authorization, /^AWS4-HMAC-SHA256 Credential=test\//);
  assert.match(seen[1].url, /X-Amz-Signature=/);
  assert.equal(seen[1].authorization, undefined);
  for (const request of seen) assert.equal(request['content-md5'], 'q9x5PHAKD5EQVmwJI5iYXw==');
});
