// Contents that are known already are looked at without anybody being waited for: a page has its turns.

import assert from 'node:assert/strict';
import test from 'node:test';

import { launch, openPage } from '../browser/chromium.mjs';
import { PACKAGE } from '../browser/scenarios.mjs';
import { serveFiles } from '../browser/server.mjs';
import { turnsOfKnown } from '../known-turns.mjs';
import { api } from '../support.mjs';

const MIB = 1 << 20;

function check(found, where) {
  for (const [what, { bytes, turns, longest }] of Object.entries(found)) {
    console.log(`${where}, ${what}: the longest wait for a turn was ${longest.toFixed(1)} ms`);
    assert.ok(turns >= bytes / MIB / 2, `${what}: ${turns} turns in ${bytes / MIB} MiB`);
  }
}

test('known chunks give turns, in Node', async () => {
  check(await turnsOfKnown(api), 'Node');
});

test('known chunks give turns, in a page', async () => {
  const server = await serveFiles(PACKAGE);
  const browser = await launch();
  try {
    const page = await openPage(browser, `${server.url}/test/browser/`);
    const found = await page.evaluate(async () => {
      const api = await import('/js/browser.js');
      const { turnsOfKnown } = await import('/test/known-turns.mjs');
      await api.init();
      return turnsOfKnown(api);
    });
    check(found, 'Chromium');
  } finally {
    await Promise.all([browser.close(), server.close()]);
  }
});
