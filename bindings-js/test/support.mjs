// What tests in Node share.

import assert from 'node:assert/strict';

import * as api from '../js/node.js';
import { HostStore } from './scenarios/host-store.mjs';

await api.init();

export { api };

export const SECRET = new Uint8Array(32).fill(7);

/** A host store, counting and able to misbehave, and a vault in it. */
export async function hostVault(config) {
  const host = new HostStore(api.SealwoodError);
  const vault = await api.Vault.create(host, api.Credential.secret(SECRET), config);
  return { host, vault };
}

/** A vault in memory. */
export async function memoryVault(config) {
  return api.Vault.create(api.BlobStore.memory(), api.Credential.secret(SECRET), config);
}

/** Waits for `work`, which must fail with `code`, and returns its error. */
export async function failsWith(code, work) {
  let outcome;
  try {
    outcome = await (typeof work === 'function' ? work() : work);
  } catch (error) {
    assert.ok(error instanceof api.SealwoodError, `${error?.stack ?? error}`);
    assert.ok(error instanceof Error);
    assert.equal(error.code, code, error.message);
    assert.equal(error.name, code === 'cancelled' ? 'AbortError' : 'SealwoodError');
    return error;
  }
  assert.fail(`expected ${code}, came ${outcome}`);
}

/** Bytes that are no other file's. */
export function bytesOf(size, seed = 1) {
  return Uint8Array.from({ length: size }, (_, index) => seed + 31 * index + (index >> 8));
}

/** All bytes of a stream. */
export async function drained(stream) {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
