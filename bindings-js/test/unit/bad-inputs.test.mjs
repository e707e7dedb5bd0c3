// Whatever an app gets wrong, it gets the typed error, and the vault stays whole.

import assert from 'node:assert/strict';
import test from 'node:test';

import { checkStore } from '../../js/testing.js';
import { HostStore, bareStore } from '../scenarios/host-store.mjs';
import { engine } from '../engine.mjs';
import { SECRET, api, bytesOf, failsWith, hostVault, memoryVault } from '../support.mjs';

const { BlobStore, Credential, SealwoodError, SharedDirectory, Vault } = api;
const NOT_TEXT = [undefined, null, 5, {}, [], Symbol('x'), () => {}];

test('a path that is no string, or half a character, is refused by every method', async () => {
  const vault = await memoryVault();
  const snapshot = await vault.snapshot();
  const batch = vault.batch();
  for (const path of NOT_TEXT) {
    for (const method of ['stat', 'exists', 'get', 'getStream', 'list']) {
      // A listing without a path is that of the top.
      if (method === 'list' && path === undefined) continue;
      await failsWith('invalid-argument', () => vault[method](path));
      await failsWith('invalid-argument', () => snapshot[method](path));
    }
    if (path !== undefined) await failsWith('invalid-argument', () => vault.entries(path).next());
    await failsWith('invalid-argument', () => vault.put(path, 'x'));
    await failsWith('invalid-argument', () => vault.putStream(path, []));
    for (const method of ['mkdir', 'remove', 'removeAll', 'link', 'setMetadata']) {
      await failsWith('invalid-argument', () => vault[method](path));
    }
    await failsWith('invalid-argument', () => vault.rename('a', path));
    await failsWith('invalid-argument', () => vault.copy(path, 'a'));
    await failsWith('invalid-argument', async () => batch.mkdir(path));
  }
  await failsWith('path-not-utf8', () => vault.put('a\ud800', 'x'));
  assert.equal(vault.stats().commits, 0);
});

test('a Proxy in place of an object is refused as what it is, and harms nothing', async () => {
  const opened = await engine.Engine.memory();
  const notes = await opened.namespace('notes');
  const credential = Credential.secret(SECRET);
  const around = (object) => new Proxy(object, {});
  for (const call of [
    () => around(notes).get('a'),
    () => around(opened).close(),
    () => around(opened.batch()).length,
    () => around(opened.batch()).close(),
    () => opened.batch().put(around(notes), 'a', 'b'),
    () => opened.compare(around(opened)),
    () => notes.compare(around(notes)),
    () => new engine.LtHash().merge(around(new engine.LtHash())),
    () => new engine.LtHash().add(around(new engine.Domain('d')), 'a', 'b'),
    () => Vault.open(BlobStore.memory(), around(credential)),
    () => Vault.open(around(BlobStore.memory()), credential),
  ]) {
    const { message } = await failsWith('invalid-argument', async () => call());
    assert.match(message, /Proxy/);
  }
  await notes.put('a', 'text');
  await opened.close();
});

