// An error crosses threads and files whole, in its wire form.

import assert from 'node:assert/strict';
import test from 'node:test';

import { HostStore } from '../scenarios/host-store.mjs';
import { SECRET, api, failsWith, memoryVault } from '../support.mjs';

const { SealwoodError } = api;

/** `error` as another thread gets it, by `structuredClone`. */
const posted = (error) => SealwoodError.from(structuredClone(error.toJSON()));
/** `error` as a file gives it back. */
const written = (error) => SealwoodError.from(JSON.parse(JSON.stringify(error)));

test('code, path, message and cause are the same on the other side', async () => {
  const vault = await memoryVault();
  const error = await failsWith('not-found', vault.get('no/such'));
  for (const there of [posted(error), written(error)]) {
    assert.ok(there instanceof SealwoodError);
    const { name, code, path, message } = there;
    assert.deepEqual([name, code, path], ['SealwoodError', 'not-found', 'no/such']);
    assert.equal(message, error.message);
    assert.ok(message.length > 0);
    assert.equal('cause' in there, false);
  }
  const { port1, port2 } = new MessageChannel();
  const come = new Promise((resolve) => (port2.onmessage = ({ data }) => resolve(data)));
  port1.postMessage(error.toJSON());
  assert.equal(SealwoodError.from(await come).path, 'no/such');
  port1.close();
});

test('causes of every kind come along, each as far as it can be copied', async () => {
  const vault = await memoryVault();
  const failed = async (cause) => {
    const broken = new ReadableStream({ pull: () => Promise.reject(cause) });
    return failsWith('source-failed', vault.put('a', broken));
  };
  const system = Object.assign(new RangeError('too far', { cause: 'deep' }), { code: 'EFAR' });
  for (const there of [posted(await failed(system)), written(await failed(system))]) {
    assert.ok(there.cause instanceof Error);
    const { name, message, code, cause } = there.cause;
    assert.deepEqual([name, message, code, cause], ['RangeError', 'too far', 'EFAR', 'deep']);
  }
  const ours = posted(await failed(new SealwoodError('not-found', 'nothing', 'a/b'))).cause;
  assert.ok(ours instanceof SealwoodError);
  assert.deepEqual([ours.code, ours.path], ['not-found', 'a/b']);
  const others = [
    ['text', 'text'],
    [5, 5],
    [null, null],
    [Symbol('x'), 'Symbol(x)'],
    [() => 1, '() => 1'],
    [Object.create(null), 'something without a text'],
  ];
  for (const [thrown, expected] of others) {
    assert.deepEqual(posted(await failed(thrown)).cause, expected);
  }
  const endless = new Error('of itself');
  endless.cause = endless;
  let depth = 0;
  for (let error = posted(await failed(endless)); error; error = error.cause) depth += 1;
  assert.equal(depth, 9);
});

test('what was cancelled is an AbortError, with the reason as its cause', async () => {
  const vault = await memoryVault();
  const reason = new DOMException('the user left', 'AbortError');
  const error = await failsWith('cancelled', vault.put('a', 'x', { signal: AbortSignal.abort(reason) }));
  assert.equal(error.name, 'AbortError');
  assert.ok(error instanceof SealwoodError);
  assert.equal(error.cause, reason);
  const there = posted(error);
  assert.deepEqual([there.name, there.code, there.cause.name], ['AbortError', 'cancelled', 'AbortError']);
  const late = new AbortController();
  const host = new HostStore(SealwoodError);
  const opened = await api.Vault.create(host, api.Credential.secret(SECRET));
  host.misbehave({ at: 1, how: 'hang' });
  const waiting = opened.refresh({ signal: late.signal });
  await host.awaitCall();
  late.abort();
  assert.equal((await failsWith('cancelled', waiting)).name, 'AbortError');
});

test('an error lists what it has and nothing else', () => {
  const bare = new SealwoodError('store-full');
  assert.deepEqual(Object.keys(bare), ['code']);
  assert.equal('path' in bare, false);
  assert.equal('cause' in bare, false);
  assert.deepEqual(JSON.parse(JSON.stringify(bare)), {
    name: 'SealwoodError',
    message: 'store-full',
    code: 'store-full',
  });
  assert.deepEqual(Object.keys(new SealwoodError('not-found', 'nothing', 'a')), ['code', 'path']);
});

test('only a wire form is made an error of', async () => {
  const error = new SealwoodError('closed');
  assert.equal(SealwoodError.from(error), error);
  const strange = [undefined, null, 'closed', {}, { code: 'closed', message: 'm' }, new Error('closed')];
  for (const wire of strange) await failsWith('invalid-argument', async () => SealwoodError.from(wire));
  // A code of a later release stays what it is.
  const later = { name: 'SealwoodError', code: 'of-tomorrow', message: 'm' };
  assert.equal(SealwoodError.from(later).code, 'of-tomorrow');
});
