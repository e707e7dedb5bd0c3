// The entry for the edge of Next and its like: as at the other edge, but modules are imported by a query.

import module from '../generated/sealwood_engine_bg.wasm?module';

import { layer } from './layer.js';

export * from './slim.js';

export async function init(source) {
  await layer.start(source ?? module);
}