test('contents, options, sizes and ranges of wrong types are refused', async () => {
  const vault = await memoryVault();
  for (const content of [undefined, null, 5, {}, () => {}]) {
    await failsWith('invalid-argument', () => vault.put('a', content));
    await failsWith('invalid-argument', () => vault.putStream('a', content));
  }
  for (const size of [-1, 1.5, NaN, Infinity, 2 ** 53, '1', 1n]) {
    await failsWith('invalid-argument', () => vault.put('a', 'x', { sizeHint: size }));
    await failsWith('invalid-argument', () => vault.getRange('a', 0, size));
    await failsWith('invalid-argument', () => vault.getStream('a', { start: size, end: 9 }));
    await failsWith('invalid-argument', () => vault.list('', { limit: size }));
  }
  const noTimes = [NaN, Infinity, -Infinity, 8.64e15 + 1, -8.64e15 - 1, 2 ** 53, '1', 1n, new Date(NaN), {}];
  for (const time of noTimes) {
    await failsWith('invalid-argument', () => vault.put('a', 'x', { modifiedMs: time }));
    await failsWith('invalid-argument', () => vault.setMetadata('a', { modifiedMs: time }));
  }
  await failsWith('invalid-argument', () => vault.put('a', 'x', 'options'));
  await failsWith('invalid-argument', () => vault.put('a', 'x', { contentType: 5 }));
  await failsWith('invalid-argument', () => vault.put('a', 'x', { metadata: { a: 5 } }));
  await failsWith('invalid-argument', () => vault.put('a', 'x', { metadata: 'a' }));
  await failsWith('invalid-argument', () => vault.put('a', 'x', { signal: {} }));
  await failsWith('invalid-argument', () => vault.put('a', 'x', { onProgress: 5 }));
  await failsWith('invalid-argument', () => vault.list('', { limit: 0 }));
  await failsWith('source-failed', () => vault.putStream('a', [5]));
  const spent = new Response('x').body;
  spent.getReader();
  await failsWith('invalid-argument', () => vault.putStream('a', spent));
  assert.equal(await vault.exists('a'), false);
});

test('an option that nobody knows is refused by every call that takes options', async () => {
  const vault = await memoryVault();
  await vault.put('a', 'x');
  const [snapshot, batch, store] = [await vault.snapshot(), vault.batch(), BlobStore.memory()];
  const credential = Credential.secret(SECRET);
  const s3 = { region: 'r', bucket: 'b', accessKeyId: 'i', secretAccessKey: 's' };
  const calls = [
    (options) => vault.put('b', 'x', options),
    (options) => vault.put('b', new Uint8Array(2 << 20), options),
    (options) => vault.putStream('b', [], options),
    (options) => batch.put('b', 'x', options),
    (options) => batch.commit(options),
    (options) => batch.setMetadata('a', options),
    (options) => vault.setMetadata('a', options),
    (options) => vault.setMetadata('a', {}, options),
    (options) => vault.flush(options),
    (options) => vault.rename('a', 'b', options),
    (options) => vault.close(options),
    (options) => vault.snapshot(options),
    (options) => store.get('a', options),
    (options) => store.list('', undefined, 1, options),
    (options) => checkStore(store, 'check', options),
    (options) => Vault.create(store, credential, options),
    (options) => Vault.create(store, credential, { kdf: options }),
    (options) => Vault.open(store, credential, { kdfCeiling: options }),
    (options) => Vault.open(store, credential, {}, options),
    (options) => Vault.prepare(credential, {}, options),
    async (options) => BlobStore.s3({ ...s3, ...(options.misspelt ? options : { signal: 1 }) }),
  ];
  for (const tree of [vault, snapshot]) {
    calls.push(
      (options) => tree.stat('a', options),
      (options) => tree.get('a', options),
      (options) => tree.getRange('a', 0, 1, options),
      (options) => tree.getBlob('a', options),
      (options) => tree.getStream('a', options),
      (options) => tree.list('', options),
      (options) => tree.entries('', options).next(),
    );
  }
  const { signal } = new AbortController();
  for (const call of calls) {
    const error = await failsWith('invalid-argument', () => call({ misspelt: 1 }));
    assert.match(error.message, /"misspelt"/, String(call));
    // In place of the options that hold it.
    await failsWith('invalid-argument', () => call(signal));
  }
  await vault.stat('a', { misspelt: undefined });
  // Progress is of calls that move bytes.
  await failsWith('invalid-argument', () => vault.stat('a', { onProgress() {} }));
  assert.equal(await vault.exists('b'), false);
});

