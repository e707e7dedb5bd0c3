// Scenarios in a page of Chromium.

import { fileURLToPath } from 'node:url';

import { launch, openPage } from './chromium.mjs';
import { serveFiles, serveWithCors } from './server.mjs';

/** The directory of the package and its tests, which pages import from. */
export const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `scenarios` as `runScenarios` does, in a page. Servers on this machine that variables name
 * are reached through one that gives pages leave. */
export async function runInPage(scenarios, { engine, variants, memory }) {
  const closing = [];
  const server = await serveFiles(PACKAGE);
  closing.push(server);
  const browser = await launch();
  closing.push(browser);
  try {
    const reachable = [];
    for (const variables of variants) {
      const entries = Object.entries(variables).map(async ([name, value]) => {
        if (!/^http:\/\/(127\.0\.0\.1|localhost):/.test(value)) return [name, value];
        const proxy = await serveWithCors(value);
        closing.push(proxy);
        return [name, proxy.url];
      });
      reachable.push(Object.fromEntries(await Promise.all(entries)));
    }
    const page = await openPage(browser, `${server.url}/test/browser/`);
    // As text: what carries values into pages loses members named __proto__.
    const text = JSON.stringify(scenarios);
    return await page.evaluate(inPage, { text, engine, variants: reachable, memory });
  } finally {
    await Promise.all(closing.map((each) => each.close()));
  }
}

/* What follows runs in the page. */
async function inPage({ text, engine, variants, memory }) {
  const api = await import(engine ? '/js/engine/browser.js' : '/js/browser.js');
  const { ENGINE, VAULTS, runScenarios } = await import('/test/scenarios/runner.mjs');
  await api.init();
  const how = { family: engine ? ENGINE : VAULTS, variants };
  let stores = 0;
  if (memory === 'indexedDb') {
    how.memory = () => api.BlobStore.indexedDb(`scenario ${Date.now()} ${stores++}`);
  }
  return runScenarios(api, JSON.parse(text), how);
}
