// Objects that hold something of the generated layer.

import { closed, invalid } from './error.js';

/** How `using` releases; older hosts know the symbols by these names. */
export const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
export const asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

/** Hands a raw object to a constructor that nobody else may call. */
const key = Symbol('sealwood');

/** A raw object of the generated layer until it is closed. */
export class Handle {
  #raw;
  #what;

  constructor(secret, raw, what) {
    if (secret !== key) throw new TypeError('Illegal constructor');
    this.#raw = raw;
    this.#what = what;
  }

  /** What a constructor that everybody may call passes on: `raw` if `first` says that it comes from `of`, else
   * what `make` makes. */
  static made(first, raw, make) {
    return [key, first === key ? raw : make()];
  }

  /** A handle of class `Class` on `raw`. */
  static of(Class, raw) {
    return new Class(key, raw);
  }

  /** The raw object of `handle`, which must be a `Class` that is still open. */
  static raw(handle) {
    if (!Handle.isOpen(handle)) throw closed(handle.#what);
    return handle.#raw;
  }

  /** Whether `handle` still holds its raw object. */
  static isOpen(handle) {
    Handle.#expectOne(handle);
    return handle.#raw !== undefined;
  }

  /** Frees the raw object. Does nothing the second time. */
  static release(handle) {
    Handle.#expectOne(handle);
    const raw = handle.#raw;
    handle.#raw = undefined;
    raw?.free();
  }

  /** Frameworks for pages put a Proxy around what they keep, which passes for a handle and has nothing of it. */
  static #expectOne(handle) {
    const isOne = typeof handle === 'object' && handle !== null && #raw in handle;
    if (!isOne) throw invalid('what is called is an object of the package itself, and no Proxy of it');
  }
}
