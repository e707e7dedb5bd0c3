// The code in the documents, run as it stands.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';

import { blocks } from '../documents.mjs';
import { project } from '../packed.mjs';

test('the snippets of the package run one after another', (context) => {
  const snippets = blocks('bindings-js/README.md', 'js');
  assert.equal(snippets.length, 7);
  // The first closes its vault; the others go on with one.
  const first = snippets[0].replace('await vault.close();\n', '');
  const root = project(context, { 'app.js': [first, ...snippets.slice(1)].join('\n') });
  const { stdout, stderr } = spawnSync(process.execPath, ['app.js'], { cwd: root, encoding: 'utf8' });
  assert.equal(stderr, '');
  const lines = stdout.trim().split('\n');
  assert.match(lines[0], /^write this down: (\w+ ){23}\w+$/);
  assert.equal(lines[1], 'Dear diary');
  assert.ok(lines.includes('5000000 of 5000000 bytes'));
  assert.ok(lines.includes('100'));
  assert.ok(lines.includes('32'));
  assert.ok(lines.includes('video/mp4 1000'));
  assert.ok(lines.includes('not-found no/such/file'));
  assert.ok(lines.includes('true not-found no/such/file'));
  assert.equal(lines.at(-2), '25 promises kept');
  assert.equal(lines.at(-1), 'true true');
});

test('the first snippet runs alone', (context) => {
  const root = project(context, { 'app.js': blocks('bindings-js/README.md', 'js')[0] });
  const { stdout, stderr } = spawnSync(process.execPath, ['app.js'], { cwd: root, encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.match(stdout, /^archive\/letters\/2026\/first.txt file 10$/m);
});
