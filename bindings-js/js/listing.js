// Listings as async iterators.

import { watchingOf } from './glue.js';
import { asyncDispose } from './handle.js';
import { CALL } from './watching.js';

/** The entries that `open` opens. Nothing is read before the first is asked for. */
export class Listing {
  #options;
  #open;
  #watching;
  #raw;
  #page = [];
  #at = 0;
  #isOver = false;
  /** Calls of `next` take turns. */
  #turn = Promise.resolve();

  constructor(options, open) {
    this.#options = options;
    this.#open = open;
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

  async #turnPage() {
    if (this.#isOver) return;
    try {
      this.#watching ??= watchingOf(this.#options, CALL);
      this.#raw ??= await this.#open(this.#watching.raw);
      this.#page = this.#isOver ? [] : await this.#raw.nextPage();
      this.#at = 0;
    } catch (thrown) {
      const isClosed = this.#isOver;
      this.#isOver = true;
      const failure = this.#watching ? this.#watching.failure(thrown) : thrown;
      this.#finish();
      if (isClosed) return;
      throw failure;
    }
    if (this.#page.length === 0) {
      this.#isOver = true;
      this.#finish();
    }
  }

  #finish() {
    this.#watching?.release();
    this.#raw?.free();
    this.#raw = undefined;
  }
}
