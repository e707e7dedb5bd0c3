// The contract of stores as a suite. It is in a module of its own, which the first call loads.

import { text } from './check.js';
import { customStore } from './custom-store.js';
import * as generated from './generated/sealwood_testing.js';
import { Handle } from './handle.js';
import { Layer } from './layer.js';

const layer = new Layer(generated);

/** `checkStore`, with the module that `load` gives. */
export function checkStoreWith(load) {
  return async (store, prefix, options) => {
    // To the suite a store of the package is one like all others: an object that has the methods.
    const given = customStore(store);
    if (store instanceof Handle) Handle.raw(store);
    text(prefix, 'a prefix');
    await layer.start(load());
    return layer.call(options, (watch) => layer.raw.checkStore(given, prefix, watch));
  };
}
