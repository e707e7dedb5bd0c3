// The store in a directory, which other processes use at the same time.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import test from 'node:test';

import { heldFile } from '../../js/directory/lock.js';
import { checkStore } from '../../js/testing.js';
import { PATIENCE_MS } from '../patience.mjs';
import { SECRET, api, bytesOf, failsWith } from '../support.mjs';

const PROCESSES = 3;
const UPDATES = 30;
const SELF = import.meta.url;

function temporary(context) {
  const root = fs.mkdtempSync(join(tmpdir(), 'sealwood-'));
  context.after(() => fs.rmSync(root, { recursive: true }));
  return root;
}

test('the directory keeps every promise of a store', async (context) => {
  const store = await api.BlobStore.directory(temporary(context));
  assert.equal(await checkStore(store, 'check'), 28);
});

test('objects lie where the core lays them, and outlive the store', async (context) => {
  const root = join(temporary(context), 'x/y');
  const store = await api.BlobStore.directory(root);
  const etag = await store.put('a/b/c', bytesOf(9));
  await store.put('a', bytesOf(1));
  assert.deepEqual(fs.readFileSync(join(root, 'objects/a=/b=/c')), Buffer.from(bytesOf(9)));
  assert.ok(fs.statSync(join(root, 'objects/a')).isFile());
  assert.deepEqual(fs.readdirSync(root).sort(), ['holders', 'lock', 'objects', 'tmp']);
  assert.deepEqual(fs.readdirSync(join(root, 'tmp')), []);
  const again = await api.BlobStore.directory(root);
  assert.deepEqual(await again.get('a/b/c'), { bytes: bytesOf(9), etag });
  assert.match(etag, /^[0-9a-f]{32}$/);
});

test('what is no object is not listed, and failed puts leave nothing behind', async (context) => {
  const root = temporary(context);
  const store = await api.BlobStore.directory(root);
  await store.put('a/b', bytesOf(1));
  for (const foreign of ['tmp/0', 'objects/.DS_Store', 'objects/a=/B', 'objects/upper.txt']) {
    fs.writeFileSync(join(root, foreign), 'x');
  }
  fs.mkdirSync(join(root, 'objects/lost+found'));
  fs.mkdirSync(join(root, 'objects/empty='));
  const page = await store.list();
  const modifiedMs = Math.floor(fs.statSync(join(root, 'objects/a=/b')).mtimeMs);
  assert.deepEqual(page.objects, [{ key: 'a/b', size: 1, modifiedMs }]);
  assert.deepEqual(await store.head('a/b'), page.objects[0]);
  fs.mkdirSync(join(root, 'objects/d/inside'), { recursive: true });
  await failsWith('store-failed', () => store.put('d', bytesOf(1)));
  await failsWith('precondition-failed', () => store.put('a/b', bytesOf(1), 'absent'));
  await failsWith('precondition-failed', () => store.put('no/such', bytesOf(1), { matches: 'x' }));
  assert.deepEqual(fs.readdirSync(join(root, 'tmp')), ['0']);
  await failsWith('store-failed', () => api.BlobStore.directory(join(root, 'lock')));
});

test('old bodies are swept and new ones spared', async (context) => {
  const root = temporary(context);
  await api.BlobStore.directory(root);
  const [old, young] = [join(root, 'tmp/old'), join(root, 'tmp/young')];
  fs.writeFileSync(old, 'abandoned');
  fs.writeFileSync(young, 'being written');
  const before = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
  fs.utimesSync(old, before, before);
  await api.BlobStore.directory(root);
  assert.deepEqual(fs.readdirSync(join(root, 'tmp')), ['young']);
});

test('several processes lose no update', async (context) => {
  const root = temporary(context);
  const store = await api.BlobStore.directory(root);
  await store.put('counter', new TextEncoder().encode('0'), 'absent');
  const children = Array.from({ length: PROCESSES }, () => {
    const script = `import('${new URL('../count.mjs', SELF)}').then((it) => it.count(...process.argv.slice(1)))`;
    return spawn(process.execPath, ['-e', script, root, String(UPDATES)], { stdio: 'inherit' });
  });
  const ends = children.map((child) => new Promise((resolve) => child.on('exit', resolve)));
  assert.deepEqual(await Promise.all(ends), Array(PROCESSES).fill(0));
  const { bytes } = await store.get('counter');
  assert.equal(new TextDecoder().decode(bytes), String(PROCESSES * UPDATES));
});

