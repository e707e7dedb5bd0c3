// What a put that comes to nothing leaves in the stores of Node.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

import { PATIENCE_MS } from '../patience.mjs';
import { SECRET, api, failsWith } from '../support.mjs';

const CHUNK = 1 << 20;

/** Three chunks that do not repeat, and make one extent. */
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
async function extents(store) {
  const { objects } = await store.list('objects/');
  return objects.filter(({ size }) => size > CHUNK / 2).length;
}

test('a stream that fails, a put that is cancelled and a batch that is dropped leave no extent', async (context) => {
  for (const store of [api.BlobStore.memory(), await api.BlobStore.directory(temporary(context))]) {
    const vault = await open(store, 'create');
    async function* failing() {
      yield content();
      throw new Error('gone');
    }
    await failsWith('source-failed', () => vault.put('a', failing()));
    assert.equal(await extents(store), 0);

    const controller = new AbortController();
    async function* cancelling() {
      yield content();
      controller.abort();
      yield content();
    }
    await failsWith('cancelled', () => vault.put('a', cancelling(), { signal: controller.signal }));
    await vault.flush();
    assert.equal(await extents(store), 0);

    const batch = vault.batch();
    await batch.put('a', content());
    assert.equal(await extents(store), 1);
    batch.close();
    await vault.flush();
    assert.equal(await extents(store), 0);
    await vault.close();
  }
});

test('what another process is about to commit is not removed', { timeout: PATIENCE_MS }, async (context) => {
  const root = temporary(context);
  const store = await api.BlobStore.directory(root);
  const vault = await open(store, 'create');
  const batch = vault.batch();
  await batch.put('a', content());
  // It finds the extent, says so, and commits when it is told to.
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
  assert.equal(await extents(store), 1);
  child.stdin.end('go\n');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  await vault.flush();
  const fresh = await open(store, 'open');
  assert.deepEqual(await fresh.get('b'), content());
});

/** A vault in the directory `root`, whose disk has little room; says what came of all it tried. */
async function fillDisk(api, root) {
  const open = async (how) => {
    const store = await api.BlobStore.directory(root);
    return [store, await api.Vault[how](store, api.Credential.secret(new Uint8Array(32)))];
  };
  const noise = (length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
    return bytes;
  };
  const outcome = (work) => work.then(() => 'ok', ({ code }) => code);
  const [store, vault] = await open('create');
  const objects = async () => (await store.list('objects/')).objects.length;
  const before = await objects();
  const refused = await outcome(vault.put('large', noise(40 << 20)));
  const left = (await objects()) - before;
  let count = 0;
  for (const size of [1_000_000, 100_000, 5000]) {
    while ((await outcome(vault.put(`${count}`, noise(size)))) === 'ok') count += 1;
  }
  const removals = [];
  for (let number = 0; number < 3; number++) removals.push(await outcome(vault.remove(`${number}`)));
  const [, again] = await open('open');
  for (let number = 3; number < 10; number++) removals.push(await outcome(again.remove(`${number}`)));
  return { refused, left, isMany: count > 15, removals: [...new Set(removals)] };
}

test('a directory on a full disk takes removals, and a put that fails leaves nothing', (context) => {
  const script = `
    import * as api from '${new URL('../../js/node.js', import.meta.url)}';
    ${fillDisk}
    await api.init();
    console.log(JSON.stringify(await fillDisk(api, process.argv[1])));`;
  // The disk is in a namespace of its own.
  const mount = 'mount -t tmpfs -o size=16m tmpfs "$1" && exec "$2" --input-type=module -e "$3" "$1"';
  const namespace = ['--user', '--map-root-user', '--mount', 'sh', '-ec', mount, 'sh'];
  const given = [temporary(context), process.execPath, script];
  const { stdout, stderr } = spawnSync('unshare', [...namespace, ...given], { encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.deepEqual(JSON.parse(stdout), { refused: 'store-full', left: 0, isMany: true, removals: ['ok'] });
});
