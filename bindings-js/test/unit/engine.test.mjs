// The engine in memory: namespaces, batches, scans, watches, snapshots.

import assert from 'node:assert/strict';
import test from 'node:test';

import { engine, failsWith, keysOf, textOf } from '../engine.mjs';

const { Engine, LtHash, Namespace, SealwoodError } = engine;

async function notesOf(context, config) {
  const opened = await Engine.memory(config);
  context.after(() => opened.close());
  return { opened, notes: await opened.namespace('notes') };
}

test('keys are put, read, renamed, made to expire and deleted', async (context) => {
  const { opened, notes } = await notesOf(context);
  assert.ok(notes instanceof Namespace);
  const first = await notes.put('2026/may/rain', 'umbrella');
  const second = await notes.put(new Uint8Array([0, 255]), new Uint8Array(300_000).fill(7));
  assert.ok(second > first);
  assert.equal(await opened.revision(), second);
  const found = await notes.get('2026/may/rain');
  assert.deepEqual({ ...found, bytes: textOf(found.bytes) }, {
    bytes: 'umbrella',
    revision: first,
    expiresAtMs: undefined,
  });
  assert.equal(await notes.get('nothing'), undefined);
  assert.deepEqual(await notes.info(new Uint8Array([0, 255])), {
    size: 300_000,
    revision: second,
    expiresAtMs: undefined,
  });
  const part = await notes.getRange(new Uint8Array([0, 255]), 299_998, 10);
  assert.deepEqual(part.bytes, new Uint8Array([7, 7]));
  await failsWith('range-past-end', notes.getRange('2026/may/rain', 9, 1));
  assert.equal(await notes.longestPrefix('2026/may/rain/more'), '2026/may/rain'.length);
  assert.equal(await notes.renamePrefix('2026/may/', '2026/june/'), true);
  assert.equal(textOf((await notes.get('2026/june/rain')).bytes), 'umbrella');
  assert.equal(await notes.expireAt('2026/june/rain', 4_000_000_000_000), true);
  assert.equal((await notes.info('2026/june/rain')).expiresAtMs, 4_000_000_000_000);
  assert.equal(await notes.persist('2026/june/rain'), true);
  assert.equal((await notes.info('2026/june/rain')).expiresAtMs, undefined);
  await notes.put('gone', 'x', { expiresAtMs: 1 });
  assert.equal(await opened.purgeExpired(), 1);
  assert.equal(await notes.get('gone'), undefined);
  assert.equal(await notes.delete('2026/june/rain'), true);
  assert.equal(await notes.delete('2026/june/rain'), false);
  assert.equal(await notes.length(), 1);
});

test('a write may have a condition', async (context) => {
  const { notes } = await notesOf(context);
  const revision = await notes.put('a', '1', { precondition: 'absent' });
  await failsWith('precondition-failed', notes.put('a', '2', { precondition: 'absent' }));
  await failsWith('precondition-failed', notes.put('b', '2', { precondition: 'present' }));
  await failsWith('precondition-failed', notes.put('a', '2', { precondition: { revision: revision + 1 } }));
  await notes.put('a', '2', { precondition: { revision }, durability: 'none' });
  await failsWith('precondition-failed', notes.delete('b', { precondition: 'present' }));
  assert.equal(textOf((await notes.get('a')).bytes), '2');
});

