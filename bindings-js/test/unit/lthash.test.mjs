// The hashes of rows, by the golden vectors.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { engine } from '../engine.mjs';
import { fromHex, toHex } from '../scenarios/values.mjs';

const { Domain, LtHash, PartitionedLtHash, bucketOf } = engine;
const vectors = JSON.parse(
  readFileSync(new URL('../../../conformance/vectors/lthash.json', import.meta.url), 'utf8'),
);

/** The bytes an input stands for. */
function bytesOf({ text, hex, noise: seed, length, times = 1 }) {
  const once =
    text !== undefined
      ? new TextEncoder().encode(text)
      : hex !== undefined
        ? fromHex(hex)
        : noise(seed, length);
  const bytes = new Uint8Array(once.length * times);
  for (let time = 0; time < times; time++) bytes.set(once, once.length * time);
  return bytes;
}

/** Bytes that look random: what BLAKE3 makes of the seed, of which an element has the first 2,048. */
function noise(seed, length) {
  const message = new Uint8Array(8);
  new DataView(message.buffer).setBigUint64(0, BigInt(seed), true);
  const bytes = new LtHash().addRaw(message).encode();
  assert.ok(length <= bytes.length);
  return bytes.slice(0, length);
}

/** Whether all inputs of a case can be made here. */
function isMade(given) {
  return [...JSON.stringify(given).matchAll(/"length":(\d+)/g)].every(([, length]) => length <= 2048);
}

function domainOf(name, { secret }) {
  return secret ? Domain.keyed(fromHex(secret), bytesOf(name)) : new Domain(bytesOf(name));
}

function partitionsOf({ secret }) {
  return secret ? PartitionedLtHash.keyed(fromHex(secret)) : new PartitionedLtHash();
}

function rowsOf(rows) {
  return rows.map((row) => row.map(bytesOf));
}

/** The partitions in which a case has been walked, and the name of its own. */
function walked(given) {
  const partitions = partitionsOf(given);
  const name = given.partition ? bytesOf(given.partition) : new Uint8Array(0);
  partitions.create(name, given.detail);
  for (const step of given.steps) {
    if (step.do === 'forget') partitions.forget(name);
    if (step.do === 'begin') partitions.beginBackfill(name, given.detail);
    if (step.do === 'backfill') partitions.backfill(name, rowsOf(step.rows));
    if (step.do === 'finish') partitions.finishBackfill(name);
    if (step.do === 'apply') partitions.apply(name, step.changes.map(changeOf));
  }
  return { partitions, name };
}

function changeOf({ key, before, after }) {
  return { key: bytesOf(key), before: before && bytesOf(before), after: after && bytesOf(after) };
}

function saidOf(partition) {
  const cursor = partition.cursor === undefined ? null : toHex(partition.cursor);
  const isValid = partition.state === 'valid';
  return {
    state: partition.state === 'backfilling' ? { cursor } : partition.state,
    rows: partition.rows ?? null,
    bytes: partition.bytes ?? null,
    checksum: isValid ? toHex(partition.checksum()) : null,
    buckets: partition.buckets(),
  };
}

/** The cases of a section that can be made here. */
function cases(section, least) {
  const found = vectors[section].filter(isMade);
  assert.ok(found.length >= least, `${found.length} of ${section}`);
  return found;
}

test('elements and sums are those of the vectors', () => {
  for (const { message, hash, checksum } of cases('raw', 2)) {
    const made = new LtHash().addRaw(bytesOf(message));
    assert.equal(toHex(made.checksum()), checksum);
    if (hash) assert.equal(toHex(made.encode()), hash);
    assert.ok(made.removeRaw(bytesOf(message)).isIdentity());
  }
  for (const given of cases('elements', 3)) {
    const row = [bytesOf(given.key), bytesOf(given.value)];
    const domain = domainOf(given.domain, given);
    const made = LtHash.identity().add(domain, ...row);
    assert.equal(toHex(made.checksum()), given.checksum);
    if (given.hash) assert.equal(toHex(made.encode()), given.hash);
    assert.ok(made.remove(domain, ...row).equals(new LtHash()));
  }
  for (const { domain, add, remove, checksum } of cases('sums', 2)) {
    const of = new Domain(bytesOf(domain));
    const batched = new LtHash().addBatch(of, rowsOf(add)).removeBatch(of, rowsOf(remove));
    assert.equal(toHex(batched.checksum()), checksum);
    const single = new LtHash();
    rowsOf(add).forEach((row) => single.merge(new LtHash().add(of, ...row)));
    rowsOf(remove).forEach((row) => single.subtract(new LtHash().add(of, ...row)));
    assert.ok(single.equals(batched));
  }
  for (const { key, bucket } of cases('buckets', 3)) assert.equal(bucketOf(bytesOf(key)), bucket);
});

