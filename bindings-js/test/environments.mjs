// Bundlers, runtimes and compilers that the packed package is tried with. They are installed from
// `environments/package-lock.json`, by `cargo xtask test`, into a directory outside the checkout.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { project } from './packed.mjs';

const VARIABLE = 'SEALWOOD_JS_ENVIRONMENTS';

/** The directory they are installed in. */
export function installed() {
  const directory = process.env[VARIABLE];
  if (!directory) throw new Error(`${VARIABLE} names no directory: cargo xtask test --only js sets it`);
  return directory;
}

/** The path of the program `name` of theirs. */
export function program(name) {
  return join(installed(), 'node_modules/.bin', name);
}

/** A project, as `project` makes it, that finds them on the way up. */
export function projectAmongThem(context, files) {
  const home = join(installed(), 'projects');
  mkdirSync(home, { recursive: true });
  return project(context, files, home);
}
