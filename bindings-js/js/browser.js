// The entry for browsers and bundlers: the module is an asset beside the code.

import { start } from './glue.js';

export * from './slim.js';

export async function init(source) {
  await start(source ?? new URL('./generated/sealwood_bg.wasm', import.meta.url));
}
