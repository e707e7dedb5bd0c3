// The entry for the edge of Next and its like: as at the other edge, but modules are imported by a query.

import module from './generated/sealwood_bg.wasm?module';

import { start } from './glue.js';

export * from './slim.js';

export async function init(source) {
  await start(source ?? module);
}
