/// <reference lib="es2022" />

import './platform.js';
import type { Awaitable, Bytes, CallOptions, OwnBytes } from './call.js';
import type { SealwoodError } from './error.js';
import type { S3Config } from './s3.js';

/**
 * What an object looks like from outside.
 *
 * @example
 * ```ts
 * const { objects } = await store.list();
 * const bytes = objects.reduce((sum, { size }: ObjectMeta) => sum + size, 0);
 * ```
 */
export interface ObjectMeta {
  /** The key. */
  readonly key: string;
  /** The size in bytes; `Number.MAX_SAFE_INTEGER` stands for that and more. */
  readonly size: number;
  /**
   * When it was last put by the clock of the store, in milliseconds since 1970, perhaps to the second only;
   * missing if the store does not tell.
   */
  readonly modifiedMs?: number | undefined;
  /** The tag of this state; missing if the store would have to read the object for it. */
  readonly etag?: string | undefined;
}

/**
 * An object that was not deleted, or of which nobody knows.
 *
 * @example
 * ```ts
 * const left: NotDeleted[] = await store.deleteMany(['packs/a', 'packs/b']);
 * for (const { key, error } of left) console.log(key, error.code);
 * ```
 */
export interface NotDeleted {
  /** The key. */
  readonly key: string;
  /** Why it may still be there. */
  readonly error: SealwoodError;
}

/**
 * One page of a store's listing.
 *
 * @example
 * ```ts
 * const page: ObjectPage = { objects: [{ key: 'packs/a', size: 5 }], next: 'packs/a' };
 * ```
 */
export interface ObjectPage {
  /** Objects in ascending byte order of their keys. */
  readonly objects: readonly ObjectMeta[];
  /** Pass as `startAfter` of the next call. Nothing at the end. */
  readonly next?: string | null | undefined;
}

/**
 * What must hold for a put to a store: that there is no object, or that it has this tag.
 *
 * @example
 * ```ts
 * const { etag } = await store.get('settings');
 * const unchanged: Precondition = { matches: etag };
 * await store.put('settings', new Uint8Array(5), unchanged);
 * ```
 */
export type Precondition = 'absent' | { readonly matches: string };

/**
 * A store of the app's: any object with `get`, `put`, `delete` and `list`, and what else of these methods
 * it can do better than they are done without it. Each may answer at once or by a promise, and is called
 * while other calls are under way. Keys are 1 to 255 bytes of `[a-z0-9/_-]`, no segment empty.
 *
 * `checkStore` of `sealwood/testing` tells whether a store keeps every promise. What a store must not answer
 * ends in an error of code `store-failed`; what it throws does too, unless it has the `code` of a store's
 * failure: `object-missing`, `object-truncated`, `precondition-failed`, `store-full`, `store-denied`,
 * `store-unavailable`, `outcome-unknown`.
 *
 * @example
 * ```ts
 * const counted = (inner: CustomStore): CustomStore => ({
 *   get: (key) => inner.get(key),
 *   put: (key, bytes, precondition) => inner.put(key, bytes, precondition),
 *   delete: (key) => inner.delete(key),
 *   list: (prefix, startAfter, limit) => inner.list(prefix, startAfter, limit),
 * });
 * ```
 */
