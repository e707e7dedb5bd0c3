// The entry for tests at the edge of Next and its like: as at the other edge, but modules are imported by a query.

import { checkStoreWith } from './check-store.js';
import module from './generated/sealwood_testing_bg.wasm?module';

export const checkStore = checkStoreWith(() => module);
