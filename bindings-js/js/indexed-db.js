// Objects in a database of the browser, which all tabs of an origin share.
//
// A record in `objects` has the size and the tag of an object, and when it was put; `segments` has its
// bytes, cut at fixed places, so that a range reads no more than it touches. All requests of a transaction
// are issued from within it and wait for nothing else: a transaction with no request under way commits.

import { SealwoodError, caused, lacking } from './error.js';

/** Chromium puts values of 64 KiB and more into files of their own. */
const SEGMENT_BYTES = 32 << 10;
/** What names sort below that go on after a prefix. */
const AFTER_ALL = '\uffff';

/** The store in the database `name`, which is made if there is none. */
export async function openIndexedDb(name, tagOf) {
  if (!globalThis.indexedDB) throw lacking('IndexedDB');
  const store = new IndexedDbStore(name, tagOf);
  await store.prepare();
  return store;
}

class IndexedDbStore {
  #name;
  #tagOf;
  /** Promises of locks that are being released. */
  #ending = new Set();
  /** A promise of the connection, while there is one. */
  #connection;

  constructor(name, tagOf) {
    this.#name = name;
    this.#tagOf = tagOf;
  }

  async prepare() {
    await this.#connect();
  }

  async get(key) {
    return this.#run('readonly', ({ objects, segments }, done) => {
      const found = objects.get(key);
      const parts = segments.getAll(segmentsOf(key));
      // Requests succeed in their order.
      parts.onsuccess = () => {
        const { size, etag } = present(found.result);
        done({ bytes: joined(parts.result, size), etag });
      };
    });
  }

  async getRange(key, offset, length) {
    const first = Math.floor(offset / SEGMENT_BYTES);
    const last = Math.floor((offset + length - 1) / SEGMENT_BYTES);
    return this.#run('readonly', ({ objects, segments }, done) => {
      const found = objects.get(key);
      const parts = segments.getAll(IDBKeyRange.bound([key, first], [key, last]));
      parts.onsuccess = () => {
        const { size } = present(found.result);
        if (offset >= size) throw new SealwoodError('object-truncated');
        const start = first * SEGMENT_BYTES;
        const all = joined(parts.result, Math.min(size, (last + 1) * SEGMENT_BYTES) - start);
        done(all.slice(offset - start, offset - start + length));
      };
    });
  }

  async put(key, bytes, precondition) {
    const etag = this.#tagOf(bytes);
    return this.#run('readwrite', ({ objects, segments }, done) => {
      const found = objects.get(key);
      found.onsuccess = () => {
        if (!holds(precondition, found.result)) throw new SealwoodError('precondition-failed');
        objects.put({ size: bytes.byteLength, etag, modifiedMs: Date.now() }, key);
        segments.delete(segmentsOf(key));
        for (let at = 0; at < bytes.byteLength; at += SEGMENT_BYTES) {
          segments.put(bytes.slice(at, at + SEGMENT_BYTES), [key, at / SEGMENT_BYTES]);
        }
        done(etag);
      };
    });
  }

  async delete(key) {
    return this.#run('readwrite', ({ objects, segments }, done) => {
      objects.delete(key);
      segments.delete(segmentsOf(key));
      done();
    });
  }

  async list(prefix, startAfter, limit) {
    const end = prefix + AFTER_ALL;
    const goesOn = startAfter != null && startAfter >= prefix;
    if (goesOn && startAfter >= end) return { objects: [] };
    const range = IDBKeyRange.bound(goesOn ? startAfter : prefix, end, goesOn);
    return this.#run('readonly', ({ objects }, done) => {
      const keys = objects.getAllKeys(range, limit + 1);
      const found = objects.getAll(range, limit + 1);
      found.onsuccess = () => {
        const page = keys.result.slice(0, limit);
        done({
          objects: page.map((key, index) => ({ key, ...found.result[index] })),
          next: keys.result.length > limit ? page.at(-1) : undefined,
        });
      };
    });
  }

  /** Holds the database, in all tabs of the origin, and returns the function that releases it; nothing where
   * it is to be held alone and is not free, or where the browser has no locks. */
  async hold(mode) {
    const locks = globalThis.navigator?.locks;
    if (!locks) return undefined;
    // A lock that this page has released takes a moment to be free.
    if (mode === 'alone') await Promise.allSettled(this.#ending);
    const options = mode === 'alone' ? { ifAvailable: true } : { mode: 'shared' };
    return new Promise((resolve, reject) => {
      const use = (lock) => (lock ? new Promise((free) => resolve(() => end(free))) : resolve());
      const ended = locks.request(`sealwood ${this.#name}`, options, use);
      ended.catch((error) => reject(failure(error)));
      const end = (free) => {
        this.#ending.add(ended);
        ended.finally(() => this.#ending.delete(ended)).catch(() => {});
        free();
      };
    });
  }

  async head(key) {
    return this.#run('readonly', ({ objects }, done) => {
      const found = objects.get(key);
      found.onsuccess = () => done(found.result && { key, ...found.result });
    });
  }

  /** Runs `work`, which issues requests and says what comes of them, in one transaction. The promise
   * is settled when the transaction is: what was written is then on the disk. */
  async #run(mode, work) {
    const database = await this.#connect();
    return new Promise((resolve, reject) => {
      let transaction;
      try {
        const durability = { durability: 'strict' };
        transaction = database.transaction(['objects', 'segments'], mode, durability);
      } catch (error) {
        // Closed since, by the browser or for another version: the next call connects again.
        this.#connection = undefined;
        return reject(failure(error));
      }
      let outcome;
      let thrown;
      const stores = {
        objects: guarded(transaction, 'objects'),
        segments: guarded(transaction, 'segments'),
      };
      transaction.oncomplete = () => resolve(outcome);
      transaction.onabort = () => reject(failure(thrown ?? transaction.error));
      attempt(() => work(stores, (value) => (outcome = value)));

      /** Runs a step; what it throws aborts the transaction and is what the call fails with. */
      function attempt(step) {
        try {
          step();
        } catch (error) {
          thrown ??= error;
          transaction.abort();
        }
      }

      /** A store of the transaction whose requests' handlers are guarded steps. */
      function guarded(of, name) {
        const store = of.objectStore(name);
        const issue = (method) => (...parameters) => {
          const request = store[method](...parameters);
          return {
            get result() {
              return request.result;
            },
            set onsuccess(step) {
              request.onsuccess = () => attempt(step);
            },
          };
        };
        const methods = ['get', 'getAll', 'getAllKeys', 'put', 'delete'];
        return Object.fromEntries(methods.map((method) => [method, issue(method)]));
      }
    });
  }

  #connect() {
    this.#connection ??= connect(this.#name, () => (this.#connection = undefined));
    // A connection that failed is tried anew by the next call.
    this.#connection.catch(() => (this.#connection = undefined));
    return this.#connection;
  }
}

