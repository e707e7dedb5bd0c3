// The entry that is JavaScript alone: the module is in the code, and nothing is read or fetched.

import packed from '../generated/sealwood_engine_inline.js';

import { unpacked } from '../unpacked.js';
import { layer } from './layer.js';

export * from './slim.js';

export async function init(source) {
  await layer.start(source ?? unpacked(packed));
}
