// Listings as async iterators.

import { asyncDispose } from './handle.js';
import { CALL } from './watching.js';

/** The entries that `open` opens. Nothing is read before the first is asked for. */
export class Listing {
  #layer;
  #options;
  #open;
  #watching;
  #opening;
  #raw;
  #page = [];
  #at = 0;
  #isOver = false;
  /** Calls of `next` take turns. */
  #turn = Promise.resolve();

  /** Pulled from `layer`. */
  constructor(layer, options, open) {
    this.#layer = layer;
    this.#options = options;
    this.#open = open;
  }

  /** Opens it now, and not when the first is asked for, which then hears of a failure. */
  begin() {
    this.#opened().catch(() => {});
    return this;
  }

  /** Waits until it is open, and fails as `next` will. */
  async ready() {
    try {
      await this.#opened();
    } catch (thrown) {
      throw this.#failure(thrown);
    }
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  next() {
    const step = this.#turn.then(() => this.#next());
    this.#turn = step.catch(() => {});
    return step;
  }

  async return(value) {
    this.#isOver = true;
    this.#watching?.stop();
    this.#raw?.close();
    this.#finish();
    return { done: true, value };
  }

  async [asyncDispose]() {
    await this.return();
  }

  async #next() {
    if (this.#at === this.#page.length) await this.#turnPage();
    if (this.#isOver) return { done: true, value: undefined };
    return { done: false, value: this.#page[this.#at++] };
  }

  #opened() {
    this.#opening ??= this.#openNow();
    return this.#opening;
  }

  async #openNow() {
    this.#watching = this.#layer.watchingOf(this.#options, CALL);
    const raw = await this.#open(this.#watching.raw);
    // Who has left in the meantime has freed nothing.
    if (this.#isOver) raw.free();
    else this.#raw = raw;
    return raw;
  }

  async #turnPage() {
    if (this.#isOver) return;
    try {
      const raw = await this.#opened();
      this.#page = this.#isOver ? [] : await raw.nextPage();
      this.#at = 0;
    } catch (thrown) {
      const isClosed = this.#isOver;
      this.#isOver = true;
      const failure = this.#failure(thrown);
      this.#finish();
      if (isClosed) return;
      throw failure;
    }
    if (this.#page.length === 0) {
      this.#isOver = true;
      this.#finish();
    }
  }

  #failure(thrown) {
    return this.#watching ? this.#watching.failure(thrown) : thrown;
  }

  #finish() {
    this.#watching?.release();
    this.#raw?.free();
    this.#raw = undefined;
  }
}
