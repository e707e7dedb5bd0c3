// The store in IndexedDB, in Chromium.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';

import { executable, launch, openPage } from '../browser/chromium.mjs';
import { PACKAGE } from '../browser/scenarios.mjs';
import { serveFiles } from '../browser/server.mjs';
import { PATIENCE_MS } from '../patience.mjs';

let server;
let browser;
let context;

before(async () => {
  server = await serveFiles(PACKAGE);
  browser = await launch();
  context = await browser.newContext();
});

after(async () => {
  await browser?.close();
  await server?.close();
});

/** A tab in which `api` is ready. */
async function tab() {
  const page = await openPage(context, `${server.url}/test/browser/`);
  await ready(page);
  return page;
}

async function ready(page) {
  await page.evaluate(async () => {
    globalThis.api = await import('/js/browser.js');
    await api.init();
  });
}

test('the database keeps every promise of a store', async () => {
  const page = await tab();
  const kept = await page.evaluate(async () => {
    const { checkStore } = await import('/js/testing.js');
    return checkStore(await api.BlobStore.indexedDb('promises'), 'check');
  });
  assert.equal(kept, 28);
});

test('a vault survives a reload, byte for byte', async () => {
  const page = await tab();
  const digest = async (name) =>
    page.evaluate(async (name) => {
      const store = await api.BlobStore.indexedDb('reload');
      const credential = api.Credential.passphrase('open sesame');
      const kdf = { memoryKib: 19456, passes: 2, lanes: 1 };
      const vault = await api.Vault[name](store, credential, { kdf });
      const bytes = Uint8Array.from({ length: 3_000_000 }, (_, index) => index ^ (index >> 7));
      if (name === 'create') await vault.put('a/b', new Blob([bytes]));
      const read = await vault.get('a/b');
      return read.length === bytes.length && read.every((byte, index) => byte === bytes[index]);
    }, name);
  assert.equal(await digest('create'), true);
  await page.reload();
  await ready(page);
  assert.equal(await digest('open'), true);
});

test('an object tells its tag and when it was put', async () => {
  const page = await tab();
  const { etag, head, listed, times } = await page.evaluate(async () => {
    const store = await api.BlobStore.indexedDb('told');
    const before = Date.now();
    const etag = await store.put('a/b', Uint8Array.of(1));
    const times = [before, Date.now()];
    return { etag, head: await store.head('a/b'), listed: (await store.list('a')).objects, times };
  });
  const { modifiedMs } = head;
  assert.deepEqual(head, { key: 'a/b', size: 1, modifiedMs, etag });
  assert.deepEqual(listed, [head]);
  assert.ok(times[0] <= modifiedMs && modifiedMs <= times[1], `${modifiedMs} is not in ${times}`);
});

test('of two tabs that race on a conditional put one wins, every time', async () => {
  const tabs = [await tab(), await tab()];
  const wins = await Promise.all(
    tabs.map((page, index) =>
      page.evaluate(async (index) => {
        const store = await api.BlobStore.indexedDb('race');
        const wins = [];
        for (let round = 0; round < 40; round++) {
          try {
            await store.put(`rounds/${round}`, Uint8Array.of(index), 'absent');
            wins.push(round);
          } catch (error) {
            if (error.code !== 'precondition-failed') throw error;
          }
        }
        for (let count = 0; count < 25; ) {
          try {
            await store.put('counter', Uint8Array.of(0), 'absent');
          } catch {}
          const { bytes, etag } = await store.get('counter');
          try {
            await store.put('counter', Uint8Array.of(bytes[0] + 1), { matches: etag });
            count += 1;
          } catch (error) {
            if (error.code !== 'precondition-failed') throw error;
          }
        }
        return wins;
      }, index),
    ),
  );
  assert.equal(new Set(wins.flat()).size, 40);
  assert.equal(wins.flat().length, 40);
  const count = await tabs[0].evaluate(async () => {
    const store = await api.BlobStore.indexedDb('race');
    return (await store.get('counter')).bytes[0];
  });
  assert.equal(count, 50);
});

