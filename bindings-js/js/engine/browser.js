// The entry for browsers and bundlers: the module is an asset beside the code.

import { layer } from './layer.js';

export * from './slim.js';

export async function init(source) {
  await layer.start(source ?? new URL('../generated/sealwood_engine_bg.wasm', import.meta.url));
}
