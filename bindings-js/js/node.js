// The entry for Node: the module is a file beside the code.

import { start } from './glue.js';
import { local } from './local.js';

export * from './slim.js';

export async function init(source) {
  await start(local((await source) ?? new URL('./generated/sealwood_bg.wasm', import.meta.url)));
}