test('two tabs write one vault', async () => {
  const tabs = [await tab(), await tab()];
  await tabs[0].evaluate(async () => {
    const store = await api.BlobStore.indexedDb('shared');
    await api.Vault.create(store, api.Credential.secret(new Uint8Array(32)));
  });
  await Promise.all(
    tabs.map((page, index) =>
      page.evaluate(async (index) => {
        const store = await api.BlobStore.indexedDb('shared');
        const vault = await api.Vault.open(store, api.Credential.secret(new Uint8Array(32)));
        for (let file = 0; file < 10; file++) await vault.put(`${index}/${file}`, 'x');
      }, index),
    ),
  );
  const count = await tabs[1].evaluate(async () => {
    const store = await api.BlobStore.indexedDb('shared');
    const vault = await api.Vault.open(store, api.Credential.secret(new Uint8Array(32)));
    let files = 0;
    for await (const { kind } of vault.entriesRecursive('')) files += kind === 'file';
    return files;
  });
  assert.equal(count, 20);
});

test('a full disk has its own code, and what was there stays', { timeout: PATIENCE_MS }, async (context) => {
  // A profile on a disk of 120 MB, mounted for this browser alone.
  const directory = mkdtempSync(join(tmpdir(), 'sealwood-'));
  const start = join(directory, 'start');
  const mount = 'mount -t tmpfs -o size=120m tmpfs "$0"; exec "$@"';
  const isRoot = process.getuid() === 0;
  const namespace = `unshare ${isRoot ? '' : '--user --map-root-user'} --mount`;
  const script = `#!/bin/sh\nexec ${namespace} sh -ec '${mount}' ${directory}/profile ${executable()} "$@"\n`;
  writeFileSync(start, script, { mode: 0o755 });
  const small = await launch(join(directory, 'profile'), start);
  context.after(async () => {
    await small.close();
    rmSync(directory, { recursive: true });
  });
  const page = await openPage(small, `${server.url}/test/browser/`);
  await ready(page);
  const outcome = await page.evaluate(async () => {
    const store = await api.BlobStore.indexedDb('full');
    await store.put('kept', Uint8Array.of(1));
    for (let count = 0; count < 9; count++) {
      const bytes = new Uint8Array(30 << 20);
      for (let at = 0; at < bytes.length; at += 65536) {
        crypto.getRandomValues(bytes.subarray(at, at + 65536));
      }
      try {
        await store.put(`big/${count}`, bytes);
      } catch ({ code }) {
        return [code, await store.head(`big/${count}`), (await store.get('kept')).bytes[0]];
      }
    }
    return 'all was stored';
  });
  assert.deepEqual(outcome, ['store-full', undefined, 1]);
});

test('a database that is deleted under a store is made anew', async () => {
  const page = await tab();
  const found = await page.evaluate(async () => {
    const store = await api.BlobStore.indexedDb('deleted');
    await store.put('a', Uint8Array.of(1));
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase('deleted');
      Object.assign(request, { onsuccess: resolve, onerror: reject, onblocked: reject });
    });
    return [await store.head('a'), await store.put('a', Uint8Array.of(2))];
  });
  assert.equal(found[0], undefined);
  assert.equal(typeof found[1], 'string');
});

test('a database of a newer version, or of other code, is told as what it is', async () => {
  const page = await tab();
  const outcome = await page.evaluate(async () => {
    const made = (name, version, stores) =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open(name, version);
        request.onupgradeneeded = () => {
          for (const store of stores) request.result.createObjectStore(store);
        };
        request.onerror = () => reject(request.error);
        request.onsuccess = () => resolve(request.result.close());
      });
    const failure = (work) => work.then(() => undefined, (error) => ({ ...error.toJSON() }));
    await made('newer', 7, ['objects', 'segments', 'more']);
    await made('foreign', 1, ['todos']);
    const open = [failure(api.BlobStore.indexedDb('newer')), failure(api.BlobStore.indexedDb('foreign'))];
    // Another tab gets a newer package while this one has the store open.
    const store = await api.BlobStore.indexedDb('overtaken');
    await store.put('a', Uint8Array.of(1));
    await made('overtaken', 2, []);
    return [...(await Promise.all(open)), await failure(store.get('a')), await failure(store.get('a'))];
  });
  const [newer, foreign, ...overtaken] = outcome;
  assert.equal(newer.code, 'unsupported-version');
  assert.match(newer.message, /newer version/);
  assert.equal(newer.cause.name, 'VersionError');
  assert.equal(foreign.code, 'store-failed');
  assert.match(foreign.message, /other code's/);
  for (const { message } of overtaken) assert.match(message, /newer version/);
});

