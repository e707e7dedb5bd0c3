// Prints how many bytes the module takes when compressed by brotli as well as it can.

import { readFile } from 'node:fs/promises';
import { brotliCompressSync, constants } from 'node:zlib';

const module = await readFile(new URL('../js/generated/sealwood_bg.wasm', import.meta.url));
const params = {
  [constants.BROTLI_PARAM_QUALITY]: 11,
  [constants.BROTLI_PARAM_SIZE_HINT]: module.length,
};
console.log(brotliCompressSync(module, { params }).length);