export interface CustomStore {
  /**
   * The object and its tag. Fails with `object-missing`.
   *
   * @example
   * ```ts
   * const own: Pick<CustomStore, 'get'> = {
   *   get: () => {
   *     throw new SealwoodError('object-missing');
   *   },
   * };
   * ```
   */
  get(key: string): Awaitable<{ readonly bytes: Uint8Array; readonly etag: string }>;
  /**
   * `length` bytes from `offset` on, fewer where the object ends first. Fails with `object-missing`, and
   * with `object-truncated` if the object ends at or before `offset`. Without it the whole object is got.
   *
   * @example
   * ```ts
   * const own: Pick<CustomStore, 'getRange'> = {
   *   getRange: async (key, offset, length) => (await store.get(key)).bytes.subarray(offset, offset + length),
   * };
   * ```
   */
  getRange?(key: string, offset: number, length: number): Awaitable<Uint8Array>;
  /**
   * Writes the object whole and durably if `precondition` holds, and returns its new tag; equal tags mean
   * equal bytes. Otherwise changes nothing and fails with `precondition-failed`. Bytes that go over a
   * network go with a checksum, such as `Content-MD5`: what arrives damaged is not stored, and the put
   * fails with `store-unavailable`.
   *
   * @example
   * ```ts
   * const own: Pick<CustomStore, 'put'> = {
   *   put: (key, bytes, precondition) => store.put(key, bytes, precondition),
   * };
   * ```
   */
  put(key: string, bytes: OwnBytes, precondition: Precondition | undefined): Awaitable<string>;
  /**
   * Removes the object; succeeds if there is none.
   *
   * @example
   * ```ts
   * const own: Pick<CustomStore, 'delete'> = { delete: (key) => store.delete(key) };
   * ```
   */
  delete(key: string): Awaitable<void>;
  /**
   * Up to `limit` objects whose keys start with `prefix` and come after `startAfter`, ascending.
   *
   * @example
   * ```ts
   * const own: Pick<CustomStore, 'list'> = {
   *   list: (prefix, startAfter, limit) => store.list(prefix, startAfter, limit),
   * };
   * ```
   */
  list(prefix: string, startAfter: string | undefined, limit: number): Awaitable<ObjectPage>;
  /**
   * What is known of the object, or nothing if there is none. Without it the object is listed.
   *
   * @example
   * ```ts
   * const own: Pick<CustomStore, 'head'> = { head: (key) => store.head(key) };
   * ```
   */
  head?(key: string): Awaitable<Omit<ObjectMeta, 'key'> | null | undefined>;
  /**
   * Removes up to 1,000 objects as `delete` does, and returns those that were not removed, or of which
   * nobody knows, each with what `delete` would have thrown; nothing if all are gone. If it throws, nobody
   * knows of any. Without it they are deleted one by one, up to 8 at a time.
   *
   * @example
   * ```ts
   * const own: Pick<CustomStore, 'deleteMany'> = { deleteMany: (keys) => store.deleteMany(keys) };
   * ```
   */
  deleteMany?(
    keys: readonly string[],
  ): Awaitable<readonly { readonly key: string; readonly error: unknown }[] | null | undefined | void>;
  /**
   * Makes everything acknowledged so far durable. Not needed where each call does.
   *
   * @example
   * ```ts
   * const own: Pick<CustomStore, 'flush'> = { flush: () => store.flush() };
   * ```
   */
  flush?(): Awaitable<void>;
  /**
   * Whether `flush` would have anything to do; it is not called otherwise. Where this is absent or throws,
   * a store with a `flush` is flushed each time, and one without is durable when a call returns.
   *
   * @example
   * ```ts
   * const own: Pick<CustomStore, 'needsFlush'> = { needsFlush: () => store.needsFlush() };
   * ```
   */
  needsFlush?(): boolean;
}

/**
 * Where a vault lives. Closing a handle closes no vault that was opened in it.
 *
 * @example
 * ```ts
 * const store = BlobStore.memory();
 * const vault = await Vault.create(store, credential);
 * ```
 */
