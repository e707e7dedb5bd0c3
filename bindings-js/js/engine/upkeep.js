// What a thread of the engine does where there are threads: it checkpoints, compacts, deletes what has expired
// and counts rows, a while after the last write, or a longer one while writes go on. It does a piece at a time,
// and after each the host has its turn.

import { othersHaveWorked } from '../turns.js';

const IDLE_MS = 500;

/** While writes go on, the wait is begun anew so often and no more. */
const WAITS_MAX = 9;

/** Which upkeep the writes of a handle are told to. */
const upkeeps = new WeakMap();

/** The work beside the calls of one engine. */
export class Upkeep {
  #maintain;
  #idleMs;
  #timer;
  /** Whether something was written since it waits or works. */
  #isTouched = false;
  /** How often it has waited again. */
  #waits = 0;
  #isAtWork = false;
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
    if (this.#timer !== undefined || this.#isAtWork) this.#isTouched = true;
    else this.#wait();
  }

  /** Begins nothing any more. */
  stop() {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Begins nothing until what it answers is called: then it goes on, unless it was over before. */
  pause() {
    const wasOver = this.#isOver;
    this.stop();
    return () => {
      this.#isOver = wasOver;
      this.touch();
    };
  }

  #wait() {
    if (this.#isOver) return;
    this.#isTouched = false;
    this.#timer = setTimeout(() => this.#wake(), this.#idleMs);
    // Who has nothing else to do ends: what was acknowledged is safe.
    this.#timer.unref?.();
  }

  async #wake() {
    this.#timer = undefined;
    // Somebody has written since: it is not idle. Who never stops writing is not waited for for ever.
    if (this.#isTouched && this.#waits < WAITS_MAX) {
      this.#waits += 1;
      this.#wait();
      return;
    }
    this.#waits = 0;
    this.#isTouched = false;
    this.#isAtWork = true;
    try {
      while (!this.#isOver && (await this.#maintain())) await othersHaveWorked();
    } catch {
      // It costs no write, and is tried again after the next.
    }
    this.#isAtWork = false;
    if (this.#isTouched) this.#wait();
  }
}
