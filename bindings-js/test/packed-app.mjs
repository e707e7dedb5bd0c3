// The app that is packaged in every way: it makes a vault of the packed package's, puts, and gets.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';

import { launch, openPage } from './browser/chromium.mjs';
import { serveFiles } from './browser/server.mjs';

/** What the app comes to where it works. */
export const OUTCOME = 'packed';
/** The body of an async function that gives the outcome, once the module is ready. */
export const USE = `
  const vault = await Vault.create(BlobStore.memory(), Credential.secret(generateSecret()));
  await vault.put('a', '${OUTCOME}');
  return new TextDecoder().decode(await vault.get('a'));`;

/** The line that imports what the app uses from the entry `name`. */
export function importFrom(name) {
  return `import { BlobStore, Credential, Vault, generateSecret, init } from '${name}';`;
}

/** The app with the entry `name`, as a module that leaves a promise of the outcome. */
export function app(name) {
  return `${importFrom(name)} globalThis.outcome = (async () => { await init(); ${USE} })();`;
}

/** What a test of an app's comes to: how many promises its store keeps. */
export const KEPT = '28';
/** The line that imports what such a test uses. */
export const IMPORT_CHECK = `
  import { BlobStore, init } from 'sealwood'; import { checkStore } from 'sealwood/testing';`;
/** The body of an async function that is one. */
export const CHECK = `await init(); return String(await checkStore(BlobStore.memory(), 'check'));`;
/** Such a test, as a module that leaves a promise of what it comes to. */
export const CHECKING_APP = `${IMPORT_CHECK} globalThis.outcome = (async () => { ${CHECK} })();`;

/** A page with the module `script`. */
export function html(script) {
  return `<!doctype html><title>App</title><link rel="icon" href="data:,">
  <script type="module" src="${script}"></script>`;
}

/** What the app in the page at `url` comes to. */
export async function outcomeOf(context, url) {
  const browser = await launch();
  context.after(() => browser.close());
  const page = await openPage(browser, url);
  await page.waitForFunction(() => globalThis.outcome);
  return page.evaluate(() => globalThis.outcome);
}

/** What the app in the page of `directory` comes to. */
export async function outcomeIn(context, directory) {
  const server = await serveFiles(directory);
  context.after(() => server.close());
  return outcomeOf(context, `${server.url}/`);
}

/** Runs a program in `root`, which must succeed, and returns what it writes. */
export function run(root, program, parameters, env = {}) {
  const options = { cwd: root, encoding: 'utf8', env: { ...process.env, ...env } };
  const { status, stdout, stderr, error } = spawnSync(program, parameters, options);
  assert.equal(status, 0, `${program}: ${error ?? ''}${stdout.slice(-4000)}${stderr.slice(-4000)}`);
  return { stdout: stdout.trim(), stderr };
}

/** Runs Node in `root`, which must complain of nothing, and returns what it writes. */
export function node(root, ...parameters) {
  const { stdout, stderr } = run(root, process.execPath, parameters);
  assert.equal(stderr, '');
  return stdout;
}

/** Starts a program in `root` until the end of `context`, and returns the first match of what it writes. */
export async function started(context, root, [program, ...parameters], pattern, env = {}) {
  const child = spawn(program, parameters, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  context.after(() => {
    child.kill();
    return ended;
  });
  let written = '';
  for await (const piece of child.stdout) {
    written += piece;
    const match = pattern.exec(written);
    if (match) {
      child.stdout.resume();
      return match;
    }
  }
  assert.fail(`${program} ended: ${written}`);
}