export class BlobStore implements Disposable {
  private constructor();
  /**
   * An empty store in memory.
   *
   * @example
   * ```ts
   * const store = BlobStore.memory();
   * ```
   */
  static memory(): BlobStore;
  /**
   * The directory at `path`, made if there is none. In Node alone (20.16 or later, on Linux, macOS and
   * the BSDs). Other processes, and programs in other languages, may use it at the same time.
   *
   * @example
   * ```ts
   * const store = await BlobStore.directory('/var/lib/app/vault');
   * ```
   */
  static directory(path: string): Promise<BlobStore>;
  /**
   * The IndexedDB database `name` of this origin, made if there is none. In browsers and their workers.
   * Other tabs may use it at the same time. Ask for `navigator.storage.persist()`, or the browser may
   * remove it when disk space runs low.
   *
   * @example
   * ```ts
   * const store = await BlobStore.indexedDb('my-app');
   * ```
   */
  static indexedDb(name: string): Promise<BlobStore>;
  /**
   * A bucket of an S3-compatible service that honours conditional puts, reached by `fetch`.
   *
   * @example
   * ```ts
   * const store = BlobStore.s3({
   *   endpoint: 'https://s3.example',
   *   region: 'eu-north-1',
   *   bucket: 'photos',
   *   accessKeyId: 'AKID',
   *   secretAccessKey: 'secret',
   * });
   * ```
   */
  static s3(config: S3Config): BlobStore;
  /**
   * A store of the app's. Wherever a store is asked for, such an object can be given as it is.
   *
   * @example
   * ```ts
   * const store = BlobStore.custom(custom);
   * ```
   */
  static custom(store: CustomStore): BlobStore;

  /**
   * The object and its tag.
   *
   * @example
   * ```ts
   * const { bytes, etag } = await store.get('settings');
   * ```
   */
  get(key: string, options?: CallOptions): Promise<{ bytes: OwnBytes; etag: string }>;
  /**
   * `length` bytes from `offset` on, fewer where the object ends first.
   *
   * @example
   * ```ts
   * const start = await store.getRange('packs/a', 0, 100);
   * ```
   */
  getRange(key: string, offset: number, length: number, options?: CallOptions): Promise<OwnBytes>;
  /**
   * Writes the object, if `precondition` holds, and returns its tag.
   *
   * @example
   * ```ts
   * const etag = await store.put('settings', new Uint8Array(5), 'absent');
   * ```
   */
  put(
    key: string,
    bytes: Bytes,
    precondition?: Precondition | null | undefined,
    options?: CallOptions,
  ): Promise<string>;
  /**
   * Removes the object; succeeds if there is none.
   *
   * @example
   * ```ts
   * await store.delete('settings');
   * ```
   */
  delete(key: string, options?: CallOptions): Promise<void>;
  /**
   * Removes the objects, as {@link BlobStore.delete} does, and returns those that were not removed, or of
   * which nobody knows.
   *
   * @example
   * ```ts
   * const left = await store.deleteMany(['packs/a', 'packs/b']);
   * for (const { error } of left) throw error;
   * ```
   */
  deleteMany(keys: readonly string[], options?: CallOptions): Promise<NotDeleted[]>;
  /**
   * Up to `limit` (1 to 1,000) objects whose keys start with `prefix` and come after `startAfter`.
   *
   * @example
   * ```ts
   * const { objects, next } = await store.list('packs/');
   * ```
   */
  list(
    prefix?: string,
    startAfter?: string | null | undefined,
    limit?: number,
    options?: CallOptions,
  ): Promise<{ objects: ObjectMeta[]; next: string | undefined }>;
  /**
   * What is known of the object, or nothing if there is none.
   *
   * @example
   * ```ts
   * const found = await store.head('settings');
   * console.log(found ? found.size : 'nothing there');
   * ```
   */
  head(key: string, options?: CallOptions): Promise<ObjectMeta | undefined>;
  /**
   * Makes everything acknowledged so far durable.
   *
   * @example
   * ```ts
   * await store.flush();
   * ```
   */
  flush(options?: CallOptions): Promise<void>;
  /**
   * Whether {@link BlobStore.flush} would have anything to do.
   *
   * @example
   * ```ts
   * if (store.needsFlush()) await store.flush();
   * ```
   */
  needsFlush(): boolean;
  /**
   * Releases the store.
   *
   * @example
   * ```ts
   * store.close();
   * ```
   */
  close(): void;
  /**
   * The same as {@link BlobStore.close}, for `using`.
   *
   * @example
   * ```ts
   * {
   *   using store = BlobStore.memory();
   *   await store.put('a', new Uint8Array(1));
   * }
   * ```
   */
  [Symbol.dispose](): void;
}
