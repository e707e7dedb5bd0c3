/// <reference lib="es2022" />

import './platform.js';
import type { CallOptions } from './call.js';
import type { BlobStore, CustomStore } from './store.js';

/**
 * Runs the conformance suite against a store, below a prefix under which it has no objects, and returns the
 * number of promises kept. Fails with `store-failed`, whose message names the first that is not. It writes
 * about 1,100 objects and 20 MB and removes them again.
 *
 * The suite is in a module of its own, which the first call loads: for a store of the app's nothing has to be
 * made ready before.
 *
 * @example
 * ```ts
 * import { BlobStore, init } from 'sealwood';
 * import { checkStore } from 'sealwood/testing';
 *
 * await init();
 * const kept = await checkStore(BlobStore.memory(), 'check');
 * console.log(kept, 'promises kept');
 * ```
 */
export function checkStore(
  store: BlobStore | CustomStore,
  prefix: string,
  options?: CallOptions,
): Promise<number>;
