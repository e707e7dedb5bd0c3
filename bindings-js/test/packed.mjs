// The package as npm would publish it, installed into a project of its own.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

let packed;

/** The path of the tarball, which is packed once and gone with the process. */
export function tarball() {
  if (packed) return packed;
  const directory = mkdtempSync(join(tmpdir(), 'sealwood-'));
  process.on('exit', () => rmSync(directory, { recursive: true }));
  const parameters = ['pack', '--silent', '--pack-destination', directory];
  const options = { cwd: PACKAGE, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
  const name = execFileSync('npm', parameters, options);
  packed = join(directory, name.trim().split('\n').at(-1));
  return packed;
}

/**
 * A project in `home` with `files` that has the packed package in its `node_modules`; gone after `context`.
 * By default it is outside the checkout: nothing else is found on the way up.
 */
export function project(context, files, home = tmpdir()) {
  const root = mkdtempSync(join(home, 'sealwood-'));
  context.after(() => rmSync(root, { recursive: true }));
  const modules = join(root, 'node_modules/sealwood');
  mkdirSync(modules, { recursive: true });
  execFileSync('tar', ['-xzf', tarball(), '--strip-components=1', '-C', modules]);
  const all = { 'package.json': '{ "type": "module", "private": true }', ...files };
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}
