// The words of a new vault are known before its first byte is stored.

import assert from 'node:assert/strict';
import test from 'node:test';

import { SECRET, api } from '../support.mjs';

const KDF = { kdf: { memoryKib: 19 * 1024, passes: 2, lanes: 1 } };

test('the words that are shown first open the vault', async () => {
  const store = api.BlobStore.memory();
  const prepared = await api.Vault.prepare(api.Credential.passphrase('open sesame'), KDF);
  const words = prepared.recoveryPhrase();
  assert.deepEqual((await store.list()).objects, []);
  const vault = await prepared.create(store);
  await vault.put('a', 'x');
  // Made again, as after an answer that was lost, it finds itself.
  assert.ok(await (await prepared.create(store)).exists('a'));
  prepared.close();
  await assert.rejects(prepared.create(store), { code: 'closed' });
  const opened = await api.Vault.open(store, api.Credential.phrase(words));
  assert.ok(await opened.exists('a'));
});

test('another vault in the same store is refused', async () => {
  const store = api.BlobStore.memory();
  await (await api.Vault.prepare(api.Credential.secret(SECRET))).create(store);
  const other = await api.Vault.prepare(api.Credential.secret(SECRET));
  await assert.rejects(other.create(store), { code: 'vault-exists' });
});