test('secrets, stores, links and credentials of wrong types are refused', async () => {
  for (const wrong of [undefined, 'text', 5, new Uint8Array(31), new Uint8Array(33)]) {
    await failsWith('invalid-argument', async () => Credential.secret(wrong));
    await failsWith('invalid-argument', async () => api.phraseOfSecret(wrong));
  }
  await failsWith('invalid-phrase', async () => Credential.phrase('some words'));
  await failsWith('invalid-argument', async () => Credential.phrase(Uint8Array.of(255)));
  await failsWith('invalid-argument', async () => Credential.passphrase(''));
  const credential = Credential.secret(SECRET);
  for (const store of [undefined, null, 5, 'store', {}, { get() {} }]) {
    await failsWith('invalid-argument', () => Vault.create(store, credential));
    await failsWith('invalid-argument', () => SharedDirectory.open(store, new Uint8Array(56)));
    await failsWith('invalid-argument', () => checkStore(store, 'a'));
  }
  const store = BlobStore.memory();
  await failsWith('invalid-argument', () => Vault.create(store, { secret: SECRET }));
  await failsWith('invalid-argument', () => Vault.create(store, credential, { chunkBytes: 1 }));
  await failsWith('invalid-argument', () => Vault.create(store, credential, { chunkBytes: 2 ** 40 }));
  await failsWith('invalid-argument', () => Vault.create(store, credential, { convergence: 'on' }));
  await failsWith('invalid-argument', () => Vault.create(store, credential, { convergence: 1 }));
  await failsWith('invalid-argument', () => SharedDirectory.open(store, new Uint8Array(55)));
  await failsWith('invalid-argument', async () => BlobStore.s3({ region: 'r' }));
  await failsWith('invalid-argument', () => store.put('a', 'text'));
  await failsWith('invalid-argument', () => store.put('a', new Uint8Array(1), 'present'));
  await failsWith('invalid-argument', () => store.get('../a'));
  await failsWith('invalid-argument', async () => api.setLogger('loud', () => {}));
  await failsWith('platform', () => BlobStore.indexedDb('in Node'));
});

test('closed handles say so, and closing twice does nothing', async () => {
  const vault = await memoryVault();
  await vault.put('a/b', 'x');
  const [snapshot, batch] = [await vault.snapshot(), vault.batch()];
  const store = BlobStore.memory();
  const credential = Credential.secret(SECRET);
  for (const handle of [snapshot, batch, store, credential]) {
    handle.close();
    handle.close();
  }
  await failsWith('closed', () => snapshot.get('a/b'));
  await failsWith('closed', () => batch.put('c', 'x'));
  await failsWith('closed', async () => batch.mkdir('c'));
  await failsWith('closed', () => store.get('a'));
  await failsWith('closed', () => Vault.create(store, Credential.secret(SECRET)));
  await failsWith('closed', () => Vault.create(BlobStore.memory(), credential));
  await vault.close();
  await vault.close();
  await failsWith('closed', () => vault.get('a/b'));
  await failsWith('closed', () => vault.entries('').next());
  await failsWith('closed', async () => vault.stats());
});

test('a handle is closed under its calls without harm', async () => {
  const { host, vault } = await hostVault();
  await vault.put('a', bytesOf(2 << 20));
  const snapshot = await vault.snapshot();
  const reading = snapshot.get('a');
  snapshot.close();
  assert.equal((await reading).length, 2 << 20);
  const stream = await vault.getStream('a');
  await vault.close();
  assert.equal((await new Response(stream).arrayBuffer()).byteLength, 2 << 20);
  assert.ok(host.calls > 0);
});

test('using and await using release', async () => {
  const vault = await memoryVault();
  const batch = vault.batch();
  batch[Symbol.dispose]();
  await failsWith('closed', async () => batch.mkdir('c'));
  await vault[Symbol.asyncDispose]();
  await failsWith('closed', () => vault.get('a'));
});

