// Large values, memory that ends, and a module that has trapped.

import assert from 'node:assert/strict';
import test from 'node:test';

import * as generated from '../../js/generated/sealwood_engine.js';
import { engine, failsWith, ran, temporary } from '../engine.mjs';

const { Domain, Engine, LtHash, PartitionedLtHash } = engine;
const exports = await generated.default();
const GENERATED = new URL('../../js/generated/sealwood_engine.js', import.meta.url);
const MIB = 1 << 20;

test('a large value is in the module’s memory once while it is put and once while it is read', async (context) => {
  const opened = await Engine.open(temporary(context));
  const notes = await opened.namespace('notes');
  const size = 256 * MIB;
  const value = new Uint8Array(size).fill(5);
  const before = exports.memory.buffer.byteLength;
  await notes.put('a', value);
  const put = exports.memory.buffer.byteLength - before;
  assert.ok(put < size + 16 * MIB, `${put} bytes to put`);
  const { bytes } = await notes.get('a');
  assert.equal(Buffer.compare(bytes, value), 0);
  const read = exports.memory.buffer.byteLength - before;
  assert.ok(read < 2 * size + 16 * MIB, `${read} bytes to put and read`);
  const { bytes: part } = await notes.getRange('a', size - 10, 100);
  assert.equal(part.length, 10);
  await opened.close();
});

test('more than 1 GiB is refused before anything happens', async (context) => {
  const opened = await Engine.memory();
  context.after(() => opened.close());
  const notes = await opened.namespace('notes');
  // Nobody writes to it, so that the system gives no pages for it.
  const large = new Uint8Array(2 ** 30 + 1);
  const [domain, hash, partitions] = [new Domain('d'), new LtHash(), new PartitionedLtHash()];
  const before = exports.memory.buffer.byteLength;
  const calls = [
    () => notes.put('a', large),
    () => notes.put(large, 'a'),
    () => notes.get(large),
    () => opened.batch().put(notes, 'a', large),
    () => hash.add(domain, 'a', large),
    () => hash.addRaw(large),
    () => hash.addBatch(domain, [['a', large]]),
    () => partitions.create(large, 'whole'),
    () => notes.scan({ prefix: large }),
  ];
  for (const call of calls) assert.match((await failsWith('invalid-argument', async () => call())).message, /1 GiB/);
  assert.equal(exports.memory.buffer.byteLength, before);
  assert.equal(await notes.length(), 0);
});

test('what the memory has no room for is refused, and all goes on', async (context) => {
  // The module is left 160 MiB; nobody writes to what it cannot have, so that the system gives no pages for it.
  const code = `
    const { default: started } = await import('${GENERATED}');
    const { memory } = await started();
    memory.grow((2 ** 32 - memory.buffer.byteLength - 160 * ${MIB}) / 2 ** 16);
    const engine = await Engine.open(given[0]);
    const notes = await engine.namespace('notes');
    await notes.put('a', 'text');
    const batch = engine.batch();
    const large = new Uint8Array(64 * ${MIB});
    await notes.put('there', large, { durability: 'none' });
    let refused;
    while (refused === undefined) {
      try {
        batch.put(notes, 'large', large);
      } catch (error) {
        refused = error.code;
      }
    }
    const { length } = batch;
    const put = await notes.put('large', large).catch((error) => error.code);
    const hashed = (() => {
      try {
        return new LtHash().addRaw(large);
      } catch (error) {
        return error.code;
      }
    })();
    const got = await notes.get('there').catch((error) => error.code);
    const part = (await notes.getRange('there', large.length - 5, 10)).bytes.length;
    batch.close();
    await notes.put('b', 'text');
    const keys = await notes.length();
    await engine.close();
    console.log(JSON.stringify({ refused, isSome: length > 0, put, hashed, got, part, keys }));`;
  const { written, status } = await ran(code, temporary(context));
  assert.equal(status, 0);
  const [refused, put, hashed, got] = Array(4).fill('platform');
  const expected = { refused, isSome: true, put, hashed, got, part: 5, keys: 3 };
  assert.deepEqual(JSON.parse(written), expected);
});

test('what the host has no room for is refused, and all goes on', async (context) => {
  const opened = await Engine.memory();
  context.after(() => opened.close());
  const notes = await opened.namespace('notes');
  await notes.put('a', new Uint8Array(300_000));
  const { Uint8Array: Real } = globalThis;
  globalThis.Uint8Array = class extends Real {
    constructor(...given) {
      if (given[0]?.length === 300_000) throw new RangeError('Array buffer allocation failed');
      super(...given);
    }
  };
  try {
    await failsWith('platform', notes.get('a'));
    await failsWith('platform', notes.scan().next());
  } finally {
    globalThis.Uint8Array = Real;
  }
  assert.equal((await notes.get('a')).bytes.length, 300_000);
});

test('after something has ended the module in its midst nothing of it goes on', async () => {
  const code = `
    const errors = [];
    process.on('uncaughtException', (error) => errors.push(error.message));
    const engine = await Engine.memory({ background: 'manual' });
    const notes = await engine.namespace('notes');
    await notes.put('a', 'text');
    const { of } = Array;
    Array.of = () => {
      throw new RangeError('no room');
    };
    notes.get('a');
    await new Promise((resolve) => setImmediate(resolve));
    Array.of = of;
    const outcome = (work) => work.then(() => 'ok', (error) => error.code);
    const get = await outcome(notes.get('a'));
    const put = await outcome(notes.put('a', 'b'));
    const now = await outcome((async () => new LtHash())());
    console.log(JSON.stringify({ errors, get, put, now }));`;
  const { written, status } = await ran(code);
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(written), { errors: ['no room'], get: 'platform', put: 'platform', now: 'platform' });
});

test('a call that fails where the module has called somebody ends nothing', async (context) => {
  const opened = await Engine.memory();
  context.after(() => opened.close());
  const notes = await opened.namespace('notes');
  await notes.put('a', 'text');
  await notes.track('whole');
  const within = [];
  const onProgress = () => within.push(failsWith('invalid-argument', notes.get(1)));
  await notes.backfill({ onProgress });
  await notes.verifyState({ onProgress });
  assert.ok(within.length > 0);
  await Promise.all(within);
  assert.equal(await notes.length(), 1);
  new LtHash().close();
});

test('nor after a trap in a call that waits for nothing', async () => {
  const code = `
    const engine = await Engine.memory({ background: 'manual' });
    const notes = await engine.namespace('notes');
    await notes.track('whole');
    const hash = new LtHash();
    const codeOf = (work) => {
      try {
        return work();
      } catch (error) {
        return error.code;
      }
    };
    const { partition } = await notes.trackedState();
    const { Uint8Array: Real } = globalThis;
    globalThis.Uint8Array = class extends Real {
      constructor(...given) {
        super(...given);
        if (this.length === 32) throw new WebAssembly.RuntimeError('unreachable');
      }
    };
    const trapped = codeOf(() => hash.checksum());
    globalThis.Uint8Array = Real;
    const now = codeOf(() => partition.hash());
    const later = await notes.put('a', 'b').catch((error) => error.code);
    console.log(JSON.stringify({ trapped, now, later }));`;
  const { written, status } = await ran(code);
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(written), { trapped: 'platform', now: 'platform', later: 'platform' });
});