test('partitions and their records are those of the vectors', () => {
  for (const given of cases('partitions', 7)) {
    const { partitions, name } = walked(given);
    const partition = partitions.partition(name);
    assert.deepEqual(saidOf(partition), given.said, given.name);
    assert.equal(toHex(partition.encode(given.version)), given.record, given.name);
    const again = partitionsOf(given);
    assert.equal(again.restore(name, fromHex(given.record)), given.version);
    assert.deepEqual(saidOf(again.partition(name)), given.said, given.name);
  }
  for (const given of cases('reference_records', 2)) {
    const partitions = partitionsOf(given);
    const name = bytesOf(given.partition);
    assert.equal(partitions.restore(name, bytesOf(given.record)), given.version);
    assert.deepEqual(saidOf(partitions.partition(name)), given.said);
  }
});

test('what is refused is refused with the code of the vectors', () => {
  for (const given of cases('steps_refused', 5)) {
    assert.throws(() => walked(given), { code: given.code }, given.name);
  }
  for (const given of cases('records_refused', 20)) {
    const restore = () => partitionsOf(given).restore(bytesOf(given.partition), bytesOf(given.record));
    assert.throws(restore, { code: given.code }, given.name);
  }
  for (const length of vectors.hash_lengths_refused) {
    assert.throws(() => LtHash.decode(new Uint8Array(length)), { code: 'hash-length' });
  }
});

test('a hash is copied, encoded, merged with itself and closed', () => {
  const domain = new Domain('users');
  const hash = new LtHash().add(domain, 'ada', '1815');
  const copy = hash.copy();
  assert.ok(LtHash.decode(hash.encode()).equals(copy));
  hash.merge(hash);
  assert.ok(!hash.equals(copy));
  assert.ok(hash.subtract(copy).equals(copy));
  assert.ok(hash.subtract(hash).isIdentity());
  copy.close();
  assert.throws(() => copy.encode(), { code: 'closed' });
  assert.throws(() => hash.merge(copy), { code: 'closed' });
});

test('states of partitions are told apart', () => {
  const [ours, theirs] = [new PartitionedLtHash(), new PartitionedLtHash()];
  for (const state of [ours, theirs]) {
    state.create('users', 'buckets');
    state.create('posts', 'whole');
    state.apply('users', [{ key: 'ada', after: '1815' }]);
  }
  assert.deepEqual(ours.differences(theirs), []);
  assert.ok(ours.hash().equals(theirs.hash()));
  theirs.apply('users', [{ key: 'ada', before: '1815', after: '1816' }]);
  theirs.apply('posts', [{ key: 'a', after: 'b' }]);
  theirs.create('more', 'whole');
  ours.create('mine', 'whole');
  const differences = ours.differences(theirs).map(({ partition, place, buckets }) => [
    new TextDecoder().decode(partition),
    place,
    buckets,
  ]);
  assert.deepEqual(differences, [
    ['mine', 'onlyFirst', undefined],
    ['more', 'onlySecond', undefined],
    ['posts', 'somewhere', undefined],
    ['users', 'buckets', [bucketOf('ada')]],
  ]);
  assert.deepEqual(ours.names().map((name) => new TextDecoder().decode(name)), ['mine', 'posts', 'users']);
  assert.equal(ours.remove('mine'), true);
  assert.equal(ours.partition('mine'), undefined);
  assert.throws(() => ours.create('users', 'whole'), { code: 'partition-exists' });
  assert.throws(() => ours.forget('nobody'), { code: 'invalid-argument' });
  assert.throws(() => ours.apply('users', [{ key: 'bob', before: 'x' }]), { code: 'no-such-row' });
});

test('a partition is restored under its own name alone, and begins to be counted once it was made', () => {
  const [state, other] = [new PartitionedLtHash(), new PartitionedLtHash()];
  state.create('users', 'whole');
  const record = state.partition('users').encode(7);
  assert.throws(() => state.restore('users', record), { code: 'partition-exists' });
  assert.throws(() => other.restore('others', record), { code: 'other-partition' });
  assert.throws(() => other.restore('users', record.slice(1)), { code: 'malformed' });
  assert.throws(() => other.beginBackfill('users', 'whole'), { code: 'invalid-argument' });
  assert.equal(other.restore('users', record), 7);
  other.beginBackfill('users', 'buckets');
  assert.equal(other.partition('users').state, 'backfilling');
});

test('what no type allows is refused', () => {
  const hash = new LtHash();
  const domain = new Domain('users');
  const bad = [
    () => new Domain(),
    () => Domain.keyed(new Uint8Array(31), 'users'),
    () => hash.add('users', 'a', 'b'),
    () => hash.add(domain, 'a'),
    () => hash.addBatch(domain, 'rows'),
    () => hash.addBatch(domain, [['a']]),
    () => hash.merge({}),
    () => LtHash.decode('text'),
    () => new PartitionedLtHash().create('a', 'some'),
    () => new PartitionedLtHash().apply('a', [{}]),
  ];
  for (const work of bad) assert.throws(work, { code: 'invalid-argument' });
  assert.throws(() => new Domain('x'.repeat(256)), { code: 'domain-length' });
});