test('a batch is what was added before its commit was called', async (context) => {
  const { opened, notes } = await notesOf(context);
  const batch = opened.batch().put(notes, 'a', '1');
  // What is refused for its options is no commit.
  await failsWith('invalid-argument', batch.commit({ durabilty: 'sync' }));
  await failsWith('invalid-argument', batch.commit({ durability: 'always' }));
  await failsWith('invalid-argument', batch.commit({ signal: 1 }));
  const signal = AbortSignal.abort('no');
  for (const add of [(options) => batch.put(notes, 'z', '9', options), (options) => batch.delete(notes, 'z', options)]) {
    await failsWith('invalid-argument', () => add({ signal: 1 }));
    assert.equal((await failsWith('cancelled', () => add({ signal }))).cause, 'no');
  }
  assert.equal(batch.length, 1);
  const committed = batch.commit();
  await failsWith('closed', () => batch.put(notes, 'b', '2'));
  await failsWith('closed', () => batch.delete(notes, 'a'));
  await failsWith('closed', batch.commit());
  assert.equal(batch.length, 0);
  await committed;
  assert.deepEqual(await keysOf(notes.scan()), ['a']);
  // A commit that was given up before it began is one too.
  const given = opened.batch().put(notes, 'c', '3');
  await failsWith('cancelled', given.commit({ signal: AbortSignal.abort() }));
  await failsWith('closed', () => given.put(notes, 'd', '4'));
  assert.deepEqual(await keysOf(notes.scan()), ['a']);
});

test('a batch is applied whole or not at all, and once', async (context) => {
  const { opened, notes } = await notesOf(context);
  const others = await opened.namespace('others');
  await notes.put('b', 'old');
  const batch = opened.batch().put(notes, 'a', '1').delete(notes, 'b').put(others, 'c', '3');
  assert.equal(batch.length, 3);
  await batch.commit({ durability: 'sync' });
  assert.deepEqual(await keysOf(notes.scan()), ['a']);
  assert.deepEqual(await keysOf(others.scan()), ['c']);
  await failsWith('closed', batch.commit());
  const refused = opened.batch().put(notes, 'x', '1').put(notes, 'a', '1', { precondition: 'absent' });
  await failsWith('precondition-failed', refused.commit());
  assert.deepEqual(await keysOf(notes.scan()), ['a']);
  const foreign = await Engine.memory();
  await failsWith('invalid-argument', foreign.batch().put(notes, 'x', '1').commit());
  await foreign.close();
  assert.throws(() => opened.batch().put('notes', 'x', '1'), { code: 'invalid-argument' });
});

test('a batch has 100,000 changes at most', async (context) => {
  const { opened, notes } = await notesOf(context);
  const batch = opened.batch();
  for (let number = 0; number < 100_000; number++) batch.put(notes, `${number}`, '');
  batch.delete(notes, 'one more');
  await failsWith('invalid-argument', batch.commit());
  assert.equal(await notes.length(), 0);
  await failsWith('closed', batch.commit());
});

test('a scan gives what is asked for, as it was, and ends where it is left', async (context) => {
  const { opened, notes } = await notesOf(context);
  const batch = opened.batch();
  const all = Array.from({ length: 1000 }, (_, number) => `k/${String(number).padStart(4, '0')}`);
  for (const key of all) batch.put(notes, key, key);
  await batch.put(notes, 'z', 'z').commit();
  assert.deepEqual(await keysOf(notes.scan({ prefix: 'k/' })), all);
  const some = { start: 'k/0010', end: 'k/0020', order: 'descending', limit: 3 };
  assert.deepEqual(await keysOf(notes.scan(some)), ['k/0019', 'k/0018', 'k/0017']);
  assert.deepEqual(await keysOf(notes.scanKeys({ startAfter: 'k/0998' })), ['k/0999', 'z']);
  const scan = notes.scan();
  const { value } = await scan.next();
  assert.equal(textOf(value.value), 'k/0000');
  await notes.delete('k/0500');
  let count = 1;
  for await (const { key } of scan) {
    count += 1;
    if (textOf(key) === 'k/0600') break;
  }
  assert.equal(count, 601);
  assert.equal((await scan.next()).done, true);
  assert.equal((await opened.stats()).leases, 0);
});

