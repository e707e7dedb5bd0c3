// The code in the documents, run as it stands.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import test from 'node:test';

import { blocks } from '../documents.mjs';
import { run } from '../packed-app.mjs';
import { project, tarball } from '../packed.mjs';

const README = 'bindings-js/README.md';

test('the snippets of the package run one after another, as one file', (context) => {
  const snippets = blocks(README, 'js');
  assert.equal(snippets.length, 8);
  const root = project(context, { 'app.js': snippets.join('\n') });
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
  assert.deepEqual(lines.slice(-4), [
    '28 promises kept',
    'true true',
    '2026/june/sun hat',
    'true undefined',
  ]);
});

test('the five minutes: the commands and the first snippet as they stand, in an empty directory', (context) => {
  const root = mkdtempSync(join(tmpdir(), 'sealwood-'));
  context.after(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'diary.mjs'), blocks(README, 'js')[0]);
  // npm is asked for the package by its name, and takes the packed file for it.
  const npm = `#!/bin/sh
    PATH=\${PATH#*${delimiter}}
    [ "$*" = 'install sealwood' ] && exec npm install --offline --no-audit --no-fund '${tarball()}'
    exit 9`;
  const programs = join(root, 'programs');
  const commands = blocks(README, 'console').join('').replaceAll(/^\$ /gm, '');
  assert.equal(commands, 'npm install sealwood\nnode diary.mjs\n');
  run(root, 'mkdir', [programs]);
  writeFileSync(join(programs, 'npm'), npm);
  chmodSync(join(programs, 'npm'), 0o755);
  const env = { PATH: `${programs}${delimiter}${process.env.PATH}` };
  const { stdout } = run(root, 'sh', ['-ec', commands], env);
  assert.match(stdout, /^write this down: (\w+ ){23}\w+$/m);
  assert.match(stdout, /^Dear diary$/m);
  assert.match(stdout, /^archive\/letters\/2026\/first.txt file 10$/m);
});
