// What the packed package says of itself, and what is in it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';

import { installed, projectAmongThem } from '../environments.mjs';
import { project, tarball } from '../packed.mjs';

const require = createRequire(join(installed(), 'package.json'));

/** The package unpacked: where, its files and its manifest. */
function unpacked(context) {
  const directory = join(project(context, {}), 'node_modules/sealwood');
  const { stdout } = spawnSync('find', ['.', '-type', 'f'], { cwd: directory, encoding: 'utf8' });
  const files = stdout.trim().split('\n').map((file) => file.slice('./'.length));
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  return { directory, files, manifest };
}

test('the tarball has what it needs and nothing else', (context) => {
  const { files, manifest } = unpacked(context);
  for (const file of ['README.md', 'LICENSE-MIT', 'LICENSE-APACHE', 'js/generated/sealwood_bg.wasm', 'js/testing.js']) {
    assert.ok(files.includes(file), `${file} is missing`);
  }
  assert.deepEqual(files.filter((file) => /^(build|src|test|Cargo)|built-from|optimised/.test(file)), []);
  assert.ok(files.includes(manifest.main.slice('./'.length)));
  for (const [name, target] of Object.entries(manifest.exports)) {
    if (typeof target === 'string') continue;
    assert.equal(Object.keys(target)[0], 'types', name);
    Object.values(target).forEach((file) => assert.ok(files.includes(file.slice(2)), file));
  }
});

test('the manifest says where the package comes from and where its bugs go', (context) => {
  const { manifest } = unpacked(context);
  const source = 'https://github.com/sealwood/sealwood';
  assert.equal(manifest.repository.url, `git+${source}.git`);
  assert.equal(manifest.homepage, `${source}/tree/main/${manifest.repository.directory}#readme`);
  assert.deepEqual(manifest.bugs, { url: `${source}/issues` });
  assert.equal(manifest.license, 'MIT OR Apache-2.0');
  assert.equal(manifest.sideEffects, false);
  assert.deepEqual(manifest.engines, { node: '>=20.16' });
  assert.ok(manifest.description.length > 0 && manifest.keywords.length > 0);
  assert.equal(manifest.dependencies, undefined);
});

test('the code is shipped as it is written, so that no map is needed', (context) => {
  const { directory, files } = unpacked(context);
  for (const file of files.filter((name) => name.endsWith('.js'))) {
    const text = readFileSync(join(directory, file), 'utf8');
    assert.doesNotMatch(text, /sourceMappingURL/, file);
    // The data of the module aside.
    const code = text.replace(/^export default '[A-Za-z0-9+/=]+';$/m, '');
    const longest = Math.max(...code.split('\n').map((line) => line.length));
    assert.ok(longest < 300, `${file}: a line of ${longest}`);
  }
});

test('publint finds nothing', async (context) => {
  const { publint } = await import(require.resolve('publint'));
  const { formatMessage } = await import(require.resolve('publint/utils'));
  const root = projectAmongThem(context, {});
  const pkgDir = join(root, 'node_modules/sealwood');
  const { messages } = await publint({ pkgDir, strict: true, pack: false });
  const pkg = JSON.parse(readFileSync(join(pkgDir, 'package.json'), 'utf8'));
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg)), []);
});

test('its types are right wherever modules are resolved', async (context) => {
  const { checkPackage, createPackageFromTarballData } = await import(require.resolve('@arethetypeswrong/core'));
  const pack = createPackageFromTarballData(readFileSync(tarball()));
  const { problems } = await checkPackage(pack);
  // The oldest way knows no entries but the first. CommonJS gets modules by the `require` of today.
  const isKnown = ({ kind, resolutionKind }) => resolutionKind === 'node10' || kind === 'CJSResolvesToESM';
  assert.deepEqual(problems.filter((problem) => !isKnown(problem)), []);
});