test('a watch tells what changes from then on, and what came before if it is asked to', async (context) => {
  const { opened, notes } = await notesOf(context);
  const before = await notes.put('a/1', '1');
  const changes = notes.watch({ prefix: 'a/' });
  const all = notes.watch({ since: 0 });
  await notes.put('a/2', '2');
  await notes.put('b', '3');
  await notes.renamePrefix('a/', 'c/');
  const next = async (watch) => {
    const { kind, key, to } = (await watch.next()).value;
    return [kind, textOf(key), to && textOf(to)];
  };
  assert.deepEqual(await next(changes), ['put', 'a/2', undefined]);
  assert.deepEqual(await next(changes), ['rename', 'a/', 'c/']);
  assert.equal((await all.next()).value.revision, before);
  // One that waits is told, and one that is left ends.
  const waiting = next(changes);
  await notes.delete('c/1');
  await notes.put('a/3', '3');
  assert.deepEqual(await waiting, ['put', 'a/3', undefined]);
  const pending = changes.next();
  await changes.return();
  assert.equal((await pending).done, true);
  await all.return();
  const aborted = new AbortController();
  const cut = notes.watch({ signal: aborted.signal }).next();
  aborted.abort('enough');
  assert.equal((await failsWith('cancelled', cut)).cause, 'enough');
  const last = notes.watch().next();
  await opened.close();
  await failsWith('closed', last);
});

test('a watch ends with its namespace', async (context) => {
  const { opened, notes } = await notesOf(context);
  const next = notes.watch().next();
  await opened.dropNamespace('notes');
  await failsWith('namespace-dropped', next);
});

test('a watch that falls behind is told', async (context) => {
  const { notes } = await notesOf(context, { watchEventsMax: 2 });
  for (const key of ['a', 'b', 'c', 'd']) await notes.put(key, 'x');
  await failsWith('cursor-expired', notes.watch({ since: 0 }).next());
});

test('a snapshot stays what it was', async (context) => {
  const { opened, notes } = await notesOf(context);
  const revision = await notes.put('a', '1');
  const before = await notes.snapshot();
  const all = await opened.snapshot();
  await notes.put('a', '2');
  await opened.namespace('later');
  assert.equal(before.revision, revision);
  assert.equal(textOf((await before.get('a')).bytes), '1');
  assert.deepEqual(await keysOf(before.scan()), ['a']);
  assert.deepEqual(all.namespaces(), ['notes']);
  assert.equal(all.namespace('later'), undefined);
  const old = all.namespace('notes');
  assert.equal(textOf((await old.get('a')).bytes), '1');
  for (const held of [before, old, all]) held.close();
  await failsWith('closed', before.get('a'));
  assert.equal((await opened.stats()).leases, 0);
});

test('namespaces are named, dropped, and too many are refused', async (context) => {
  const { opened, notes } = await notesOf(context, { namespacesMax: 2 });
  await opened.namespace('a', { separatedBytesMin: 10 });
  assert.deepEqual(await opened.namespaces(), ['a', 'notes']);
  await failsWith('namespace-limit', opened.namespace('b'));
  await failsWith('invalid-argument', opened.namespace('no name'));
  assert.equal(await opened.dropNamespace('notes'), true);
  assert.equal(await opened.dropNamespace('notes'), false);
  await failsWith('namespace-dropped', notes.get('a'));
});

test('it is checked, compacted and vacuumed', async (context) => {
  const { opened, notes } = await notesOf(context);
  for (let round = 0; round < 40; round++) {
    const batch = opened.batch();
    for (let number = 0; number < 50; number++) batch.put(notes, `${number}`, new Uint8Array(2000));
    await batch.commit();
  }
  const before = (await opened.stats()).logDiskBytes;
  assert.ok(before > 3_000_000, `${before} bytes`);
  assert.ok((await opened.compact()) >= 0);
  const after = (await opened.stats()).logDiskBytes;
  assert.ok(after < 1_000_000, `${after} bytes`);
  assert.deepEqual(await opened.verify(), { keys: 50, valueBytes: 100_000, findings: 0, first: [] });
  assert.deepEqual(await opened.vacuum(), { values: 0, valueBytes: 0 });
  assert.equal(await opened.checkpoint(), false);
  await failsWith('invalid-argument', opened.verify({ firstMax: 10_001 }));
});

