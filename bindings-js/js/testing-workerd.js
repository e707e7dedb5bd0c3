// The entry for tests in workers at the edge, where code may only be instantiated from an imported module.

import { checkStoreWith } from './check-store.js';
import module from './generated/sealwood_testing_bg.wasm';

export const checkStore = checkStoreWith(() => module);
