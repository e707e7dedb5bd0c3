// What a put accepts, what a stream gives, progress.

import assert from 'node:assert/strict';
import test from 'node:test';

import { api, bytesOf, drained, failsWith, hostVault, memoryVault } from '../support.mjs';

test('every kind of content arrives as it was', async () => {
  const vault = await memoryVault();
  const bytes = bytesOf(300_000);
  const padded = bytesOf(300_010, 4);
  padded.set(bytes, 5);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
  }
  const contents = {
    bytes,
    buffer: bytes.buffer,
    view: new DataView(padded.buffer, 5, bytes.length),
    node: Buffer.from(bytes),
    shared: new Uint8Array(new SharedArrayBuffer(bytes.length)),
    blob: new Blob([bytes]),
    file: new File([bytes], 'name'),
  };
  contents.shared.set(bytes);
  for (const [name, content] of Object.entries(contents)) {
    const info = await vault.put(name, content);
    assert.equal(info.size, bytes.length);
    assert.deepEqual(await vault.get(name), bytes, name);
  }
  const streams = {
    stream: new Response(bytes).body,
    generator: pieces(),
    list: [bytes.subarray(0, 9), new Uint8Array(), bytes.buffer.slice(9)],
    blob: new Blob([bytes]),
    large: [bytes],
  };
  for (const [name, content] of Object.entries(streams)) {
    await vault.putStream(name, content);
    assert.deepEqual(await vault.get(name), bytes, name);
  }
  await vault.put('text', 'grün');
  assert.equal(new TextDecoder().decode(await vault.get('text')), 'grün');
  await vault.putStream('texts', ['gr', 'ün']);
  assert.equal(new TextDecoder().decode(await vault.get('texts')), 'grün');
});

test('metadata is attached whatever its names are', async () => {
  const vault = await memoryVault();
  const metadata = JSON.parse('{"__proto__": "1", "constructor": "2", "": "3"}');
  await vault.put('a', 'x', { metadata, contentType: 'text/plain', modifiedMs: 5 });
  const found = await vault.stat('a');
  assert.deepEqual(Object.entries(found.metadata).sort(), Object.entries(metadata).sort());
  assert.equal(Object.getPrototypeOf(found.metadata), Object.prototype);
  assert.deepEqual([found.contentType, found.modifiedMs], ['text/plain', 5]);
});

test('times are those that a Date can hold', async () => {
  const vault = await memoryVault();
  for (const date of ['1955-11-05', '1969-12-31T23:59:59.500Z', '-271821-04-20', '+275760-09-13']) {
    await vault.put('a', 'x', { modifiedMs: Date.parse(date) });
    const found = await vault.stat('a');
    assert.equal(new Date(found.modifiedMs).toISOString(), new Date(date).toISOString());
  }
  assert.equal(vault.stats().futureCommitMs, undefined);
});

test('progress never falls and ends at the total', async () => {
  const vault = await memoryVault({ extentBytesMax: 1 << 20 });
  const bytes = bytesOf(9_000_000);
  const heard = async (work) => {
    const reports = [];
    await work({ onProgress: (report) => reports.push(report) });
    assert.ok(reports.length > 1);
    reports.forEach((report, at) => assert.ok(at === 0 || report.done >= reports[at - 1].done));
    assert.deepEqual(reports.at(-1), { done: bytes.length, total: bytes.length });
    return reports;
  };
  await heard((options) => vault.put('a', bytes, options));
  await heard((options) => vault.put('b', new Blob([bytes]), options));
  await heard((options) => vault.get('a', options));
  await heard(async (options) => drained(await vault.getStream('a', options)));
});

test('a progress function that throws ends the call with what it threw', async () => {
  const vault = await memoryVault({ extentBytesMax: 1 << 20 });
  const cause = new Error('of the app');
  const onProgress = () => {
    throw cause;
  };
  const error = await failsWith('cancelled', () => vault.put('a', bytesOf(9_000_000), { onProgress }));
  assert.equal(error.cause, cause);
  assert.equal(await vault.exists('a'), false);
});

test('a source that throws is named as the cause, and told to stop', async () => {
  const vault = await memoryVault();
  const cause = new Error('of the app');
  let stopped = 0;
  const iterable = {
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.reject(cause),
      return: async () => void (stopped += 1),
    }),
  };
  const error = await failsWith('source-failed', () => vault.putStream('a', iterable));
  assert.equal(error.cause, cause);
  const broken = new ReadableStream({ pull: () => Promise.reject(cause) });
  assert.equal((await failsWith('source-failed', () => vault.putStream('a', broken))).cause, cause);
  const abort = new AbortController();
  const endless = new ReadableStream({
    pull: (controller) => {
      controller.enqueue(new Uint8Array(10_000));
      if (stopped === 1) abort.abort('enough');
    },
    cancel: () => void (stopped += 1),
  });
  const cancelled = vault.putStream('a', endless, { signal: abort.signal });
  assert.equal((await failsWith('cancelled', cancelled)).cause, 'enough');
  assert.equal(stopped, 2);
});

test('a stream reads what is asked for and stops when it is cancelled', async () => {
  const { host, vault } = await hostVault({ chunkBytes: 131072, extentBytesMax: 131072 });
  const bytes = bytesOf(40 * 131072);
  await vault.put('a', bytes);
  const stream = await vault.getStream('a');
  const before = host.calls;
  // Whatever would read ahead unasked has had its turn by now.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(host.calls, before);
  const reader = stream.getReader();
  assert.ok((await reader.read()).value.length > 0);
  const read = host.calls - before;
  assert.ok(read < 15, `${read} requests for the first piece of 40`);
  await reader.cancel();
  const after = host.calls;
  await vault.exists('a');
  assert.equal(host.calls, after);
  const part = await drained(await vault.getStream('a', { start: 100_000, end: 500_000 }));
  assert.deepEqual(part, bytes.slice(100_000, 500_000));
  await failsWith('range-past-end', () => vault.getStream('a', { start: 0, end: bytes.length + 1 }));
});

test('listings give everything once, in turn or all at once, and stop early', async () => {
  const vault = await memoryVault();
  for (let index = 0; index < 600; index++) {
    await vault.put(`d/${index}`, 'x', { deferred: true });
  }
  assert.equal(vault.needsFlush(), true);
  await vault.flush();
  const paths = new Set();
  for await (const { path } of vault.entries('d')) paths.add(path);
  assert.equal(paths.size, 600);
  const listing = vault.entriesRecursive('');
  const some = await Promise.all(Array.from({ length: 700 }, () => listing.next()));
  assert.equal(some.filter(({ done }) => !done).length, 601);
  assert.equal(some[0].value.path, 'd');
  for await (const entry of vault.entries('d')) {
    assert.equal(entry.kind, 'file');
    break;
  }
  const stopped = vault.entries('d');
  await stopped.next();
  assert.deepEqual(await stopped.return(), { done: true, value: undefined });
  assert.deepEqual(await stopped.next(), { done: true, value: undefined });
  await failsWith('not-found', () => vault.entries('nowhere').next());
});

test('log messages reach the hook and what it throws reaches nobody', async () => {
  const { host, vault } = await hostVault();
  const heard = [];
  api.setLogger('trace', (level, message) => {
    heard.push([level, message]);
    throw new Error('of the app');
  });
  await vault.put('a', 'x');
  api.setLogger('trace');
  await vault.put('b', 'x');
  assert.ok(host.calls > 0);
  for (const [level, message] of heard) {
    assert.match(level, /^(error|warn|info|debug|trace)$/);
    assert.equal(typeof message, 'string');
  }
});
