// Calls that share a signal have one listener of it: many listeners are taken for a leak, which hosts warn of.

/** Of each signal that is listened to, what is to be done. */
const listening = new WeakMap();

/** Does `work` when `signal` is aborted, until what it answers is called. */
export function whenAborted(signal, work) {
  if (!listening.has(signal)) listening.set(signal, new Listener(signal));
  return listening.get(signal).add(work);
}

class Listener {
  #signal;
  #works = new Set();
  #onAbort = () => [...this.#works].forEach((work) => work());

  constructor(signal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Each `work` is a function of its own. */
  add(work) {
    this.#works.add(work);
    return () => {
      if (this.#works.delete(work) && this.#works.size === 0) this.#end();
    };
  }

  #end() {
    this.#signal.removeEventListener('abort', this.#onAbort);
    listening.delete(this.#signal);
  }
}
