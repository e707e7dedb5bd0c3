// The entry for Node: the module is a file beside the code.

import { readFile } from 'node:fs/promises';

import { start } from './glue.js';

export * from './slim.js';

export async function init(source) {
  await start(local((await source) ?? new URL('./generated/sealwood_bg.wasm', import.meta.url)));
}

/** `fetch` reads no files. */
function local(source) {
  const isFile = String(source).startsWith('file:');
  return isFile ? readFile(new URL(source)) : source;
}
