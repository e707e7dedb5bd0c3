// Writes the module into a file of JavaScript, for where nothing can be beside the code:
//
//   node bindings-js/build/inline.mjs MODULE FILE

import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const [module, file] = process.argv.slice(2);
const packed = gzipSync(readFileSync(module), { level: 9 }).toString('base64');
writeFileSync(file, `// The module, compressed by gzip, in base64.\nexport default '${packed}';\n`);
