// Prints how many bytes a file takes when compressed by brotli as well as it can: size.mjs FILE

import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

const [file] = process.argv.slice(2);
const content = readFileSync(file);
const params = {
  [constants.BROTLI_PARAM_QUALITY]: 11,
  [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
};
console.log(brotliCompressSync(content, { params }).length);
