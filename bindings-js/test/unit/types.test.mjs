// The types against the modules, the documented codes and a strict compiler.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { api } from '../support.mjs';
import { engine } from '../engine.mjs';
import { ENGINE, SHARED, typesIn } from '../types.mjs';

const types = SHARED.map(typesIn).join('\n');

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
  const [, tree] = /^export interface Tree \{\n([^]*?)^\}/m.exec(types);
  for (const name of values) {
    const found = new RegExp(`^export class ${name} [^{]*\\{\\n([^]*?)^\\}`, 'm').exec(types);
    if (!found) continue;
    // What a class is read by is declared once, in the interface that it is merged with.
    const isTree = new RegExp(`^export interface ${name} extends Tree `, 'm').test(types);
    const declared = isTree ? found[1] + tree : found[1];
    const typed = (pattern) => [...declared.matchAll(pattern)].map(([, member]) => member);
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

test('the entry of the engine has what is typed, and what it has is typed', () => {
  const declared = ENGINE.map(typesIn).join('\n');
  const values = [...declared.matchAll(/^export (?:class|function|const) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual([...values, 'SealwoodError', 'init'].sort(), Object.keys(engine).sort());
  assert.equal(engine.SealwoodError, api.SealwoodError);
  const classes = [...declared.matchAll(/^export class (\w+)[^{]*\{\n([^]*?)^\}/gm)];
  assert.ok(classes.length >= 9);
  for (const [, name, body] of classes) {
    const typed = (pattern) => new Set([...body.matchAll(pattern)].map(([, member]) => member));
    const { prototype } = engine[name];
    const isOurs = (member) => !['constructor', 'raw', 'prototype'].includes(member);
    const inherited = 'scan' in prototype ? Object.getOwnPropertyNames(Object.getPrototypeOf(prototype)) : [];
    const members = [...Object.getOwnPropertyNames(prototype), ...inherited].filter(isOurs);
    const statics = Object.getOwnPropertyNames(engine[name]).filter(
      (member) => isOurs(member) && !['length', 'name'].includes(member),
    );
    const declaredMembers = typed(/^ {2}(?:get )?(\w+)\(/gm);
    declaredMembers.delete('constructor');
    assert.deepEqual(declaredMembers, new Set(members), name);
    assert.deepEqual(typed(/^ {2}static (\w+)\(/gm), new Set(statics), name);
  }
});

test('the entry for tests has what is typed, and no other entry has it', async () => {
  const testing = await import('../../js/testing.js');
  const values = [...typesIn('testing').matchAll(/^export (?:class|function|const) (\w+)/gm)];
  assert.deepEqual(values.map(([, name]) => name), Object.keys(testing));
  assert.deepEqual(Object.keys(testing).filter((name) => name in api), []);
});

test('what the package gives are bytes of the caller’s own', async () => {
  const given = /(?:Promise|ReadableStream)<(?:\{ bytes: )?Uint8Array|\): Uint8Array/;
  assert.doesNotMatch(types, given);
  const secret = api.generateSecret();
  const store = api.BlobStore.memory();
  const puts = [];
  const watched = {
    get: (key) => store.get(key),
    put(key, bytes, precondition) {
      puts.push(bytes);
      return store.put(key, bytes, precondition);
    },
    delete: (key) => store.delete(key),
    list: (...asked) => store.list(...asked),
  };
  const vault = await api.Vault.create(watched, api.Credential.secret(secret));
  await vault.put('a/b', new Uint8Array(300_000));
  const pieces = [];
  for await (const piece of await vault.getStream('a/b')) pieces.push(piece);
  const [{ key }] = (await store.list('', undefined, 1)).objects;
  const all = {
    secret,
    phrase: api.secretOfPhrase(api.phraseOfSecret(new Uint8Array(32))),
    get: await vault.get('a/b'),
    getRange: await vault.getRange('a/b', 1, 3),
    link: await vault.link('a'),
    object: (await store.get(key)).bytes,
    range: await store.getRange(key, 0, 2),
    ...pieces,
    ...Object.fromEntries(puts.map((bytes, at) => [`put ${at}`, bytes])),
  };
  assert.ok(puts.length > 0 && pieces.length > 0);
  for (const [what, bytes] of Object.entries(all)) {
    assert.equal(Object.getPrototypeOf(bytes), Uint8Array.prototype, what);
    assert.equal(Object.getPrototypeOf(bytes.buffer), ArrayBuffer.prototype, what);
    assert.deepEqual([bytes.byteOffset, bytes.buffer.byteLength], [0, bytes.byteLength], what);
    structuredClone(bytes, { transfer: [bytes.buffer] });
  }
  await vault.close();
});

/** The most bytes of each module, as they are and by brotli. */
const SIZES_MAX = {
  'sealwood_bg.wasm': [930_000, 325_000],
  'sealwood_engine_bg.wasm': [905_000, 292_000],
  'sealwood_testing_bg.wasm': [240_000, 80_000],
};

/** How many bytes the generated file of this name takes by brotli. */
function compressedSize(name) {
  const files = [new URL('../size.mjs', import.meta.url), generated(name)];
  const { stdout } = spawnSync(process.execPath, files.map(fileURLToPath), { encoding: 'utf8' });
  return Number(stdout);
}

function generated(name) {
  return new URL(`../../js/generated/${name}`, import.meta.url);
}

for (const [name, [rawMax, compressedMax]] of Object.entries(SIZES_MAX)) {
  test(`${name} is as small as it has to be`, () => {
    const [raw, compressed] = [readFileSync(generated(name)).length, compressedSize(name)];
    console.log(`${name}: ${raw} bytes, ${compressed} by brotli`);
    assert.ok(raw < rawMax, `${raw} bytes`);
    assert.ok(compressed < compressedMax, `${compressed} bytes by brotli`);
    assert.ok(compressed > 0);
  });

  test(`${name} says nothing of the machine it was built on`, () => {
    const paths = readFileSync(generated(name), 'latin1').match(/\/(?:root|home|Users)\/[ -~]*/g);
    assert.equal(paths, null);
  });
}

test('what README says of sizes is right to ten kilobytes', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const told = (pattern) => 1000 * pattern.exec(readme)[1];
  const compressed = compressedSize('sealwood_bg.wasm');
  const inline = readFileSync(generated('sealwood_inline.js')).length;
  const isTold = (pattern, size) => assert.ok(Math.abs(told(pattern) - size) < 10_000, `${size} bytes`);
  isTold(/about (\d+) kB as a server with brotli/, compressed);
  isTold(/about (\d+) kB of JavaScript/, inline);
  isTold(/module of its own, about (\d+) kB as a server with brotli/, compressedSize('sealwood_engine_bg.wasm'));
  isTold(/`sealwood\/engine\/inline`, about (\d+) kB/, readFileSync(generated('sealwood_engine_inline.js')).length);
});
