// A passphrase is worked on in steps of 1 MiB, between which a page does what else it has to do.

import assert from 'node:assert/strict';
import test from 'node:test';

import { launch, openPage } from '../browser/chromium.mjs';
import { PACKAGE } from '../browser/scenarios.mjs';
import { serveFiles } from '../browser/server.mjs';
import { turnsWhilePreparing } from '../passphrase-turns.mjs';
import { api } from '../support.mjs';

/** 64 MiB are taken, gone over three times and wiped. */
const STEPS = 5 * 64;

function check({ finished, cancelled }, where) {
  const [longest, last] = [finished, cancelled].map(({ longest }) => longest.toFixed(1));
  console.log(`${where}: the longest wait for a turn was ${longest} ms, with a cancelled one ${last} ms`);
  assert.equal(finished.code, undefined);
  // A turn a step, but for those that a host takes together.
  assert.ok(finished.turns > STEPS / 2, `${finished.turns} turns in ${STEPS} steps`);
  assert.equal(cancelled.code, 'cancelled');
  assert.ok(cancelled.late <= 4, `${cancelled.late} turns after it was cancelled`);
}

test('other work has its turn between steps, and ends them, in Node', async () => {
  const finished = await turnsWhilePreparing(api);
  check({ finished, cancelled: await turnsWhilePreparing(api, 20) }, 'Node');
});

test('other work has its turn between steps, and ends them, in a page', async () => {
  const server = await serveFiles(PACKAGE);
  const browser = await launch();
  try {
    const page = await openPage(browser, `${server.url}/test/browser/`);
    const outcome = await page.evaluate(async () => {
      const api = await import('/js/browser.js');
      const { turnsWhilePreparing } = await import('/test/passphrase-turns.mjs');
      await api.init();
      const finished = await turnsWhilePreparing(api);
      return { finished, cancelled: await turnsWhilePreparing(api, 20) };
    });
    check(outcome, 'Chromium');
  } finally {
    await Promise.all([browser.close(), server.close()]);
  }
});
