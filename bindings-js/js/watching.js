// Cancellation and progress of one call.

import { optionalFunction, options as optionsOf } from './check.js';
import { SealwoodError, caused, invalid, typed } from './error.js';
import { whenAborted } from './signals.js';

/** The options of every call. */
export const CALL = ['signal'];
/** The options of a call that moves bytes. */
export const TRANSFER = [...CALL, 'onProgress'];

/** The options of a call, of which there are those that are `known`: what is wrong with them is told before
 * anything of the call happens. */
export function checkedOptions(options, known) {
  const given = optionsOf(options, known);
  const { signal } = given;
  if (signal != null && typeof signal.addEventListener !== 'function') {
    throw invalid('signal is an AbortSignal');
  }
  optionalFunction(given.onProgress, 'onProgress');
  return given;
}

/** What a call is watched by, from its `signal` and `onProgress`, until it is released. */
export class Watching {
  #raw;
  /** Has the signal forget the call. */
  #forget;
  /** Why the call was cancelled. */
  #cause;

  /** Watches a call of `layer`. */
  constructor(layer, options, known) {
    const { signal, onProgress: report } = checkedOptions(options, known);
    const { Watch } = layer.raw;
    if (signal?.aborted) throw cancelled(signal.reason);
    this.#raw = new Watch(report && ((done, total) => this.#report(report, { done, total })));
    if (signal) this.#forget = whenAborted(signal, () => this.#cancel(signal.reason));
  }

  /** The generated layer's watch. */
  get raw() {
    return this.#raw;
  }

  /** What was thrown, with the reason if the call was cancelled. */
  failure(thrown) {
    const error = typed(thrown);
    return error.code === 'cancelled' ? caused(error, this.#cause) : error;
  }

  /** Cancels the call. */
  stop() {
    this.#raw?.cancel();
  }

  /** Lets go of the signal and of the generated layer's watch. Does nothing the second time. */
  release() {
    this.#forget?.();
    this.#forget = undefined;
    this.#raw?.free();
    this.#raw = undefined;
  }

  #report(report, progress) {
    try {
      report(progress);
    } catch (error) {
      // Nobody could catch it: it ends the call, and is the cause of what the call fails with.
      this.#cancel(error);
    }
  }

  #cancel(cause) {
    this.#cause ??= cause;
    this.stop();
  }
}

function cancelled(reason) {
  return caused(new SealwoodError('cancelled', 'cancelled'), reason);
}
