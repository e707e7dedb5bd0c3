// The entry that is JavaScript alone: the module is in the code, and nothing is read or fetched.

import packed from './generated/sealwood_inline.js';

import { start } from './glue.js';

export * from './slim.js';

export async function init(source) {
  await start(source ?? unpacked());
}

async function unpacked() {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const module = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(module).arrayBuffer();
}
