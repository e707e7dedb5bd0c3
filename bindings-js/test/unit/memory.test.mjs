// Handles and traffic come and go and leave nothing behind. Needs --expose-gc.

import assert from 'node:assert/strict';
import test from 'node:test';

import * as generated from '../../js/generated/sealwood.js';
import { HostStore } from '../scenarios/host-store.mjs';
import { SECRET, api, bytesOf } from '../support.mjs';

const exports = await generated.default();

/** Bytes of the module's memory, which can only grow. */
function memory() {
  return exports.memory.buffer.byteLength;
}

/** Bytes of the JavaScript heap after a collection. */
function heap() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

test('10,000 handles of every kind, made, used and closed, leave memory as it was', async () => {
  const store = api.BlobStore.memory();
  const credential = api.Credential.secret(SECRET);
  const vault = await api.Vault.create(store, credential);
  await vault.put('a', bytesOf(100));
  const { signal } = new AbortController();
  const round = async (count) => {
    for (let index = 0; index < count; index++) {
      const credential = api.Credential.secret(SECRET);
      const opened = await api.Vault.open(store, credential, {}, { signal });
      const [snapshot, batch] = [await opened.snapshot(), opened.batch()];
      batch.mkdir('b');
      assert.equal((await snapshot.get('a', { onProgress() {} })).length, 100);
      const reader = (await snapshot.getStream('a')).getReader();
      while (!(await reader.read()).done);
      for await (const entry of snapshot.entries('')) assert.equal(entry.path, 'a');
      credential.close();
      batch.close();
      snapshot.close();
      await opened.close();
      api.BlobStore.memory().close();
    }
  };
  await round(500);
  const before = { memory: memory(), heap: heap() };
  await round(2_000);
  assert.equal(memory(), before.memory);
  const grown = heap() - before.heap;
  assert.ok(grown < 2_000_000, `${grown} bytes more on the heap`);
});

test('40,000 handles that nobody closes are collected', async () => {
  const round = async (count) => {
    for (let index = 0; index < count; index++) {
      const store = api.BlobStore.memory();
      await store.put('a', bytesOf(2_000));
      // Finalizers run between tasks.
      if (index % 500 === 0) {
        globalThis.gc();
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  };
  await round(2_000);
  const before = memory();
  await round(40_000);
  // How many lie uncollected at once differs a little, and memory grows by pages: one more, and none after it
  // however many handles there are. Two bytes kept of each handle would be more.
  assert.ok(memory() - before <= 65_536, `${memory() - before} bytes more`);
});

test('1 GiB in and out leaves memory as it was', async () => {
  const vault = await api.Vault.create(new RecentStore(), api.Credential.secret(SECRET));
  const piece = bytesOf(1 << 20);
  let pieces = 0;
  async function* content(count) {
    for (let index = 0; index < count; index++) {
      // A chunk like none before.
      new DataView(piece.buffer).setUint32(0, pieces++);
      yield piece;
    }
  }
  const round = async (count) => {
    for (let index = 0; index < count; index++) {
      await vault.putStream('a', content(16));
      let read = 0;
      for await (const part of await vault.getStream('a')) read += part.length;
      assert.equal(read, 16 << 20);
    }
  };
  await round(4);
  const before = { memory: memory(), heap: heap() };
  await round(32);
  assert.ok(memory() - before.memory <= 2 << 20, `${memory() - before.memory} bytes more`);
  const grown = heap() - before.heap;
  assert.ok(grown < 4_000_000, `${grown} bytes more on the heap`);
});

/** A store that remembers small objects, and of large ones those that came last. */
class RecentStore extends HostStore {
  #large = [];

  constructor() {
    super(api.SealwoodError);
  }

  async put(key, bytes, precondition) {
    const etag = await super.put(key, bytes, precondition);
    if (bytes.length > 500_000) this.#large.push(key);
    if (this.#large.length > 40) await super.delete(this.#large.shift());
    return etag;
  }
}
