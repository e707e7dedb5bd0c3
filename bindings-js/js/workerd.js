// The entry for workers at the edge, where code may only be instantiated from an imported module.

import module from './generated/sealwood_bg.wasm';

import { start } from './glue.js';

export * from './slim.js';

export async function init(source) {
  await start(source ?? module);
}
