// A WebAssembly module of the package, and the layer that is generated for it.

import { lacking, typed } from './error.js';
import { CALL, Watching } from './watching.js';

/** The generated classes and functions of one module. */
export class Layer {
  #generated;
  #isReady = false;
  /** What the module was ended by in the midst of a call. */
  #trap;

  constructor(generated) {
    this.#generated = generated;
  }

  /** The generated classes and functions, once the module is there. */
  get raw() {
    if (!this.#isReady) throw lacking('the WebAssembly module: call init() and wait for it first');
    // What the call was about may be half done: nothing goes on after it.
    if (this.#trap) throw lacking(`a working WebAssembly module: ${this.#trap.message}`, this.#trap);
    return this.#generated;
  }

  /** Makes the layer ready from a URL, bytes, a module, a response, or a promise of one, unless it is. */
  async start(source) {
    try {
      await this.#generated.default({ module_or_path: await source });
    } catch (cause) {
      throw lacking(`the WebAssembly module: ${cause?.message ?? cause}`, cause);
    }
    this.#isReady = true;
  }

  /** Runs `work`, which calls the layer and waits for nothing. */
  now(work) {
    try {
      return work(this.raw);
    } catch (thrown) {
      throw typed(this.#noticed(thrown));
    }
  }

  /** What a call with these options is watched by, of which there are those that are `known`. */
  watchingOf(options, known) {
    return new Watching(this, options, known);
  }

  /** Runs one call of the layer under `options`, of which there are those that are `known`. */
  async call(options, start, known = CALL) {
    const watching = this.watchingOf(options, known);
    try {
      return await start(watching.raw);
    } catch (thrown) {
      this.#noticed(thrown);
      // In a turn of its own: this call may have been made by what the module has called.
      await undefined;
      if (this.#generated.wasEnded()) this.#trap ??= thrown;
      throw watching.failure(thrown);
    } finally {
      watching.release();
    }
  }

  /** Remembers `thrown` if it has ended the module's own code: a trap, or too deep a stack. */
  #noticed(thrown) {
    if (thrown instanceof WebAssembly.RuntimeError || thrown instanceof RangeError) this.#trap ??= thrown;
    return thrown;
  }
}