test('the lock is that of other programs, and falls to them when its process is killed', async (context) => {
  const root = temporary(context);
  const store = await api.BlobStore.directory(root);
  // Somebody else holds it until told otherwise.
  const holder = spawn('flock', [join(root, 'lock'), 'sh', '-c', 'echo held; read line']);
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  let isDone = false;
  const putting = store.put('a', bytesOf(1)).then(() => (isDone = true));
  await store.head('a');
  assert.equal(isDone, false);
  holder.stdin.end('\n');
  await putting;
  // A process of this package that is killed while it holds the lock.
  const script = `
    import { locked } from '${new URL('../../js/directory/lock.js', SELF)}';
    await locked('${join(root, 'lock')}', () => process.kill(process.pid, 'SIGKILL'));`;
  const killed = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  assert.equal(killed.signal, 'SIGKILL');
  await store.put('a', bytesOf(2));
});

test('where nothing is known to lock no name is changed', async (context) => {
  const { platform } = process;
  const is = (value) => Object.defineProperty(process, 'platform', { value });
  context.after(() => is(platform));
  const root = temporary(context);
  const store = await api.BlobStore.directory(root);
  for (const other of ['aix', 'android', 'cygwin', 'haiku', 'sunos', 'win32', 'one to come']) {
    is(other);
    assert.match((await failsWith('store-failed', store.put('a', bytesOf(1)))).message, /lacks a lock/);
    await failsWith('store-failed', store.put('a', bytesOf(1), 'absent'));
    for (const mode of ['shared', 'alone']) await failsWith('platform', heldFile(join(root, 'lock'), mode));
  }
  is(platform);
  await failsWith('object-missing', store.get('a'));
});

test('what a process has let go of is not in its own way, however long it takes to be free', async (context) => {
  const root = temporary(context);
  const [path, gate] = [join(root, 'holders'), join(root, 'gate')];
  // The program that ends with a hold does so when the gate is opened.
  const slow = `#!/bin/sh\nPATH=\${PATH#*${delimiter}}\ncat\nread line < '${gate}'\n`;
  fs.writeFileSync(join(root, 'cat'), slow, { mode: 0o755 });
  assert.equal(spawnSync('mkfifo', [gate]).status, 0);
  const { PATH } = process.env;
  context.after(() => (process.env.PATH = PATH));
  process.env.PATH = `${root}${delimiter}${PATH}`;
  const free = await heldFile(path, 'shared');
  process.env.PATH = PATH;
  free();
  const alone = heldFile(path, 'alone');
  const other = spawn('flock', ['-nx', path, 'true']);
  const isRefused = new Promise((resolve) => other.on('exit', resolve));
  const first = await Promise.race([alone, isRefused]);
  await fs.promises.writeFile(gate, 'open\n');
  assert.equal(first, 1);
  const freeAlone = await alone;
  assert.equal(typeof freeAlone, 'function');
  // And it is in nobody's way afterwards.
  freeAlone();
  (await heldFile(path, 'alone'))();
});

test('a process that has nothing else to do ends, whatever it has opened', () => {
  const script = `
    import * as api from '${new URL('../../js/node.js', SELF)}';
    import { mkdtempSync } from 'node:fs';
    await api.init();
    const store = await api.BlobStore.directory(mkdtempSync('${join(tmpdir(), 'sealwood-')}'));
    await store.put('a', new Uint8Array(1));`;
  const options = { timeout: PATIENCE_MS };
  const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], options);
  assert.equal(ended.status, 0, String(ended.stderr));
});

test('a vault in a directory is there for the next process', async (context) => {
  const root = temporary(context);
  const credential = api.Credential.secret(SECRET);
  const vault = await api.Vault.create(await api.BlobStore.directory(root), credential);
  await vault.put('a/b', bytesOf(300_000));
  const again = await api.Vault.open(await api.BlobStore.directory(root), credential);
  assert.deepEqual(await again.get('a/b'), bytesOf(300_000));
});
