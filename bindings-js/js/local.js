// Modules that are files, in Node.

import { readFile } from 'node:fs/promises';

/** A source of a module that can be read anywhere: `fetch` reads no files. */
export function local(source) {
  const isFile = String(source).startsWith('file:');
  return isFile ? readFile(new URL(source)) : source;
}
