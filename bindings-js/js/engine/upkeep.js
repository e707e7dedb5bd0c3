// What a thread of the engine does where there are threads: it checkpoints, compacts, deletes what has expired
// and counts rows, a while after the last write, a piece at a time. After each piece the host has its turn.

import { othersHaveWorked } from '../turns.js';

const IDLE_MS = 500;

/** Which upkeep the writes of a handle are told to. */
const upkeeps = new WeakMap();

/** The work beside the calls of one engine. */
export class Upkeep {
  #maintain;
  #idleMs;
  #timer;
  #isTouched = false;
  #isOver = false;

  /** Calls `maintain`, a promise of whether there is more to be done, `idleMs` after the last write. */
  constructor(maintain, idleMs = IDLE_MS) {
    this.#maintain = maintain;
    this.#idleMs = idleMs;
  }

  /** Has the writes of `handle` told to `upkeep`. */
  static give(handle, upkeep) {
    upkeeps.set(handle, upkeep);
    return handle;
  }

  /** That which the writes of `handle` are told to. */
  static of(handle) {
    return upkeeps.get(handle);
  }

  /** Something was written, or is about to be. */
  touch() {
    if (this.#timer !== undefined) this.#isTouched = true;
    else if (!this.#isOver) this.#timer = this.#start();
  }

  /** Begins nothing any more. */
  stop() {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #start() {
    const timer = setTimeout(() => this.#wake(), this.#idleMs);
    // Who has nothing else to do ends: what was acknowledged is safe.
    timer.unref?.();
    return timer;
  }

  async #wake() {
    if (this.#isTouched) {
      // Somebody has written since: it is not idle.
      this.#isTouched = false;
      this.#timer = this.#start();
      return;
    }
    try {
      while (!this.#isOver && (await this.#maintain())) await othersHaveWorked();
    } catch {
      // It costs no write, and is tried again after the next.
    }
    this.#timer = undefined;
    if (!this.#isTouched) return;
    this.#isTouched = false;
    this.touch();
  }
}
