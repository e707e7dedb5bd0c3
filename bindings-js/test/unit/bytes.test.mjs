// Bytes that are not what they seem: gone, in a buffer that changes its size, or of another length than they say.

import assert from 'node:assert/strict';
import test from 'node:test';

import { engine, failsWith, keysOf } from '../engine.mjs';
import { failsWith as vaultFailsWith, memoryVault } from '../support.mjs';

const { Domain, Engine, LtHash, PartitionedLtHash } = engine;

/** Bytes whose buffer was transferred away, or made so small that they are outside of it. */
const GONE = {
  'a buffer': () => transferred(new ArrayBuffer(8)),
  ...Object.fromEntries(
    [Uint8Array, Uint16Array, DataView].flatMap((View) => [
      [`${View.name} of a transferred buffer`, () => transferred(new ArrayBuffer(8), View)],
      [`${View.name} outside of its buffer`, () => shrunk(View)],
    ]),
  ),
};

function transferred(buffer, View) {
  const given = View ? new View(buffer) : buffer;
  structuredClone(buffer, { transfer: [buffer] });
  return given;
}

function shrunk(View) {
  const buffer = new ArrayBuffer(16, { maxByteLength: 16 });
  const given = new View(buffer, 8);
  buffer.resize(4);
  return given;
}

test('bytes that are gone are refused, and are not taken for none', async (context) => {
  const opened = await Engine.memory();
  context.after(() => opened.close());
  const notes = await opened.namespace('notes');
  const [batch, hash, domain, partitions] = [opened.batch(), new LtHash(), new Domain('d'), new PartitionedLtHash()];
  const vault = await memoryVault();
  for (const [name, make] of Object.entries(GONE)) {
    // Some hosts have no buffers that change their size: there these are whole.
    if (name.includes('outside') && !ArrayBuffer.prototype.resize) continue;
    for (const call of [
      (gone) => notes.put('a', gone),
      (gone) => notes.put(gone, 'a'),
      (gone) => notes.get(gone),
      (gone) => notes.delete(gone),
      (gone) => notes.scan({ prefix: gone }).next(),
      (gone) => batch.put(notes, 'a', gone),
      (gone) => batch.delete(notes, gone),
      (gone) => hash.add(domain, 'a', gone),
      (gone) => hash.addRaw(gone),
      (gone) => partitions.create(gone, 'whole'),
      (gone) => new Domain(gone),
    ]) {
      const { message } = await failsWith('invalid-argument', async () => call(make()));
      assert.match(message, /not there any more/, name);
    }
    await vaultFailsWith('invalid-argument', () => vault.put('a', make()));
  }
  // Nothing is held by what was refused.
  assert.deepEqual([batch.length, await notes.length(), hash.isIdentity()], [0, 0, true]);
  assert.equal(await vault.exists('a'), false);
  for (const handle of [batch, hash, domain, partitions]) handle.close();
  await vault.close();
});

test('bytes are as long as they are, whatever they say of it', async (context) => {
  const opened = await Engine.memory();
  context.after(() => opened.close());
  const notes = await opened.namespace('notes');
  for (const [size, said] of [[100_000, 1], [4, 100_000]]) {
    const given = Object.defineProperty(new Uint8Array(size).fill(7), 'length', { value: said });
    await notes.put('value', given);
    const { bytes } = await notes.get('value');
    assert.deepEqual([bytes.length, bytes.every((byte) => byte === 7)], [size, true]);
    assert.ok(new LtHash().addRaw(given).equals(new LtHash().addRaw(new Uint8Array(size).fill(7))));
    await notes.put(given.subarray(0, 4), 'key');
  }
  assert.deepEqual(await keysOf(notes.scan()), ['\u0007\u0007\u0007\u0007', 'value']);
});

test('a shared buffer that another thread makes larger gives the bytes that it had', async (context) => {
  // Some hosts have no such buffers.
  if (!SharedArrayBuffer.prototype.grow) return;
  const opened = await Engine.memory();
  context.after(() => opened.close());
  const notes = await opened.namespace('notes');
  const buffer = new SharedArrayBuffer(1000, { maxByteLength: 2000 });
  // The other thread comes between the room that is made for them and the copy.
  const { set } = Uint8Array.prototype;
  Uint8Array.prototype.set = function (...given) {
    if (buffer.byteLength === 1000) buffer.grow(2000);
    return set.apply(this, given);
  };
  try {
    await notes.put('value', new Uint8Array(buffer));
    await notes.put(new Uint8Array(buffer), 'key');
  } finally {
    Uint8Array.prototype.set = set;
  }
  assert.equal((await notes.get('value')).bytes.length, 1000);
});

test('a generator may give each row in the same buffer, and do with it what it likes then', () => {
  const domain = new Domain('rows');
  const arrays = new LtHash();
  const rows = Array.from({ length: 5 }, (_, number) => [new Uint8Array([number]), new Uint8Array([number, 1])]);
  arrays.addBatch(domain, rows);
  const buffer = new ArrayBuffer(3);
  function* reused(make) {
    const [key, value] = [new Uint8Array(buffer, 0, 1), new Uint8Array(buffer, 1, 2)];
    for (const row of rows) {
      key.set(row[0]);
      value.set(row[1]);
      yield make(key, value);
    }
    structuredClone(buffer, { transfer: [buffer] });
  }
  assert.ok(new LtHash().addBatch(domain, reused((key, value) => [key, value])).equals(arrays));
});

test('nor does it matter to changes of rows and to a backfill', () => {
  const rows = ['a', 'b', 'c'].map((text) => [new TextEncoder().encode(text), new TextEncoder().encode(text)]);
  function* reused(make) {
    const buffer = new Uint8Array(1);
    for (const [key] of rows) {
      buffer.set(key);
      yield make(buffer);
    }
  }
  const states = Array.from({ length: 3 }, () => new PartitionedLtHash());
  for (const state of states) state.create('rows', 'whole');
  const [wanted, applied, filled] = states;
  wanted.apply('rows', rows.map(([key, after]) => ({ key, after })));
  applied.apply('rows', reused((bytes) => ({ key: bytes, after: bytes })));
  filled.beginBackfill('rows', 'whole');
  filled.backfill('rows', reused((bytes) => [bytes, bytes]));
  filled.finishBackfill('rows');
  for (const state of [applied, filled]) assert.deepEqual(state.checksum(), wanted.checksum());
});
