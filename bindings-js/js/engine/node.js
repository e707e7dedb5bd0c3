// The entry for Node: the module is a file beside the code.

import { local } from '../local.js';
import { layer } from './layer.js';

export * from './slim.js';

export async function init(source) {
  await layer.start(local((await source) ?? new URL('../generated/sealwood_engine_bg.wasm', import.meta.url)));
}
