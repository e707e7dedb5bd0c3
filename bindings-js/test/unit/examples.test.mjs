// The examples and their documents, with the packed package.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import * as vite from 'vite';

import { launch, newPage, openPage } from '../browser/chromium.mjs';
import { serveFiles } from '../browser/server.mjs';
import { blocks } from '../documents.mjs';
import { project } from '../packed.mjs';

function example(context, name) {
  const root = project(context, {});
  const files = fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
  const filter = (source) => !source.includes('node_modules');
  cpSync(files, root, { recursive: true, filter });
  return root;
}

test('the commands and the code of the Node example do what its document says', (context) => {
  const root = example(context, 'node');
  const [commands] = blocks('examples/node/README.md', 'console');
  const script = commands.replaceAll(/^\$ /gm, '').replace('npm install\n', '');
  const ran = spawnSync('sh', ['-ec', script], { cwd: root, encoding: 'utf8' });
  assert.equal(ran.status, 0, ran.stderr);
  assert.match(ran.stdout, /(\w+ ){23}\w+\n/);
  const readme = readFileSync(join(root, 'README.md'));
  assert.ok(ran.stdout.includes(`${String(readme.length).padStart(12)}  notes/readme.md`));
  assert.deepEqual(readFileSync(join(root, 'copy.md')), readme);
  const [code] = blocks('examples/node/README.md', 'js');
  const input = ['--input-type=module', '-e', code];
  const again = spawnSync(process.execPath, input, { cwd: root, encoding: 'utf8' });
  assert.equal(again.stderr, '');
  assert.match(again.stdout, new RegExp(`^notes/readme.md ${readme.length}$`, 'm'));
});

test('the Node example says what went wrong', (context) => {
  const root = example(context, 'node');
  const run = (passphrase, ...words) => {
    const env = { ...process.env, SEALWOOD_VAULT: `dir:${root}/vault`, SEALWOOD_PASSPHRASE: passphrase };
    const { status, stderr } = spawnSync('node', ['drive.mjs', ...words], { cwd: root, env, encoding: 'utf8' });
    return [status, stderr.trim()];
  };
  assert.deepEqual(run('a', 'ls'), [1, 'drive: the store holds no vault (vault-not-found)']);
  assert.deepEqual(run('a', 'init'), [0, '']);
  assert.deepEqual(run('b', 'ls'), [1, 'drive: this passphrase does not open the vault (wrong-passphrase)']);
  assert.deepEqual(run('a', 'get', 'no'), [1, 'drive: no entry at that path: no (not-found)']);
  assert.equal(run('a', 'dance')[0], 2);
});

test('the page uploads, lists, downloads, deletes and keeps', async (context) => {
  const root = example(context, 'browser');
  await vite.build({ root, logLevel: 'error' });
  const server = await serveFiles(join(root, 'dist'));
  const browser = await launch();
  context.after(() => Promise.all([browser.close(), server.close()]));
  const profile = await browser.newContext({ viewport: { width: 900, height: 640 } });
  const page = await openPage(profile, `${server.url}/`);
  const unlock = async (passphrase) => {
    await page.fill('#passphrase', passphrase);
    await page.click('#unlock button');
  };
  await unlock('open sesame');
  await page.waitForSelector('#empty:not([hidden])');
  const photo = Buffer.from(Uint8Array.from({ length: 3_456_789 }, (_, index) => index >> 3));
  await page.setInputFiles('#files', [
    { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('Dear diary') },
    { name: 'harbour.jpg', mimeType: 'image/jpeg', buffer: photo },
    { name: 'plan.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(48_500, 1) },
  ]);
  await page.waitForSelector('tbody tr:nth-child(3)');
  await page.waitForSelector('#progress[hidden]', { state: 'attached' });
  const names = () => page.locator('tbody td:first-child').allTextContents();
  assert.deepEqual(await names(), ['harbour.jpg', 'letter.txt', 'plan.pdf']);
  if (process.env.SEALWOOD_SCREENSHOT) await page.screenshot({ path: process.env.SEALWOOD_SCREENSHOT });
  const shot = await page.screenshot();
  assert.ok(shot.length > 10_000);

  const row = (name) => page.locator('tr', { hasText: name });
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    row('harbour.jpg').getByText('Download').click(),
  ]);
  assert.equal(saved.suggestedFilename(), 'harbour.jpg');
  assert.deepEqual(readFileSync(await saved.path()), photo);
  await row('plan.pdf').getByText('Delete').click();
  await page.waitForSelector('tbody tr:nth-child(3)', { state: 'detached' });

  await page.reload();
  await unlock('wrong');
  await page.getByText('this passphrase does not open the vault').waitFor();
  await unlock('open sesame');
  await page.waitForSelector('tbody tr:nth-child(2)');
  assert.deepEqual(await names(), ['harbour.jpg', 'letter.txt']);
});

test('the code of the page’s document runs in a page', async (context) => {
  const [code] = blocks('examples/browser/README.md', 'js');
  const root = project(context, {
    'index.html': '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/app.js"></script>',
    'app.js': `${code}\nconsole.log('done');`,
  });
  await vite.build({ root, configFile: false, logLevel: 'error', build: { target: 'es2022' } });
  const server = await serveFiles(join(root, 'dist'));
  const browser = await launch();
  context.after(() => Promise.all([browser.close(), server.close()]));
  const page = await newPage(browser);
  const lines = [];
  const done = new Promise((resolve, reject) => {
    page.on('pageerror', reject);
    page.on('console', (message) => {
      lines.push(message.text());
      if (message.text() === 'done') resolve();
    });
  });
  await page.goto(server.url);
  await done;
  assert.match(lines.shift(), /^write this down:( [a-z]+){24}$/);
  assert.deepEqual(lines, ['diary.txt', 'Dear diary', 'done']);
});

test('pictures that documents show are there', () => {
  const root = new URL('../../../', import.meta.url);
  const listed = spawnSync('git', ['ls-files', '--stage', '*.md'], { cwd: root, encoding: 'utf8' });
  assert.equal(listed.status, 0, listed.stderr);
  // Not by the links to documents: what stands in them is relative to the document itself.
  const pages = [...listed.stdout.matchAll(/^100\d+ .*\t(.*)$/gm)].map(([, path]) => path);
  const shown = pages.flatMap((page) => {
    const text = readFileSync(new URL(page, root), 'utf8');
    const targets = [...text.matchAll(/!\[[^\]]*\]\(([^)\s]+)/g)].map(([, target]) => target);
    return targets.map((target) => ({ page, picture: new URL(target, new URL(page, root)) }));
  });
  assert.ok(shown.some(({ page }) => page === 'examples/browser/README.md'), 'the page is shown');
  const begins = { '.png': '\x89PNG\r\n\x1a\n', '.svg': '<svg ' };
  for (const { page, picture } of shown.filter(({ picture }) => picture.protocol === 'file:')) {
    const what = `${page}: ${picture}`;
    assert.ok(existsSync(picture), `${what} is not there`);
    const begin = begins[extname(picture.pathname)];
    assert.ok(begin && readFileSync(picture, 'latin1').startsWith(begin), `${what} is no picture`);
  }
});
