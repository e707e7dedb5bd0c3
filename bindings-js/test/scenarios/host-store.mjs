// A store of the app's own, over a map, that counts its calls and misbehaves when it is told to.

import { toHex } from './values.mjs';

/** Where its clock stands. */
const NOW_MS = 1_700_000_000_000;

/** A store with no other methods than one must have; those do what those of `host` do. */
export function bareStore(host) {
  const bound = ['get', 'put', 'delete', 'list'].map((name) => [name, (...given) => host[name](...given)]);
  return Object.fromEntries(bound);
}

export class HostStore {
  calls = 0;
  #SealwoodError;
  #objects = new Map();
  #armed;

  constructor(SealwoodError) {
    this.#SealwoodError = SealwoodError;
  }

  /** Arms the `at`-th call from now on; a promise that it has come is in `arrived`. */
  misbehave({ at, how, code, method }) {
    let arrive;
    const arrived = new Promise((resolve) => (arrive = resolve));
    this.#armed = { left: at, how, code, method, arrive, arrived };
  }

  async awaitCall() {
    await this.#armed.arrived;
  }

  async get(key) {
    return this.#answer('get', () => {
      const { bytes, etag } = this.#present(key);
      return { bytes: bytes.slice(), etag };
    });
  }

  async getRange(key, offset, length) {
    return this.#answer('getRange', (excess) => {
      const { bytes } = this.#present(key);
      if (excess) return new Uint8Array(length + excess);
      if (offset >= bytes.length) throw new this.#SealwoodError('object-truncated');
      return bytes.slice(offset, offset + length);
    });
  }

  async put(key, bytes, precondition) {
    return this.#answer('put', async () => {
      const etag = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
      const found = this.#objects.get(key);
      const holds =
        precondition === undefined ||
        (precondition === 'absent' ? !found : found?.etag === precondition.matches);
      if (!holds) throw new this.#SealwoodError('precondition-failed');
      this.#objects.set(key, { bytes: bytes.slice(), etag });
      return etag;
    });
  }

  async delete(key) {
    return this.#answer('delete', () => void this.#objects.delete(key));
  }

  async list(prefix, startAfter, limit) {
    return this.#answer('list', () => {
      const keys = [...this.#objects.keys()]
        .filter((key) => key.startsWith(prefix) && (startAfter == null || key > startAfter))
        .sort();
      const page = keys.slice(0, limit);
      const objects = page.map((key) => this.#meta(key));
      return { objects, next: keys.length > limit ? page.at(-1) : null };
    });
  }

  async head(key) {
    return this.#answer('head', () => (this.#objects.has(key) ? this.#meta(key) : null));
  }

  async deleteMany(keys) {
    return this.#answer('deleteMany', () => keys.forEach((key) => this.#objects.delete(key)));
  }

  async flush() {}

  needsFlush() {
    return false;
  }

  #meta(key) {
    const { bytes, etag } = this.#objects.get(key);
    return { key, size: bytes.length, modifiedMs: NOW_MS, etag };
  }

  #present(key) {
    const found = this.#objects.get(key);
    if (!found) throw new this.#SealwoodError('object-missing');
    return found;
  }

  /** Counts a call and does it, or what this one is armed for. */
  #answer(method, work) {
    this.calls += 1;
    const armed = this.#armed;
    const isCounted = armed?.left > 0 && (armed.method ?? method) === method;
    if (!isCounted || --armed.left > 0) return work();
    // A put whose answer is lost has come when it is done.
    if (armed.how !== 'lose') armed.arrive();
    switch (armed.how) {
      case 'hang':
        return new Promise(() => {});
      case 'throw':
        throw new Error('the host store was told to throw');
      case 'code':
        throw new this.#SealwoodError(armed.code, 'the host store was told to fail');
      case 'lose':
        return work().then(() => {
          armed.arrive();
          return new Promise(() => {});
        });
      case 'oversized':
        return work(1);
      case 'wrongType':
        return 42;
      default:
        throw new Error(`unknown misbehaviour ${armed.how}`);
    }
  }
}