for (const how of ['throw', 'wrongType', 'oversized']) {
  test(`a store that answers by "${how}" fails the call and nothing else`, async () => {
    for (const method of ['put', 'get', 'getRange', 'list', 'head', 'delete', 'deleteMany']) {
      const host = new HostStore(SealwoodError);
      const store = BlobStore.custom(host);
      await store.put('a', bytesOf(10));
      host.misbehave({ at: 1, how, method });
      const calls = {
        put: () => store.put('b', bytesOf(1)),
        get: () => store.get('a'),
        getRange: () => store.getRange('a', 0, 4),
        list: () => store.list(),
        head: () => store.head('a'),
        delete: () => store.delete('c'),
        deleteMany: async () => {
          for (const { error } of await store.deleteMany(['c'])) throw error;
        },
      };
      // What an answer of nothing may be, and what has no size to exceed.
      const isHarmless =
        (how === 'wrongType' && method === 'delete') || (how === 'oversized' && method !== 'getRange');
      if (isHarmless) await calls[method]();
      else await failsWith('store-failed', calls[method]);
      assert.deepEqual((await store.get('a')).bytes, bytesOf(10));
    }
  });
}

test('a store that answers nonsense of any kind fails the call', async () => {
  const answers = [undefined, null, {}, [], 'x', { bytes: [1] }, { bytes: new Uint8Array(1), etag: 5 }];
  const nothing = () => undefined;
  const honest = new HostStore(SealwoodError);
  for (const answer of answers) {
    const host = { getRange: nothing, put: nothing, delete: nothing, list: nothing, head: nothing };
    const store = BlobStore.custom({ ...host, get: () => answer, list: () => answer });
    await failsWith('store-failed', () => store.get('a'));
    await failsWith('store-failed', () => store.list());
    await failsWith('store-failed', () => store.getRange('a', 0, 1));
    await failsWith('store-failed', () => store.put('a', new Uint8Array()));
  }
  const wrong = [{ size: -1 }, { modifiedMs: -1 }, { modifiedMs: 'now' }, { etag: 5 }, { etag: '' }];
  for (const meta of wrong.map((wrong) => ({ size: 1, ...wrong }))) {
    const list = () => ({ objects: [{ key: 'a', ...meta }] });
    const store = BlobStore.custom({ ...bareStore(honest), list });
    await failsWith('store-failed', () => store.list());
    await failsWith('store-failed', () => store.head('a'));
    const headed = BlobStore.custom({ ...bareStore(honest), head: () => meta });
    await failsWith('store-failed', () => headed.head('a'));
  }
  for (const answer of [5, 'a', {}, ['a'], [{ error: 5 }], [{ key: 'b' }], Array(9).fill({ key: 'a' })]) {
    const store = BlobStore.custom({ ...bareStore(honest), deleteMany: () => answer });
    const left = (await store.deleteMany(['a', 'c'])).map(({ key, error }) => [key, error.code]);
    assert.deepEqual(left, [
      ['a', 'store-failed'],
      ['c', 'store-failed'],
    ]);
  }
  const throwing = ['text', null, undefined, Symbol('x'), { code: 5 }, Object.create(null)];
  for (const thrown of throwing) {
    const get = () => {
      throw thrown;
    };
    const store = BlobStore.custom(Object.assign(Object.create(honest), { get }));
    await failsWith('store-failed', () => store.get('a'));
    const rejecting = { get: () => Promise.reject(thrown) };
    const another = BlobStore.custom(Object.assign(Object.create(honest), rejecting));
    await failsWith('store-failed', () => another.get('a'));
  }
  const endless = { objects: Array(5000).fill({ key: 'a', size: 1 }) };
  const listing = Object.assign(Object.create(honest), { list: () => endless });
  await failsWith('store-failed', () => BlobStore.custom(listing).list());
  const huge = { get: () => ({ bytes: new Uint8Array(65 << 20), etag: 'x' }) };
  const giant = Object.assign(Object.create(honest), huge);
  await failsWith('store-failed', () => BlobStore.custom(giant).get('a'));
});