test('what is written is synced when it is asked for', async (context) => {
  const { opened, notes } = await notesOf(context);
  await notes.put('a', '1', { durability: 'none' });
  assert.equal(await opened.needsSync(), true);
  await opened.sync();
  assert.equal(await opened.needsSync(), false);
  const { revision, durableRevision } = await opened.stats();
  assert.equal(durableRevision, revision);
});

test('it works by itself a while after the last write', async (context) => {
  const { opened, notes } = await notesOf(context, { checkpointIdleMs: 1 });
  await notes.put('a', '1');
  // Nobody calls anything.
  while ((await opened.stats()).logSinceCheckpoint > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const manual = await Engine.memory({ background: 'manual', checkpointIdleMs: 1 });
  await (await manual.namespace('a')).put('a', '1');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok((await manual.stats()).logSinceCheckpoint > 0);
  await manual.maintain();
  await manual.close();
});

test('what is closed says so, and closing again does nothing', async () => {
  const opened = await Engine.memory();
  const notes = await opened.namespace('notes');
  const scan = notes.scan();
  await opened.close();
  await opened.close();
  await failsWith('closed', opened.namespaces());
  await failsWith('closed', notes.get('a'));
  await failsWith('closed', notes.put('a', '1'));
  await failsWith('closed', scan.next());
  await failsWith('closed', async () => opened.batch());
});

test('what no type allows is refused before anything happens', async (context) => {
  const { opened, notes } = await notesOf(context);
  const bad = [
    () => notes.put(1, 'a'),
    () => notes.put('a'),
    () => notes.put('a\ud800', 'a'),
    () => notes.put('a', 'b', { durabilty: 'sync' }),
    () => notes.put('a', 'b', { durability: 'always' }),
    () => notes.put('a', 'b', { precondition: 'maybe' }),
    () => notes.put('a', 'b', { precondition: { revision: 1.5 } }),
    () => notes.put('a', 'b', { expiresAtMs: -1 }),
    () => notes.put('a', 'b', { signal: 1 }),
    () => notes.getRange('a', -1, 1),
    () => notes.scan({ order: 'random' }).next(),
    () => notes.scan({ limit: '1' }).next(),
    () => notes.watch({ since: -1 }).next(),
    () => notes.track('some'),
    () => notes.compare(opened),
    () => notes.put(new Uint8Array(65_537), 'a'),
    () => opened.namespace(1),
    () => Engine.memory({ separatedBytesMin: 0 }),
    () => Engine.memory({ access: 'all' }),
    () => Engine.memory({ recovery: 'passOver' }),
    () => Engine.memory({ segments: 1 }),
    () => Engine.open(1),
  ];
  for (const work of bad) await failsWith('invalid-argument', async () => work());
  assert.throws(() => new Engine(), TypeError);
  assert.equal(await notes.length(), 0);
});

test('an option that nobody knows is refused by every call that takes options', async (context) => {
  const { opened, notes } = await notesOf(context);
  const { opened: other, notes: others } = await notesOf(context);
  await notes.track('whole');
  await others.track('whole');
  const { revision } = await opened.stats();
  const snapshot = await notes.snapshot();
  const batch = opened.batch();
  const calls = [
    (options) => Engine.memory(options),
    (options) => Engine.memory({}, options),
    (options) => Engine.open('/nowhere', options),
    (options) => opened.namespace('b', options),
    (options) => opened.dropNamespace('notes', options),
    (options) => opened.compare(other, options),
    async (options) => batch.put(notes, 'a', 'b', options),
    async (options) => batch.delete(notes, 'a', options),
    (options) => batch.commit(options),
    (options) => notes.getRange('a', 0, 1, options),
    (options) => notes.put('a', 'b', options),
    (options) => notes.delete('a', options),
    (options) => notes.expireAt('a', 1, options),
    (options) => notes.persist('a', options),
    (options) => notes.renamePrefix('a', 'b', options),
    (options) => notes.longestPrefix('a', options),
    (options) => notes.length(options),
    (options) => notes.snapshot(options),
    async (options) => notes.watch(options).next(),
    (options) => notes.track('off', options),
    (options) => notes.trackedState(options),
    (options) => notes.backfill(options),
    (options) => notes.verifyState(options),
    (options) => notes.compare(others, options),
  ];
  const ofEngine = 'namespaces snapshot revision stats sync needsSync checkpoint maintain compact vacuum purgeExpired';
  for (const name of [...ofEngine.split(' '), 'verify', 'verifyState', 'close']) {
    calls.push((options) => opened[name](options));
  }
  for (const reading of [notes, snapshot]) {
    calls.push((options) => reading.get('a', options), (options) => reading.info('a', options));
    calls.push(async (options) => reading.scan(options).next(), async (options) => reading.scanKeys(options).next());
  }
  const { signal } = new AbortController();
  for (const call of calls) {
    const error = await failsWith('invalid-argument', () => call({ misspelt: 1 }));
    assert.match(error.message, /"misspelt"/, String(call));
    await failsWith('invalid-argument', () => call(signal));
  }
  // Progress is of calls that go over rows.
  await failsWith('invalid-argument', notes.length({ onProgress() {} }));
  for (const firstMax of [10_001, -1, 1.5, '1', 2 ** 32]) {
    await failsWith('invalid-argument', opened.compare(other, { firstMax }));
    await failsWith('invalid-argument', notes.compare(others, { firstMax }));
    await failsWith('invalid-argument', opened.verify({ firstMax }));
  }
  for (const strange of [undefined, notes, {}]) await failsWith('invalid-argument', opened.compare(strange));
  // None of it did anything.
  assert.equal((await opened.stats()).revision, revision);
  assert.equal(batch.length, 0);
  assert.deepEqual(await opened.namespaces(), ['notes']);
  await failsWith('closed', (async () => { await other.close(); return opened.compare(other); })());
});

test('long calls are cancelled under way', async (context) => {
  const { opened, notes } = await notesOf(context, { background: 'manual' });
  const { opened: other, notes: others } = await notesOf(context, { background: 'manual' });
  for (const [engine, namespace] of [[opened, notes], [other, others]]) {
    await namespace.track('whole');
    const batch = engine.batch();
    for (let number = 0; number < 20_000; number++) batch.put(namespace, `${number}`, engine === opened ? 'a' : 'b');
    await batch.commit();
  }
  const works = {
    verify: (call) => opened.verify(call),
    verifyState: (call) => opened.verifyState(call),
    compare: (call) => notes.compare(others, call),
    compareEngines: (call) => opened.compare(other, call),
  };
  for (const [name, work] of Object.entries(works)) {
    const abort = new AbortController();
    setImmediate(() => abort.abort(name));
    const error = await failsWith('cancelled', work({ signal: abort.signal }));
    assert.equal(error.cause, name);
  }
  assert.equal((await opened.verify()).findings, 0);
});

test('a call that was cancelled before does nothing', async (context) => {
  const { notes } = await notesOf(context);
  const signal = AbortSignal.abort('no');
  const error = await failsWith('cancelled', notes.put('a', '1', { signal }));
  assert.equal(error.cause, 'no');
  assert.equal(await notes.length(), 0);
});

test('what it gives are bytes of the caller’s own', async (context) => {
  const { notes } = await notesOf(context);
  await notes.put('a', 'text');
  const [{ value: entry }] = [await notes.scan().next()];
  const hash = new LtHash();
  const all = [(await notes.get('a')).bytes, entry.key, entry.value, hash.encode(), hash.checksum()];
  for (const bytes of all) {
    assert.deepEqual([bytes.byteOffset, bytes.buffer.byteLength], [0, bytes.byteLength]);
    structuredClone(bytes, { transfer: [bytes.buffer] });
  }
  assert.equal(textOf((await notes.get('a')).bytes), 'text');
});

test('what is in memory is gone where there are no directories', async () => {
  const { getBuiltinModule } = process;
  try {
    process.getBuiltinModule = undefined;
    const error = await failsWith('platform', Engine.open('/nowhere'));
    assert.ok(error instanceof SealwoodError);
    const opened = await Engine.memory();
    await opened.close();
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
});