function connect(name, forget) {
  return new Promise((resolve, reject) => {
    let request;
    try {
      request = indexedDB.open(name, 1);
    } catch (error) {
      return reject(failure(error));
    }
    request.onupgradeneeded = () => {
      request.result.createObjectStore('objects');
      request.result.createObjectStore('segments');
    };
    request.onerror = () => reject(failure(request.error));
    request.onsuccess = () => {
      const database = request.result;
      if (!['objects', 'segments'].every((name) => database.objectStoreNames.contains(name))) {
        database.close();
        return reject(new SealwoodError('store-failed', `the browser's database of this name is other code's`));
      }
      database.onclose = forget;
      database.onversionchange = () => {
        // Somebody deletes the database, or has a newer package: do not stand in the way.
        forget();
        database.close();
      };
      resolve(database);
    };
  });
}

function segmentsOf(key) {
  // Arrays sort after numbers.
  return IDBKeyRange.bound([key], [key, []]);
}

function present(record) {
  if (!record) throw new SealwoodError('object-missing');
  return record;
}

function holds(precondition, record) {
  if (precondition == null) return true;
  return precondition === 'absent' ? !record : record?.etag === precondition.matches;
}

function joined(parts, size) {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

const CODES = {
  QuotaExceededError: 'store-full',
  SecurityError: 'store-denied',
  NotAllowedError: 'store-denied',
  AbortError: 'store-unavailable',
  InvalidStateError: 'store-unavailable',
  TimeoutError: 'store-unavailable',
  VersionError: 'unsupported-version',
};

const NEWER =
  "the browser's database is of a newer version than this release knows: a newer release of this package, " +
  'or other code, has made it';

function failure(error) {
  if (error instanceof SealwoodError) return error;
  const name = error?.name ?? 'no reason';
  const code = CODES[name] ?? 'store-failed';
  const message = name === 'VersionError' ? NEWER : `the browser's database said ${name}`;
  return caused(new SealwoodError(code, message), error ?? undefined);
}
