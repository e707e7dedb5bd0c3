// A browser that gives no more room: what fails leaves nothing, and there is room for removals.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';

import { launch, openPage } from '../browser/chromium.mjs';
import { PACKAGE } from '../browser/scenarios.mjs';
import { serveFiles } from '../browser/server.mjs';
import { PATIENCE_MS } from '../patience.mjs';

/** What the browser gives the origin of a test. */
const QUOTA_BYTES = 40_000_000;

let server;
let browser;

before(async () => {
  server = await serveFiles(PACKAGE);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.close();
});

/** A tab of an origin with little room, in which `api` is ready, and the rest of a browser's helpers. */
async function tab(context) {
  const page = await openPage(context, `${server.url}/test/browser/`);
  const devtools = await context.newCDPSession(page);
  const quota = { origin: server.url, quotaSize: QUOTA_BYTES };
  await devtools.send('Storage.overrideQuotaForOrigin', quota);
  await page.evaluate(async () => {
    globalThis.api = await import('/js/browser.js');
    await api.init();
    globalThis.open = async (how) => {
      const store = await api.BlobStore.indexedDb('full');
      return api.Vault[how](store, api.Credential.secret(new Uint8Array(32).fill(7)));
    };
    globalThis.noise = (length) => {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at += 65536) {
        crypto.getRandomValues(bytes.subarray(at, at + 65536));
      }
      return bytes;
    };
    globalThis.outcome = async (work) => work.then(() => 'ok', ({ code }) => code);
    globalThis.objects = async () => {
      const store = await api.BlobStore.indexedDb('full');
      return (await store.list('', undefined, 1000)).objects.length;
    };
  });
  return page;
}

test('a put that finds no room leaves nothing, and all goes on', { timeout: PATIENCE_MS }, async () => {
  const context = await browser.newContext();
  const page = await tab(context);
  const found = await page.evaluate(async () => {
    const vault = await open('create');
    const kept = noise(3_000_000);
    await vault.put('kept', kept);
    await vault.put('small', noise(2000));
    const before = await objects();
    const refused = await outcome(vault.put('large', noise(60_000_000)));
    const left = (await objects()) - before;
    const removed = await outcome(vault.remove('small'));
    const put = await outcome(vault.put('another', noise(2_000_000)));
    const read = await vault.get('kept');
    return { refused, left, removed, put, same: read.every((byte, at) => byte === kept[at]) };
  });
  assert.deepEqual(found, { refused: 'store-full', left: 0, removed: 'ok', put: 'ok', same: true });

  // A second tab that is at work on the same database keeps nothing from being removed.
  const other = await tab(context);
  const again = await other.evaluate(async () => {
    const vault = await open('open');
    const before = await objects();
    const refused = await outcome(vault.put('large', noise(60_000_000)));
    const left = (await objects()) - before;
    return { refused, left, removed: await outcome(vault.remove('another')) };
  });
  assert.deepEqual(again, { refused: 'store-full', left: 0, removed: 'ok' });
  await context.close();
});

test('a browser that is full of files takes removals, also after a reload', { timeout: PATIENCE_MS }, async () => {
  const context = await browser.newContext();
  const page = await tab(context);
  const stored = await page.evaluate(async () => {
    const vault = await open('create');
    let count = 0;
    for (const size of [1_000_000, 100_000, 5000]) {
      while ((await outcome(vault.put(`${count}`, noise(size)))) === 'ok') count++;
    }
    const outcomes = [];
    for (let number = 0; number < 5; number++) outcomes.push(await outcome(vault.remove(`${number}`)));
    return { isMany: count > 30, outcomes };
  });
  assert.deepEqual(stored, { isMany: true, outcomes: Array(5).fill('ok') });
  const later = await tab(context);
  const outcomes = await later.evaluate(async () => {
    const vault = await open('open');
    const outcomes = [];
    for (let number = 5; number < 25; number++) outcomes.push(await outcome(vault.remove(`${number}`)));
    return outcomes;
  });
  assert.deepEqual(outcomes, Array(20).fill('ok'));
  await context.close();
});
