// What apps have in their hands is taken, and what they expect is given.

import assert from 'node:assert/strict';
import test from 'node:test';
import vm from 'node:vm';

import { SECRET, api, bytesOf, drained, failsWith, hostVault, memoryVault } from '../support.mjs';

test('put takes a stream, whatever it is made of', async () => {
  const vault = await memoryVault();
  const bytes = bytesOf(3_000_000);
  await vault.put('stream', new Response(bytes).body);
  await vault.put('blob', new Blob([bytes]).stream());
  await vault.put('pieces', [bytes.subarray(0, 5), bytes.subarray(5)]);
  for (const name of ['stream', 'blob', 'pieces']) assert.deepEqual(await vault.get(name), bytes, name);
  const batch = vault.batch();
  await batch.put('batched', new Response(bytes).body);
  await batch.commit();
  assert.deepEqual(await vault.get('batched'), bytes);
});

test('a batch is what was added before its commit was called', async () => {
  const vault = await memoryVault();
  const batch = vault.batch();
  batch.mkdir('before');
  // What is refused for its options is no commit.
  await failsWith('invalid-argument', batch.commit({ misspelt: 1 }));
  await failsWith('invalid-argument', batch.commit({ signal: 1 }));
  await failsWith('invalid-argument', batch.commit({ onProgress: 1 }));
  assert.equal(batch.length, 1);
  const committed = batch.commit();
  await failsWith('closed', async () => batch.mkdir('after'));
  await failsWith('closed', () => batch.put('after', 'x'));
  await failsWith('closed', batch.commit());
  assert.equal(batch.length, 0);
  await committed;
  assert.deepEqual([await vault.exists('before'), await vault.exists('after')], [true, false]);
});

test('bytes and blobs of another realm are taken', async () => {
  const vault = await memoryVault();
  // As a frame's: the same inside, with another constructor.
  class OtherBlob {
    #inner = new Blob(['of a frame']);
    size = this.#inner.size;
    stream = () => this.#inner.stream();
    get [Symbol.toStringTag]() {
      return 'Blob';
    }
  }
  const other = new OtherBlob();
  assert.equal(other instanceof Blob, false);
  const reports = [];
  await vault.put('blob', other, { onProgress: (report) => reports.push(report) });
  assert.equal(new TextDecoder().decode(await vault.get('blob')), 'of a frame');
  assert.deepEqual(reports.at(-1), { done: 10, total: 10 });
  await vault.put('bytes', vm.runInNewContext('Uint8Array.of(1, 2, 3)'));
  assert.deepEqual(await vault.get('bytes'), Uint8Array.of(1, 2, 3));
  await vault.put('buffer', vm.runInNewContext('Uint8Array.of(1, 2, 3).buffer'));
  assert.deepEqual(await vault.get('buffer'), Uint8Array.of(1, 2, 3));
});

test('a modification time is a Date, or milliseconds with a fraction as the file system gives them', async () => {
  const vault = await memoryVault();
  const date = vm.runInNewContext('new Date(1700000000123)');
  for (const [modifiedMs, expected] of [
    [new Date(5), 5],
    [date, 1_700_000_000_123],
    [1_700_000_000_123.987, 1_700_000_000_123],
  ]) {
    await vault.put('a', 'x', { modifiedMs });
    assert.equal((await vault.stat('a')).modifiedMs, expected);
  }
  await vault.setMetadata('a', { modifiedMs: new Date(7) });
  assert.equal((await vault.stat('a')).modifiedMs, 7);
});

test('listings without a path are those of the top', async () => {
  const vault = await memoryVault();
  await vault.put('d/a', 'x');
  for (const tree of [vault, await vault.snapshot()]) {
    assert.deepEqual((await tree.list()).entries.map(({ name }) => name), ['d']);
    const paths = [];
    for await (const { path } of tree.entriesRecursive()) paths.push(path);
    assert.deepEqual(paths, ['d', 'd/a']);
    assert.equal((await tree.entries().next()).value.path, 'd');
  }
});

test('a part may have one end only', async () => {
  const vault = await memoryVault();
  const bytes = bytesOf(700_000);
  await vault.put('a', bytes);
  for (const tree of [vault, await vault.snapshot()]) {
    assert.deepEqual(await drained(await tree.getStream('a', { start: 300_000 })), bytes.slice(300_000));
    assert.deepEqual(await drained(await tree.getStream('a', { end: 300_000 })), bytes.slice(0, 300_000));
    assert.deepEqual(await tree.getRange('a', 300_000), bytes.slice(300_000));
    assert.deepEqual(await tree.getRange('a', 700_000), new Uint8Array());
    const part = await tree.getBlob('a', { start: 699_990 });
    assert.deepEqual(new Uint8Array(await part.arrayBuffer()), bytes.slice(699_990));
    await failsWith('range-past-end', () => tree.getRange('a', 700_001));
    await failsWith('range-past-end', () => tree.getStream('a', { start: 700_001 }));
    await failsWith('invalid-argument', () => tree.getRange('a'));
  }
});

test('a content comes as a blob of its type', async () => {
  const { host, vault } = await hostVault({ chunkBytes: 131072, extentBytesMax: 131072 });
  const bytes = bytesOf(1_000_000);
  await vault.put('a', bytes, { contentType: 'image/png' });
  const reports = [];
  const blob = await vault.getBlob('a', { onProgress: (report) => reports.push(report) });
  assert.deepEqual([blob.type, blob.size], ['image/png', bytes.length]);
  assert.deepEqual(new Uint8Array(await blob.arrayBuffer()), bytes);
  assert.deepEqual(reports.at(-1), { done: bytes.length, total: bytes.length });
  await vault.put('b', 'x');
  assert.equal((await vault.getBlob('b')).type, '');
  await failsWith('not-found', () => vault.getBlob('c'));
  const again = await api.Vault.open(host, api.Credential.secret(SECRET));
  await again.stat('a');
  host.misbehave({ at: 1, how: 'hang' });
  const abort = new AbortController();
  const reading = again.getBlob('a', { signal: abort.signal });
  await host.awaitCall();
  abort.abort();
  await failsWith('cancelled', reading);
});

test('a content stream is a byte stream, and readers may bring buffers', async () => {
  const vault = await memoryVault();
  const bytes = bytesOf(700_000);
  await vault.put('a', bytes);
  await vault.put('empty', '');
  const reader = (await vault.getStream('a')).getReader({ mode: 'byob' });
  const found = new Uint8Array(bytes.length);
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(100_000));
    if (done) break;
    found.set(value, at);
    at += value.length;
  }
  assert.equal(at, bytes.length);
  assert.deepEqual(found, bytes);
  const nothing = (await vault.getStream('empty')).getReader({ mode: 'byob' });
  assert.equal((await nothing.read(new Uint8Array(5))).done, true);
  // The others go on as ever.
  assert.deepEqual(await drained(await vault.getStream('a')), bytes);
  const [one, two] = (await vault.getStream('a')).tee();
  assert.deepEqual(await Promise.all([drained(one), drained(two)]), [bytes, bytes]);
});

test('an engine without byte streams has the streams it has', async (context) => {
  const vault = await memoryVault();
  await vault.put('a', bytesOf(700_000));
  const { ReadableStream: Whole } = globalThis;
  context.after(() => (globalThis.ReadableStream = Whole));
  globalThis.ReadableStream = class extends Whole {
    constructor(source, strategy) {
      if (source?.type !== undefined) throw new TypeError('byte streams are not there yet');
      super(source, strategy);
    }
  };
  assert.deepEqual(await drained(await vault.getStream('a')), bytesOf(700_000));
});
