// The types against the modules, the documented codes and a strict compiler.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { api } from '../support.mjs';

const types = ['error', 'store', 'types']
  .map((name) => readFileSync(new URL(`../../js/${name}.d.ts`, import.meta.url), 'utf8'))
  .join('\n');

test('the codes are those of the documented table', () => {
  const table = readFileSync(new URL('../../../docs/ERRORS.md', import.meta.url), 'utf8');
  const documented = [...table.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, code]) => code);
  const union = /type SealwoodErrorCode =([^;]+);/.exec(types)[1];
  const typed = [...union.matchAll(/'([a-z0-9-]+)'/g)].map(([, code]) => code);
  assert.deepEqual(typed, documented);
});

test('what is typed is there, and what is there is typed', () => {
  const values = [...types.matchAll(/^export (?:class|function|const) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual([...values, 'init'].sort(), Object.keys(api).sort());
  for (const name of values) {
    const found = new RegExp(`^export class ${name} [^{]*\\{\\n([^]*?)^\\}`, 'm').exec(types);
    if (!found) continue;
    const typed = (pattern) => [...found[1].matchAll(pattern)].map(([, member]) => member);
    const statics = typed(/^ {2}static (\w+)\(/gm);
    const members = typed(/^ {2}(?:get )?(\w+)\(/gm).filter((member) => member !== 'constructor');
    const real = (object) =>
      Object.getOwnPropertyNames(object).filter(
        (member) => !['constructor', 'length', 'name', 'prototype', 'raw', 'use'].includes(member),
      );
    const prototype = api[name].prototype;
    const inherited = 'getStream' in prototype ? real(Object.getPrototypeOf(prototype)) : [];
    const length = 'length' in prototype ? ['length'] : [];
    assert.deepEqual(new Set(members), new Set([...real(prototype), ...inherited, ...length]), name);
    assert.deepEqual(new Set(statics), new Set(real(api[name])), name);
  }
});

test('the module is as small as it has to be', async () => {
  const { spawnSync } = await import('node:child_process');
  const module = readFileSync(new URL('../../js/generated/sealwood_bg.wasm', import.meta.url));
  assert.ok(module.length < 1_000_000, `${module.length} bytes`);
  const size = new URL('../size.mjs', import.meta.url);
  const { stdout } = spawnSync(process.execPath, [size.pathname]);
  assert.ok(Number(stdout) < 350_000, `${stdout} bytes by brotli`);
  assert.ok(Number(stdout) > 0);
});

test('the module says nothing of the machine it was built on', () => {
  const module = readFileSync(new URL('../../js/generated/sealwood_bg.wasm', import.meta.url));
  const paths = module.toString('latin1').match(/\/(?:root|home|Users)\/[ -~]*/g);
  assert.equal(paths, null);
});
