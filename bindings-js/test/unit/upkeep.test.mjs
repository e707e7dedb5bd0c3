// What the engine does by itself: when it begins, and what keeps it from that.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Upkeep } from '../../js/engine/upkeep.js';
import { engine, failsWith } from '../engine.mjs';

const { Engine } = engine;

/** An upkeep every 10 ms of a clock of its own, and how often it has worked. */
function upkeepOf(context, pieces = 1) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const done = { pieces: 0 };
  const maintain = async () => {
    done.pieces += 1;
    return done.pieces % pieces !== 0;
  };
  return { upkeep: new Upkeep(maintain, 10), done };
}

/** Lets what goes on by promises and turns of the host go on. */
async function settled() {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test('it works once after the last write, all there is to do', async (context) => {
  const { upkeep, done } = upkeepOf(context, 3);
  upkeep.touch();
  context.mock.timers.tick(9);
  await settled();
  assert.equal(done.pieces, 0);
  upkeep.touch();
  context.mock.timers.tick(1);
  await settled();
  assert.equal(done.pieces, 0);
  context.mock.timers.tick(10);
  await settled();
  assert.equal(done.pieces, 3);
  context.mock.timers.tick(1000);
  await settled();
  assert.equal(done.pieces, 3);
});

test('who never stops writing does not keep it from its work', async (context) => {
  const { upkeep, done } = upkeepOf(context);
  for (let write = 0; write < 1000; write++) {
    upkeep.touch();
    context.mock.timers.tick(1);
    await settled();
  }
  assert.ok(done.pieces >= 9 && done.pieces <= 10, `${done.pieces} pieces`);
});

test('what is written under its work is looked at after it, once', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let atWork = 0;
  let works = 0;
  let finish;
  const maintain = async () => {
    works += 1;
    atWork += 1;
    await new Promise((resolve) => (finish = resolve));
    atWork -= 1;
    return false;
  };
  const upkeep = new Upkeep(maintain, 10);
  upkeep.touch();
  context.mock.timers.tick(10);
  upkeep.touch();
  // Not by a pause either.
  upkeep.pause()();
  context.mock.timers.tick(1000);
  await settled();
  assert.deepEqual([works, atWork], [1, 1]);
  finish();
  await settled();
  context.mock.timers.tick(10);
  assert.deepEqual([works, atWork], [2, 1]);
  finish();
});

test('a pause ends with what it was before', async (context) => {
  const { upkeep, done } = upkeepOf(context);
  const goOn = upkeep.pause();
  upkeep.touch();
  context.mock.timers.tick(100);
  await settled();
  assert.equal(done.pieces, 0);
  goOn();
  context.mock.timers.tick(10);
  await settled();
  assert.equal(done.pieces, 1);
  upkeep.stop();
  upkeep.pause()();
  context.mock.timers.tick(100);
  await settled();
  assert.equal(done.pieces, 1);
});

test('a close that was refused or cancelled ends no upkeep', async () => {
  const opened = await Engine.memory({ checkpointIdleMs: 1 });
  const notes = await opened.namespace('notes');
  const abort = new AbortController();
  const cut = opened.close({ signal: abort.signal });
  abort.abort();
  await failsWith('cancelled', cut);
  await failsWith('cancelled', opened.close({ signal: AbortSignal.abort() }));
  await failsWith('invalid-argument', opened.close({ misspelt: 1 }));
  await notes.put('a', '1');
  while ((await opened.stats()).logSinceCheckpoint > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await opened.close();
});
