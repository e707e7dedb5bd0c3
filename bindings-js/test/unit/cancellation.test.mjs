// Aborting a call stops the core's requests, leaves the vault whole and the signal as it was.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import test from 'node:test';

import { checkStore } from '../../js/testing.js';
import { engine } from '../engine.mjs';
import { SECRET, api, bytesOf, failsWith, hostVault } from '../support.mjs';

test('an aborted put stops the requests and the vault opens whole', async () => {
  const { host, vault } = await hostVault({ chunkBytes: 131072, extentBytesMax: 131072 });
  await vault.put('kept', 'x');
  const before = host.calls;
  const abort = new AbortController();
  host.misbehave({ at: 3, how: 'hang', method: 'put' });
  const putting = vault.put('a', bytesOf(100 * 131072), { signal: abort.signal });
  await host.awaitCall();
  abort.abort(new Error('of the app'));
  const error = await failsWith('cancelled', putting);
  assert.equal(error.cause.message, 'of the app');
  const calls = host.calls;
  assert.ok(calls - before < 10, `${calls - before} calls`);
  await vault.close();
  assert.equal(host.calls, calls);
  const again = await api.Vault.open(host, api.Credential.secret(SECRET));
  assert.equal(new TextDecoder().decode(await again.get('kept')), 'x');
  assert.equal(await again.exists('a'), false);
  await again.put('a', 'y');
});

test('every call that waits for a store can be aborted', async () => {
  const { host, vault } = await hostVault();
  await vault.put('d/a', bytesOf(200_000));
  await vault.link('');
  const credential = api.Credential.secret(SECRET);
  const store = api.BlobStore.custom(host);
  const fresh = () => api.Vault.open(store, credential);
  const calls = {
    create: (_, options) => api.Vault.create(store, credential, {}, options),
    open: (_, options) => api.Vault.open(store, credential, {}, options),
    put: (vault, options) => vault.put('b', 'x', options),
    get: (vault, options) => vault.get('d/a', options),
    getRange: (vault, options) => vault.getRange('d/a', 0, 9, options),
    getStream: (vault, options) => vault.getStream('d/a', options),
    stat: (vault, options) => vault.stat('d/a', options),
    exists: (vault, options) => vault.exists('d/a', options),
    list: (vault, options) => vault.list('d', options),
    entries: (vault, options) => vault.entries('d', options).next(),
    mkdir: (vault, options) => vault.mkdir('e', options),
    remove: (vault, options) => vault.remove('d/a', options),
    removeAll: (vault, options) => vault.removeAll('d', options),
    rename: (vault, options) => vault.rename('d', 'e', options),
    copy: (vault, options) => vault.copy('d', 'e', options),
    setMetadata: (vault, options) => vault.setMetadata('d/a', {}, options),
    link: (vault, options) => vault.link('d', options),
    refresh: (vault, options) => vault.refresh(options),
    storeGet: (_, options) => store.get('root', options),
    storePut: (_, options) => store.put('x', bytesOf(1), undefined, options),
    storeList: (_, options) => store.list('', undefined, 10, options),
    checkStore: (_, options) => checkStore(store, 'check', options),
  };
  for (const [name, call] of Object.entries(calls)) {
    const vault = await fresh();
    const abort = new AbortController();
    host.misbehave({ at: 1, how: 'hang' });
    const outcome = call(vault, { signal: abort.signal });
    await Promise.race([host.awaitCall(), outcome]);
    abort.abort();
    const error = await failsWith('cancelled', outcome);
    assert.equal(error.cause, abort.signal.reason, name);
    assert.equal(getEventListeners(abort.signal, 'abort').length, 0, name);
  }
  assert.deepEqual(await (await fresh()).get('d/a'), bytesOf(200_000));
});

test('a signal that was aborted before starts nothing', async () => {
  const { host, vault } = await hostVault();
  const calls = host.calls;
  const signal = AbortSignal.abort('before');
  const error = await failsWith('cancelled', () => vault.put('a', 'x', { signal }));
  assert.equal(error.cause, 'before');
  assert.equal(host.calls, calls);
});

test('many calls may share a signal: it gets one listener, and all are cancelled', async (context) => {
  const opened = await engine.Engine.memory();
  context.after(() => opened.close());
  const notes = await opened.namespace('notes');
  const abort = new AbortController();
  const { signal } = abort;
  const count = () => getEventListeners(signal, 'abort').length;
  const watches = Array.from({ length: 30 }, () => notes.watch({ signal }));
  const calls = watches.map((watch) => watch.next());
  assert.equal(count(), 1);
  // Those that end meanwhile leave it to the others.
  await notes.put('a', 'x', { signal });
  await failsWith('invalid-argument', notes.get(1, { signal }));
  for (const call of calls) assert.equal((await call).value.kind, 'put');
  await watches[0].return();
  const more = watches.slice(1).map((watch) => watch.next());
  assert.equal(count(), 1);
  abort.abort('enough');
  for (const call of more) assert.equal((await failsWith('cancelled', call)).cause, 'enough');
  assert.equal(count(), 0);
});

test('listeners are removed from the signal however a call ends', async () => {
  const { host, vault } = await hostVault();
  const { signal } = new AbortController();
  const count = () => getEventListeners(signal, 'abort').length;
  await vault.put('a', bytesOf(300_000), { signal });
  await vault.get('a', { signal });
  await failsWith('not-found', () => vault.get('b', { signal }));
  for await (const entry of vault.entries('', { signal })) assert.equal(entry.path, 'a');
  await (await vault.getStream('a', { signal })).cancel();
  for await (const piece of await vault.getStream('a', { signal })) assert.ok(piece.length);
  host.misbehave({ at: 1, how: 'throw' });
  await failsWith('store-failed', () => vault.refresh({ signal }));
  assert.equal(count(), 0);
});

test('aborting reaches streams and listings that are under way', async () => {
  const { host, vault } = await hostVault({ chunkBytes: 131072, extentBytesMax: 131072 });
  await vault.put('d/a', bytesOf(40 * 131072));
  const abort = new AbortController();
  const reader = (await vault.getStream('d/a', { signal: abort.signal })).getReader();
  await reader.read();
  host.misbehave({ at: 1, how: 'hang' });
  const outcome = (async () => {
    while (!(await reader.read()).done);
  })();
  await host.awaitCall();
  abort.abort();
  await failsWith('cancelled', outcome);
  assert.equal(getEventListeners(abort.signal, 'abort').length, 0);
});

test('a listing that waits for a store can be stopped', async () => {
  const { host, vault } = await hostVault();
  await vault.put('d/a', 'x');
  await vault.link('');
  const again = await api.Vault.open(host, api.Credential.secret(SECRET));
  const listing = again.entries('d');
  host.misbehave({ at: 1, how: 'hang' });
  const waiting = listing.next();
  await host.awaitCall();
  await listing.return();
  assert.deepEqual(await waiting, { done: true, value: undefined });
});
