// The entry for workers at the edge, where code may only be instantiated from an imported module.

import module from '../generated/sealwood_engine_bg.wasm';

import { layer } from './layer.js';

export * from './slim.js';

export async function init(source) {
  await layer.start(source ?? module);
}
