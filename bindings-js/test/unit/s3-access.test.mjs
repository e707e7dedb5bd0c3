// Keys of a bucket that end, and requests that are signed elsewhere.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import test from 'node:test';

import { api, bytesOf, failsWith } from '../support.mjs';

const SOON = 60_000;

/** A bucket on this machine that takes the requests of which `allows` says so. */
async function bucket(context, allows) {
  const objects = new Map();
  const seen = [];
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    seen.push({ method: request.method, url: request.url, headers: request.headers });
    const code = allows(request);
    if (code) {
      const isHead = request.method === 'HEAD';
      const text = isHead ? '' : `<Error><Code>${code}</Code><Message>no</Message></Error>`;
      return response.writeHead(isHead ? 400 : 403).end(text);
    }
    const { pathname } = new URL(request.url, 'http://host');
    if (request.method === 'PUT') objects.set(pathname, Buffer.concat(pieces));
    const found = objects.get(pathname);
    const missing = request.method === 'HEAD' ? '' : '<Error><Code>NoSuchKey</Code></Error>';
    if (!found) return response.writeHead(404).end(missing);
    response.writeHead(200, { etag: '"e"', 'content-length': request.method === 'PUT' ? 0 : found.length });
    response.end(request.method === 'GET' ? found : '');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const open = (access) =>
    api.BlobStore.s3({
      ...access,
      ...{ endpoint: `http://127.0.0.1:${server.address().port}`, region: 'r', bucket: 'b', attemptsMax: 1 },
    });
  return { open, seen };
}

/** The key that a request was signed with. */
const keyOf = ({ headers }) => /Credential=(\w+)\//.exec(headers.authorization ?? '')?.[1];

test('all requests share a key, and one that has ended is replaced once', async (context) => {
  let good = 'key1';
  const { open, seen } = await bucket(context, (request) => keyOf(request) !== good && 'ExpiredToken');
  let asked = 0;
  const credentials = async () => {
    asked += 1;
    const number = asked;
    await new Promise((resolve) => setImmediate(resolve));
    return { accessKeyId: `key${number}`, secretAccessKey: 's', sessionToken: `t${number}`, accountId: '1' };
  };
  const store = open({ credentials });
  assert.equal(asked, 0);
  await Promise.all([1, 2, 3, 4, 5, 6].map((number) => store.put(`a${number}`, bytesOf(10))));
  assert.equal(asked, 1);
  assert.ok(seen.every(({ headers }) => headers['x-amz-security-token'] === 't1'));
  good = 'key2';
  await Promise.all([1, 2, 3, 4, 5, 6].map((number) => store.get(`a${number}`)));
  assert.equal(asked, 2);
  good = 'key3';
  // What answers to HEAD does not say why.
  assert.equal((await store.head('a1')).size, 10);
  assert.equal(asked, 3);
  // A new key that is refused as well is no reason to go on.
  good = 'nobody';
  const before = seen.length;
  const error = await failsWith('store-denied', store.get('a1'));
  assert.match(error.message, /ExpiredToken/);
  assert.deepEqual([asked, seen.length - before], [4, 2]);
});

test('a key is replaced a minute before its end', async (context) => {
  const { open, seen } = await bucket(context, () => undefined);
  let asked = 0;
  let expiration = new Date(Date.now() + SOON - 1);
  const credentials = () => ({ accessKeyId: `key${++asked}`, secretAccessKey: 's', expiration });
  const store = open({ credentials });
  await store.put('a', bytesOf(10));
  expiration = Date.now() + 10 * SOON;
  await store.get('a');
  await store.get('a');
  assert.deepEqual(seen.map(keyOf), ['key1', 'key2', 'key2']);
});

test('what the functions throw or answer wrongly fails the call', async (context) => {
  const { open, seen } = await bucket(context, () => undefined);
  const denied = open({
    credentials: () => {
      throw new Error('signed out');
    },
  });
  assert.match((await failsWith('store-denied', denied.get('a'))).message, /credentials: signed out/);
  const unavailable = () => Promise.reject(new api.SealwoodError('store-unavailable', 'no network'));
  await failsWith('store-unavailable', open({ credentials: unavailable }).get('a'));
  await failsWith('store-unavailable', open({ sign: unavailable }).get('a'));
  const key = { accessKeyId: 'a', secretAccessKey: 's' };
  for (const wrong of [undefined, {}, { accessKeyId: 5 }, { ...key, expiration: 'x' }]) {
    await failsWith('store-denied', open({ credentials: () => wrong }).get('a'));
  }
  const changed = [{ headers: { range: 'bytes=0-' } }, { headers: { 'a b': 'c' } }];
  for (const signed of [5, [], { misspelt: 1 }, ...changed]) {
    await failsWith('store-denied', open({ sign: () => signed }).getRange('a', 0, 5));
  }
  assert.equal(seen.length, 0);
  for (const access of [{}, { accessKeyId: 'a' }, { ...key, sign() {} }, { credentials() {}, sign() {} }]) {
    await failsWith('invalid-argument', async () => open(access));
  }
  await failsWith('invalid-argument', async () => open({ credentials: key }));
});

test('requests are signed by the app, in the URL or in headers', async (context) => {
  const { open, seen } = await bucket(context, ({ url }) => !/signature=[123]/.test(url) && 'AccessDenied');
  const asked = [];
  const store = open({
    sign: async (request) => {
      asked.push(request);
      const url = new URL(request.url);
      url.searchParams.set('signature', asked.length);
      // All that it was asked about may come back, as servers do that sign.
      return { url, headers: { ...request.headers, host: url.host, 'X-My-Gate': 'open' } };
    },
  });
  await store.put('a', new TextEncoder().encode('ours'), 'absent');
  assert.deepEqual((await store.get('a')).bytes, new TextEncoder().encode('ours'));
  await failsWith('object-missing', store.getRange('c', 0, 5));
  const [put, get, range] = asked;
  assert.deepEqual([put.method, get.method, range.method], ['PUT', 'GET', 'GET']);
  assert.match(put.url, /^http:\/\/127\.0\.0\.1:\d+\/b\/a$/);
  assert.deepEqual(put.headers, { 'content-md5': 'q9x5PHAKD5EQVmwJI5iYXw==', 'if-none-match': '*' });
  assert.equal(new TextDecoder().decode(put.body), 'ours');
  assert.equal(get.body, undefined);
  assert.deepEqual(range.headers, { range: 'bytes=0-4' });
  for (const { headers } of seen) {
    assert.equal(headers.authorization, undefined);
    assert.equal(headers['x-my-gate'], 'open');
  }
  assert.equal(seen[0].headers['content-md5'], 'q9x5PHAKD5EQVmwJI5iYXw==');
  assert.match((await failsWith('store-denied', store.get('a'))).message, /AccessDenied/);
});
