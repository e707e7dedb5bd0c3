// The entry that is JavaScript alone: the module is in the code, and nothing is read or fetched.

import packed from './generated/sealwood_inline.js';

import { start } from './glue.js';
import { unpacked } from './unpacked.js';

export * from './slim.js';

export async function init(source) {
  await start(source ?? unpacked(packed));
}