test('it works in a worker, whose errors come over whole', async () => {
  const page = await tab();
  const answer = await page.evaluate(async () => {
    const { text, failure } = await new Promise((resolve, reject) => {
      const worker = new Worker('/test/browser/worker.mjs', { type: 'module' });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
    });
    const error = api.SealwoodError.from(failure);
    return [text, error instanceof api.SealwoodError, error.code, error.path, error.message];
  });
  assert.deepEqual(answer.slice(0, 4), ['from a worker', true, 'not-found', 'no/such']);
  assert.ok(answer[4].length > 0);
});

test('a put that fails, one that is cancelled and a batch that is dropped leave no chunk', async () => {
  const page = await tab();
  const found = await page.evaluate(async () => {
    const store = await api.BlobStore.indexedDb('failed puts');
    const vault = await api.Vault.create(store, api.Credential.secret(new Uint8Array(32)));
    const megabyte = () => {
      const bytes = new Uint8Array(1 << 20);
      for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
      return bytes;
    };
    const objects = async () => (await store.list('objects/')).objects.length;
    const before = await objects();
    const outcome = async (work) => {
      const code = await work.then(() => 'ok', ({ code }) => code);
      await vault.flush();
      return [code, (await objects()) - before];
    };
    const streamed = (end) => {
      let count = 0;
      return new ReadableStream({
        pull: (controller) => (++count > 3 ? end(controller) : controller.enqueue(megabyte())),
      });
    };
    const failing = streamed((controller) => controller.error(new Error('gone')));
    const abort = new AbortController();
    const endless = streamed((controller) => {
      abort.abort();
      controller.enqueue(megabyte());
    });
    const failed = await outcome(vault.put('a', failing));
    const cancelled = await outcome(vault.put('a', endless, { signal: abort.signal }));
    const batch = vault.batch();
    await batch.put('a', megabyte());
    const between = (await objects()) - before;
    batch.close();
    return { failed, cancelled, between, dropped: await outcome(vault.flush()) };
  });
  assert.ok(found.between > 0);
  assert.deepEqual(
    [found.failed, found.cancelled, found.dropped],
    [['source-failed', 0], ['cancelled', 0], ['ok', 0]],
  );
});

test('what a frame has made is taken', async () => {
  const page = await tab();
  const found = await page.evaluate(async () => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    const { AbortController, Blob, Date, File, ReadableStream, Uint8Array } = frame.contentWindow;
    const credential = api.Credential.secret(new Uint8Array(32));
    const vault = await api.Vault.create(api.BlobStore.memory(), credential);
    const bytes = Uint8Array.of(111, 107);
    const stream = new ReadableStream({
      start: (controller) => {
        controller.enqueue(bytes);
        controller.close();
      },
    });
    const blobs = [new Blob(['ok']), new File(['ok'], 'name')];
    const contents = [...blobs, bytes, bytes.buffer, stream, blobs[0].stream()];
    const texts = [];
    for (const content of contents) {
      const { modifiedMs } = await vault.put('a', content, { modifiedMs: new Date(5) });
      texts.push(`${new TextDecoder().decode(await vault.get('a'))} ${modifiedMs}`);
    }
    const abort = new AbortController();
    abort.abort();
    const cancelled = await vault.get('a', { signal: abort.signal }).catch(({ code }) => code);
    return { texts, cancelled, isOther: !(contents[0] instanceof globalThis.Blob) };
  });
  assert.deepEqual(found, { texts: Array(6).fill('ok 5'), cancelled: 'cancelled', isOther: true });
});

test('directories are in Node alone', async () => {
  const page = await tab();
  const code = await page.evaluate(() => api.BlobStore.directory('x').catch(({ code }) => code));
  assert.equal(code, 'platform');
});
