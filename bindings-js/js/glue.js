// The generated layer of the main module.

import * as generated from './generated/sealwood.js';
import { Layer } from './layer.js';

const layer = new Layer(generated);

/** The generated classes and functions, once `init` has finished. */
export function glue() {
  return layer.raw;
}

/** Makes the layer ready from a URL, bytes, a module, a response, or a promise of one. */
export function start(source) {
  return layer.start(source);
}

/** Runs `work`, which calls the layer and waits for nothing. */
export function now(work) {
  return layer.now(work);
}

/** What a call with these options is watched by. */
export function watchingOf(options, known) {
  return layer.watchingOf(options, known);
}

/** Runs one call of the layer under `options`. */
export function call(options, start, known) {
  return layer.call(options, start, known);
}