test('a store may leave out what it does not need, and say which failure it is', async () => {
  const host = new HostStore(SealwoodError);
  const bare = bareStore(host);
  const store = BlobStore.custom(bare);
  assert.equal(store.needsFlush(), false);
  await store.flush();
  assert.equal(await checkStore(store, 'check'), await checkStore(BlobStore.memory(), 'check'));
  for (const name of ['get', 'put', 'delete', 'list']) {
    const error = await failsWith('invalid-argument', async () => BlobStore.custom({ ...bare, [name]: null }));
    assert.match(error.message, new RegExp(`method ${name}$`));
  }
  for (const name of ['getRange', 'head', 'deleteMany', 'flush', 'needsFlush']) {
    BlobStore.custom({ ...bare, [name]: null });
    await failsWith('invalid-argument', async () => BlobStore.custom({ ...bare, [name]: {} }));
  }
  host.misbehave({ at: 1, how: 'code', code: 'store-full', method: 'put' });
  await failsWith('store-full', () => store.put('a', new Uint8Array()));
  // Any error with such a code will do; others are the store's own affair.
  bare.put = () => Promise.reject(Object.assign(new Error('no room'), { code: 'store-full' }));
  await failsWith('store-full', () => store.put('a', new Uint8Array()));
  bare.put = () => Promise.reject(Object.assign(new Error('odd'), { code: 'ENOSPC' }));
  assert.match((await failsWith('store-failed', () => store.put('a', new Uint8Array()))).message, /odd/);
});

test('a store says of each object why it is left, and tells more of one than its size', async () => {
  const host = new HostStore(SealwoodError);
  const asked = [];
  const deleteMany = (keys) => {
    asked.push(keys.length);
    return [
      { key: 'b', error: new SealwoodError('store-denied') },
      { key: 'c', error: new Error('odd') },
    ].filter(({ key }) => keys.includes(key));
  };
  const head = () => ({ size: 3, modifiedMs: 5.75, etag: 'tag' });
  const store = BlobStore.custom({ ...bareStore(host), deleteMany, head });
  const left = await store.deleteMany(['a', 'b', 'c']);
  assert.deepEqual(left.map(({ key, error }) => [key, error.code]), [
    ['b', 'store-denied'],
    ['c', 'store-failed'],
  ]);
  assert.ok(left.every(({ error }) => error instanceof SealwoodError));
  const many = Array.from({ length: 1001 }, (_, index) => String(index));
  assert.deepEqual(await store.deleteMany(many), []);
  assert.deepEqual(asked, [3, 1000, 1]);
  assert.deepEqual(await store.head('a'), { key: 'a', size: 3, modifiedMs: 5, etag: 'tag' });
  for (const keys of [undefined, 'a', ['a', 5], { length: 1 }]) {
    await failsWith('invalid-argument', () => store.deleteMany(keys));
  }
});

test('a store that cannot tell whether it needs a flush is flushed', async () => {
  const host = new HostStore(SealwoodError);
  const needsFlush = () => {
    throw new Error('who knows');
  };
  assert.equal(BlobStore.custom({ ...bareStore(host), needsFlush }).needsFlush(), true);
  const flush = async () => {};
  assert.equal(BlobStore.custom({ ...bareStore(host), flush }).needsFlush(), true);
});

test('nothing works before init, and a module that is none is refused', async () => {
  const slim = await import('../../js/slim.js?fresh');
  await failsWith('invalid-argument', () => slim.init());
  const { spawnSync } = await import('node:child_process');
  const script = `
    import * as api from ${JSON.stringify(new URL('../../js/node.js', import.meta.url).href)};
    const codes = [];
    const note = async (work) => { try { await work(); codes.push('ok') } catch (e) { codes.push(e.code) } };
    await note(() => api.version());
    await note(() => api.BlobStore.memory());
    await note(() => api.Credential.secret(new Uint8Array(32)));
    await note(() => api.BlobStore.directory('x'));
    await note(() => api.Vault.create(undefined));
    await note(() => api.init(new Uint8Array(8)));
    await note(() => api.init('file:///nowhere'));
    await note(() => api.version());
    await note(() => api.init());
    await note(() => api.version());
    console.log(codes.join(' '));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  const expected = [...Array(8).fill('platform'), 'ok', 'ok'].join(' ');
  assert.equal(String(stdout).trim(), expected, String(stderr));
});
