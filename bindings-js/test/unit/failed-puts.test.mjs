// What a put that comes to nothing leaves in the stores of Node.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

import { SECRET, api, failsWith } from '../support.mjs';

const CHUNK = 1 << 20;

/** Three chunks that do not repeat. */
function content() {
  return Uint8Array.from({ length: 3 * CHUNK }, (_, at) => (at * 2654435761) >>> (at >> 18));
}

function temporary(context) {
  const root = fs.mkdtempSync(join(tmpdir(), 'sealwood-'));
  context.after(() => fs.rmSync(root, { recursive: true }));
  return root;
}

async function open(store, how) {
  return api.Vault[how](store, api.Credential.secret(SECRET));
}

/** The objects that are not small. */
async function chunks(store) {
  const { objects } = await store.list('objects/');
  return objects.filter(({ size }) => size > CHUNK / 2).length;
}

test('a stream that fails, a put that is cancelled and a batch that is dropped leave no chunk', async (context) => {
  for (const store of [api.BlobStore.memory(), await api.BlobStore.directory(temporary(context))]) {
    const vault = await open(store, 'create');
    async function* failing() {
      yield content();
      throw new Error('gone');
    }
    await failsWith('source-failed', () => vault.put('a', failing()));
    assert.equal(await chunks(store), 0);

    const controller = new AbortController();
    async function* cancelling() {
      yield content();
      controller.abort();
      yield content();
    }
    await failsWith('cancelled', () => vault.put('a', cancelling(), { signal: controller.signal }));
    await vault.flush();
    assert.equal(await chunks(store), 0);

    const batch = vault.batch();
    await batch.put('a', content());
    assert.equal(await chunks(store), 3);
    batch.close();
    await vault.flush();
    assert.equal(await chunks(store), 0);
    await vault.close();
  }
});

test('what another process is about to commit is not removed', { timeout: 60_000 }, async (context) => {
  const root = temporary(context);
  const store = await api.BlobStore.directory(root);
  const vault = await open(store, 'create');
  const batch = vault.batch();
  await batch.put('a', content());
  // It finds the chunks, says so, and commits when it is told to.
  const script = `
    import * as api from '${new URL('../../js/node.js', import.meta.url)}';
    const CHUNK = ${CHUNK};
    ${content}
    await api.init();
    const store = await api.BlobStore.directory(process.argv[1]);
    const secret = new Uint8Array(${JSON.stringify([...SECRET])});
    const vault = await api.Vault.open(store, api.Credential.secret(secret));
    const batch = vault.batch();
    await batch.put('b', content());
    console.log('found');
    await new Promise((told) => process.stdin.once('data', told));
    await batch.commit();
    process.exit(0);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, root], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  batch.close();
  await vault.flush();
  assert.equal(await chunks(store), 3);
  child.stdin.end('go\n');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  await vault.flush();
  const fresh = await open(store, 'open');
  assert.deepEqual(await fresh.get('b'), content());
});
