// The entry for tests, wherever modules may be compiled: its module is in the code.

import { checkStoreWith } from './check-store.js';
import packed from './generated/sealwood_testing_inline.js';
import { unpacked } from './unpacked.js';

export const checkStore = checkStoreWith(() => unpacked(packed));
