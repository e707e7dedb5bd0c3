// Handles and traffic come and go and leave nothing behind. Needs --expose-gc.

import assert from 'node:assert/strict';
import test from 'node:test';

import * as generated from '../../js/generated/sealwood.js';
import { HostStore } from '../scenarios/host-store.mjs';
import { SECRET, api, bytesOf } from '../support.mjs';

const exports = await generated.default();

/** What the module's memory grows by. */
const PAGE = 65_536;
/** How many handles that nobody closes lie there at once. */
const UNCOLLECTED_MAX = 100;
/** Two puts and a reader of 1 MiB pieces, with all that they prepare and read ahead. */
const UNDER_WAY_MAX = 16 << 20;

/** Collects what nobody holds, and lets finalizers run, which they do between tasks. */
async function collect() {
  globalThis.gc();
  await new Promise((resolve) => setImmediate(resolve));
}

/** Bytes of the module's memory, which can only grow, and bytes that JavaScript holds. */
async function taken() {
  // What other threads free is free when they are done: with the next collection.
  for (let round = 0; round < 3; round++) await collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { module: exports.memory.buffer.byteLength, host: heapUsed + arrayBuffers };
}

/** Takes what room the module has in its memory, so that what stays from now on makes it grow. What takes it
 * lies there until `context` ends. */
async function fill(context) {
  const stores = [];
  context.after(() => stores.forEach((store) => store.close()));
  const size = exports.memory.buffer.byteLength;
  while (exports.memory.buffer.byteLength === size) {
    stores.push(api.BlobStore.memory());
    await stores.at(-1).put('a', new Uint8Array(100));
  }
}

/** Asserts that no more has been taken since `before` than `bytesMax` of each kind. */
async function assertGrowth(before, bytesMax) {
  const after = await taken();
  for (const [what, most] of Object.entries(bytesMax)) {
    const grown = after[what] - before[what];
    assert.ok(grown <= most, `${what}: ${grown} bytes more, and not ${most}`);
  }
}

test('20,000 handles of every kind, made, used and closed, leave memory as it was', async (context) => {
  await fill(context);
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
  const before = await taken();
  await round(4_000);
  // Of each kind there were 4,000, and no handle takes less in the module than 32 bytes: two pages.
  await assertGrowth(before, { module: PAGE, host: 2_000_000 });
});

test('40,000 handles that nobody closes are collected', async (context) => {
  await fill(context);
  const bytes = bytesOf(2_000);
  const round = async (count) => {
    for (let index = 0; index < count; index++) {
      if (index % UNCOLLECTED_MAX === 0) await collect();
      await api.BlobStore.memory().put('a', bytes);
    }
  };
  await round(2_000);
  const before = await taken();
  await round(40_000);
  // The host may also collect some earlier, so that what lies there at once differs: by all of it at most.
  // 13 bytes kept of each handle would be more.
  await assertGrowth(before, { module: 2 * UNCOLLECTED_MAX * 2_500 });
});

test('1 GiB in and out leaves memory as it was', async () => {
  // A chunk in each extent, so that those which are under way or remembered are small.
  const config = { extentBytesMax: 1 << 20 };
  const vault = await api.Vault.create(new RecentStore(), api.Credential.secret(SECRET), config);
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
  const before = await taken();
  await round(32);
  // How many pieces are under way at once depends on the threads that hash and seal them: all that ever are
  // is below this. One piece kept of the 16 in each round would be twice as much.
  await assertGrowth(before, { module: UNDER_WAY_MAX, host: UNDER_WAY_MAX });
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
