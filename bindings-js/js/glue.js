// The generated layer, and whether it is ready.

import instantiate, * as generated from './generated/sealwood.js';
import { SealwoodError, lacking } from './error.js';

let isReady = false;

/** The generated classes and functions, once `init` has finished. */
export function glue() {
  if (!isReady) throw lacking('the WebAssembly module: call init() and wait for it first');
  return generated;
}

/** Makes the generated layer ready from a URL, bytes, a module, a response, or a promise of one. */
export async function start(source) {
  try {
    await instantiate({ module_or_path: await source });
  } catch (cause) {
    throw lacking(`the WebAssembly module: ${cause?.message ?? cause}`, cause);
  }
  isReady = true;
}

/** What the generated layer threw, as an error of the package. */
export function typed(thrown) {
  if (thrown instanceof SealwoodError) return thrown;
  return lacking(`a working WebAssembly module: ${thrown?.message ?? thrown}`, thrown);
}

/** Runs `work`, which calls the generated layer and waits for nothing. */
export function now(work) {
  try {
    return work(glue());
  } catch (thrown) {
    throw typed(thrown);
  }
}
