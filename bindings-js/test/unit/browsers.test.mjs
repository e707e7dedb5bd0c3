// The oldest browsers that the documentation names can read the modules.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';

import * as esbuild from 'esbuild';

const JS = new URL('../../js/', import.meta.url);
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const OLDEST = ['chrome96', 'edge96', 'firefox90', 'safari16.4'];

/** What came after one of them. */
const LATER = new RegExp(
  `\\b(?:${[
    'withResolvers',
    'structuredClone',
    'groupBy',
    'fromAsync',
    'findLast(?:Index)?',
    'hasOwn',
    'to(?:Sorted|Reversed|Spliced|Base64|Hex)',
    'from(?:Base64|Hex)',
    'scheduler',
    'AbortSignal\\.(?:any|timeout)',
    'throwIfAborted',
    'DecompressionStream',
  ].join('|')})\\b`,
  'g',
);

const modules = readdirSync(JS, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.js') && !/^(node|workerd)\.js$|^directory/.test(name));

test('no module has a syntax that is newer than they are', async () => {
  assert.match(readme, /Chrome and Edge 96 .* Firefox 90 .*\n.* Safari 16\.4/);
  assert.ok(modules.includes('vault.js') && modules.includes('generated/sealwood.js'), modules.join(' '));
  for (const name of modules) {
    const code = readFileSync(new URL(name, JS), 'utf8');
    const [there, asIs] = await Promise.all(
      [OLDEST, 'esnext'].map((target) => esbuild.transform(code, { target })),
    );
    assert.equal(there.code, asIs.code, name);
    assert.deepEqual(there.warnings, [], name);
  }
});

test('no module asks for what came after them, but for the entries of which README says so', () => {
  const later = modules.flatMap((name) => {
    const code = readFileSync(new URL(name, JS), 'utf8').replace(/^ *(?:\/\/|\*|\/\*).*$/gm, '');
    return [...code.matchAll(LATER)].map(([found]) => `${name}: ${found}`);
  });
  assert.deepEqual(later, ['unpacked.js: DecompressionStream']);
  assert.match(readme, /`sealwood\/inline` and `sealwood\/testing` ask for Firefox 113/);
});
