// Tracked namespaces: their hash, whether it is right, and where two engines differ.

import assert from 'node:assert/strict';
import test from 'node:test';

import { engine, failsWith, keysOf, textOf } from '../engine.mjs';

const { Domain, Engine, LtHash } = engine;

/** An engine with `count` rows in the namespace `users`. */
async function usersOf(context, count, tracking) {
  const opened = await Engine.memory({ background: 'manual' });
  context.after(() => opened.close());
  const users = await opened.namespace('users');
  if (tracking) await users.track(tracking);
  const batch = opened.batch();
  for (let number = 0; number < count; number++) batch.put(users, `user/${number}`, `${number}`);
  await batch.commit();
  return { opened, users };
}

test('the state of a namespace is the hash of its rows', async (context) => {
  const { users } = await usersOf(context, 3, 'whole');
  const { revision, partition } = await users.trackedState();
  const domain = new Domain('users');
  const rows = [0, 1, 2].map((number) => [`user/${number}`, `${number}`]);
  const expected = new LtHash().addBatch(domain, rows);
  assert.equal(partition.state, 'valid');
  assert.equal(partition.detail, 'whole');
  assert.equal(textOf(partition.name), 'users');
  assert.deepEqual([partition.rows, partition.buckets()], [3, []]);
  assert.ok(partition.hash().equals(expected));
  assert.deepEqual(partition.checksum(), expected.checksum());
  assert.ok(revision > 0);
  await users.delete('user/1');
  expected.remove(domain, 'user/1', '1');
  assert.deepEqual((await users.trackedState()).partition.checksum(), expected.checksum());
});

test('rows that were there before are counted by a backfill, which tells and is cancelled', async (context) => {
  const { users } = await usersOf(context, 20_000);
  assert.equal(await users.trackedState(), undefined);
  await failsWith('invalid-argument', users.verifyState());
  assert.equal(await users.track('buckets'), true);
  assert.equal(await users.track('buckets'), false);
  const abort = new AbortController();
  const told = [];
  const onProgress = (progress) => {
    told.push(progress);
    if (told.length === 2) abort.abort();
  };
  await failsWith('cancelled', users.backfill({ onProgress, signal: abort.signal }));
  const { partition } = await users.trackedState();
  assert.equal(partition.state, 'backfilling');
  assert.ok(partition.rows > 0 && partition.rows < 20_000, `${partition.rows} rows`);
  await failsWith('state-not-valid', async () => partition.hash());
  // Others have their turn meanwhile.
  let turns = 0;
  const ticking = setInterval(() => (turns += 1), 0);
  const steps = [];
  await users.backfill({ onProgress: (progress) => steps.push(progress) });
  clearInterval(ticking);
  assert.ok(turns > 2, `${turns} turns`);
  assert.deepEqual(steps.at(-1), { done: 20_000, total: 20_000 });
  assert.ok(steps.every(({ done }, at) => at === 0 || done >= steps[at - 1].done));
  assert.equal((await users.trackedState()).partition.state, 'valid');
  await users.backfill();
});

test('a full scan says that all is as it was counted, in steps, and is cancelled', async (context) => {
  const { users } = await usersOf(context, 20_000, 'buckets');
  let turns = 0;
  const ticking = setInterval(() => (turns += 1), 0);
  const steps = [];
  const verified = await users.verifyState({ onProgress: (progress) => steps.push(progress) });
  clearInterval(ticking);
  const expected = { revision: 0, rows: 20_000, isBackfilling: false, difference: undefined };
  assert.deepEqual({ ...verified, revision: 0 }, expected);
  assert.ok(turns > 2, `${turns} turns`);
  assert.deepEqual(steps.at(-1), { done: 20_000, total: 20_000 });
  const abort = new AbortController();
  const cut = users.verifyState({ onProgress: () => abort.abort('enough'), signal: abort.signal });
  assert.equal((await failsWith('cancelled', cut)).cause, 'enough');
  const thrown = new Error('no more');
  const refusing = users.verifyState({
    onProgress() {
      throw thrown;
    },
  });
  assert.equal((await failsWith('cancelled', refusing)).cause, thrown);
});

test('long work lets others run in between', async (context) => {
  const { opened, users } = await usersOf(context, 20_000, 'whole');
  const { opened: other, users: others } = await usersOf(context, 20_000, 'whole');
  await others.put('user/7', 'seven');
  const works = {
    verify: () => opened.verify(),
    verifyState: () => opened.verifyState(),
    compare: () => users.compare(others),
    compareEngines: () => opened.compare(other),
    scan: () => keysOf(users.scan()),
    compact: () => opened.compact(),
  };
  // So that there is much to be compacted.
  for (let number = 0; number < 4; number++) await users.put('large', new Uint8Array(100_000).fill(number));
  for (const [name, work] of Object.entries(works)) {
    let turns = 0;
    let next = setImmediate(function turn() {
      turns += 1;
      next = setImmediate(turn);
    });
    await work();
    clearImmediate(next);
    // Less than this is what waiting for one promise gives.
    assert.ok(turns > (name === 'compact' ? 0 : 2), `${name}: ${turns} turns`);
  }
});

test('two engines are compared: not a row is read where they are the same', async (context) => {
  const { users } = await usersOf(context, 2000, 'buckets');
  const { opened, users: others } = await usersOf(context, 2000, 'buckets');
  assert.deepEqual(await users.compare(others), { differences: 0, rowsRead: 0, first: [] });
  await others.put('user/7', 'seven');
  await others.delete('user/8');
  await others.put('user/new', 'new');
  const { differences, rowsRead, first } = await users.compare(others);
  assert.equal(differences, 3);
  assert.ok(rowsRead < 200, `${rowsRead} rows of 4,000`);
  const found = first.map(({ kind, key }) => [kind, textOf(key)]);
  assert.deepEqual(found, [['value', 'user/7'], ['onlyFirst', 'user/8'], ['onlySecond', 'user/new']]);
  assert.equal((await users.compare(others, { firstMax: 1 })).first.length, 1);
  await failsWith('invalid-argument', users.compare(others, { firstMax: 10_001 }));
  await failsWith('invalid-argument', users.compare(await opened.namespace('elsewhere')));
});
