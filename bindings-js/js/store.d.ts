/// <reference lib="es2022" />

import './platform.js';
import type { Bytes, CallOptions, OwnBytes } from './types.js';

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
 * A store of the app's: any object with these methods. Each may answer at once or by a promise, and is
 * called while other calls are under way. Keys are 1 to 255 bytes of `[a-z0-9/_-]`, no segment empty.
 *
 * {@link checkStore} tells whether a store keeps every promise. What a store must not answer ends in an
 * error of code `store-failed`; what it throws does too, unless it has the `code` of a store's failure:
 * `object-missing`, `object-truncated`, `precondition-failed`, `store-full`, `store-denied`,
 * `store-unavailable`, `outcome-unknown`.
 *
 * @example
 * ```ts
 * const counted = (inner: CustomStore): CustomStore => ({
 *   get: (key) => inner.get(key),
 *   getRange: (key, offset, length) => inner.getRange(key, offset, length),
 *   put: (key, bytes, precondition) => inner.put(key, bytes, precondition),
 *   delete: (key) => inner.delete(key),
 *   list: (prefix, startAfter, limit) => inner.list(prefix, startAfter, limit),
 *   head: (key) => inner.head(key),
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
   * with `object-truncated` if the object ends at or before `offset`.
   *
   * @example
   * ```ts
   * const own: Pick<CustomStore, 'getRange'> = {
   *   getRange: async (key, offset, length) => (await store.get(key)).bytes.subarray(offset, offset + length),
   * };
   * ```
   */
  getRange(key: string, offset: number, length: number): Awaitable<Uint8Array>;
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
   * What is known of the object, or nothing if there is none.
   *
   * @example
   * ```ts
   * const own: Pick<CustomStore, 'head'> = { head: (key) => store.head(key) };
   * ```
   */
  head(key: string): Awaitable<{ readonly size: number } | null | undefined>;
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
   * Whether `flush` would have anything to do.
   *
   * @example
   * ```ts
   * const own: Pick<CustomStore, 'needsFlush'> = { needsFlush: () => store.needsFlush() };
   * ```
   */
  needsFlush?(): boolean;
}

/**
 * A value or a promise of it.
 *
 * @example
 * ```ts
 * const answers: Awaitable<number>[] = [1, Promise.resolve(2)];
 * ```
 */
export type Awaitable<T> = T | PromiseLike<T>;

/**
 * Which bucket, where, and on whose behalf.
 *
 * @example
 * ```ts
 * const config: S3Config = {
 *   endpoint: 'https://s3.example',
 *   region: 'eu-north-1',
 *   bucket: 'photos',
 *   prefix: 'users/42',
 *   accessKeyId: 'AKID',
 *   secretAccessKey: 'secret',
 * };
 * const store = BlobStore.s3(config);
 * ```
 */
export interface S3Config {
  /** The URL of the service; that of Amazon S3 if absent. */
  endpoint?: string | null | undefined;
  /** The region that requests are signed for. */
  region: string;
  /** The bucket's name. */
  bucket: string;
  /** What all keys start with, without the `/` after it. */
  prefix?: string | null | undefined;
  /**
   * Whether the bucket stands in the path rather than in the host. If absent, it does where an endpoint is
   * given or the bucket's name has a dot.
   */
  pathStyle?: boolean | null | undefined;
  /** The key, unless `credentials` or `sign` stands in for it. */
  accessKeyId?: string | null | undefined;
  /** The secret of the key. */
  secretAccessKey?: string | null | undefined;
  /** The token of a session's key; an empty one is none. */
  sessionToken?: string | null | undefined;
  /**
   * Returns keys that end, in place of one. Called before the first request, a minute before the `expiration` of
   * the key, and once more when the server says that a key has ended; one call at a time, whose answer all
   * requests share. What it throws fails them with `store-denied`, or with its `code` where that is
   * `store-unavailable`.
   */
  credentials?: (() => Awaitable<S3Credentials>) | null | undefined;
  /**
   * Signs requests, in place of a key: for example by a server of the app's that has one. Called once for each
   * try of a request. What it throws fails the request as with `credentials`.
   */
  sign?: ((request: S3Request) => Awaitable<S3Signed>) | null | undefined;
  /** Whether an endpoint that is not this machine may be reached without TLS. */
  allowHttp?: boolean | undefined;
  /** Whether signatures stand in URLs, where servers may log them, instead of headers. */
  signedUrls?: boolean | undefined;
  /**
   * How long no byte of a request may move before it counts as failed; 20,000 if absent. A request on which
   * bytes move may take any time. Unless this or what follows is set, a server that never answers fails a
   * call within two minutes.
   */
  idleTimeoutMs?: number | null | undefined;
  /**
   * The slowest upload of one body that is waited for, in bytes a second; 32,768 if absent. `fetch` does
   * not show how far an upload is: the idle timeout is longer by the time the body takes at this rate.
   */
  uploadRateMin?: number | null | undefined;
  /**
   * The most requests under way at once, at least 1; 16 if absent. A store begins with 4, and has as many as
   * the link and the server bear.
   */
  requestsMax?: number | null | undefined;
  /** How often a call is tried while the server is unavailable, at least 1; 6 if absent. */
  attemptsMax?: number | null | undefined;
  /** The longest wait that a server may ask for before the next try; 60,000 if absent. */
  retryAfterMaxMs?: number | null | undefined;
  /**
   * How long after the first failure of a call another try may begin, without the waits that the server
   * asked for; 30,000 if absent.
   */
  giveUpAfterMs?: number | null | undefined;
}

/**
 * A key of a bucket, and until when it is good.
 *
 * @example
 * ```ts
 * const credentials = async (): Promise<S3Credentials> => {
 *   const answer = await fetch('/api/bucket-key');
 *   const { id, secret, token, ends } = await answer.json();
 *   return { accessKeyId: id, secretAccessKey: secret, sessionToken: token, expiration: new Date(ends) };
 * };
 * const store = BlobStore.s3({ region: 'eu-north-1', bucket: 'photos', credentials });
 * ```
 */
export interface S3Credentials {
  /** The key. */
  readonly accessKeyId: string;
  /** The secret of the key. */
  readonly secretAccessKey: string;
  /** The token of a session's key; an empty one is none. */
  readonly sessionToken?: string | null | undefined;
  /** Its end, as a `Date` or in milliseconds since 1970; if absent, the server says when it has come. */
  readonly expiration?: Date | number | null | undefined;
}

/**
 * A request to be signed.
 *
 * @example
 * ```ts
 * const sign = async ({ method, url }: S3Request): Promise<S3Signed> => {
 *   const answer = await fetch('/api/presign', { method: 'POST', body: JSON.stringify({ method, url }) });
 *   return { url: await answer.text() };
 * };
 * const store = BlobStore.s3({ region: 'eu-north-1', bucket: 'photos', sign });
 * ```
 */
export interface S3Request {
  /** The method. */
  readonly method: 'GET' | 'PUT' | 'HEAD' | 'DELETE';
  /** The whole URL. */
  readonly url: string;
  /** The headers, names in lower case, all of which are sent: sign them, or none. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body of a PUT. */
  readonly body: Uint8Array | undefined;
}

/**
 * A signature: what a request gets beside what it has.
 *
 * @example
 * ```ts
 * const signed: S3Signed = { headers: { authorization: 'Bearer token' } };
 * ```
 */
export interface S3Signed {
  /** Another URL, with a signature in its query. */
  readonly url?: string | URL | null | undefined;
  /** More headers. Those that the request has may come back as they are, and not changed. */
  readonly headers?: Readonly<Record<string, string>> | Headers | [string, string][] | null | undefined;
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
