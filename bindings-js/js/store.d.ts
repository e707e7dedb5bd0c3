/// <reference lib="es2022" />

import './platform.js';
import type { Bytes, CallOptions, OwnBytes } from './types.js';

/** What an object looks like from outside. */
export interface ObjectMeta {
  readonly key: string;
  /** The size in bytes; `Number.MAX_SAFE_INTEGER` stands for that and more. */
  readonly size: number;
}

/** One page of a store's listing. */
export interface ObjectPage {
  /** Objects in ascending byte order of their keys. */
  readonly objects: readonly ObjectMeta[];
  /** Pass as `startAfter` of the next call. Nothing at the end. */
  readonly next?: string | null | undefined;
}

/** What must hold for a put to a store: that there is no object, or that it has this tag. */
export type Precondition = 'absent' | { readonly matches: string };

/**
 * A store of the app's: any object with these methods. Each may answer at once or by a promise, and is
 * called while other calls are under way. Keys are 1 to 255 bytes of `[a-z0-9/_-]`, no segment empty.
 *
 * {@link checkStore} tells whether a store keeps every promise. What a store must not answer ends in an
 * error of code `store-failed`; what it throws does too, unless it has the `code` of a store's failure:
 * `object-missing`, `object-truncated`, `precondition-failed`, `store-full`, `store-denied`,
 * `store-unavailable`, `outcome-unknown`.
 */
export interface CustomStore {
  /** The object and its tag. Fails with `object-missing`. */
  get(key: string): Awaitable<{ readonly bytes: Uint8Array; readonly etag: string }>;
  /**
   * `length` bytes from `offset` on, fewer where the object ends first. Fails with `object-missing`, and
   * with `object-truncated` if the object ends at or before `offset`.
   */
  getRange(key: string, offset: number, length: number): Awaitable<Uint8Array>;
  /**
   * Writes the object whole and durably if `precondition` holds, and gives its new tag; equal tags mean
   * equal bytes. Otherwise changes nothing and fails with `precondition-failed`. Bytes that go over a
   * network go with a checksum, such as `Content-MD5`: what arrives damaged is not stored, and the put
   * fails with `store-unavailable`.
   */
  put(key: string, bytes: OwnBytes, precondition: Precondition | undefined): Awaitable<string>;
  /** Removes the object; succeeds if there is none. */
  delete(key: string): Awaitable<void>;
  /** Up to `limit` objects whose keys start with `prefix` and come after `startAfter`, ascending. */
  list(prefix: string, startAfter: string | undefined, limit: number): Awaitable<ObjectPage>;
  /** What is known of the object, or nothing if there is none. */
  head(key: string): Awaitable<{ readonly size: number } | null | undefined>;
  /** Makes everything acknowledged so far durable. Not needed where each call does. */
  flush?(): Awaitable<void>;
  /** Whether `flush` would have anything to do. */
  needsFlush?(): boolean;
}

/** A value or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>;

/** Which bucket, where, and on whose behalf. */
export interface S3Config {
  /** The URL of the service; that of Amazon S3 if absent. */
  endpoint?: string | null | undefined;
  /** The region that requests are signed for. */
  region: string;
  bucket: string;
  /** What all keys start with, without the `/` after it. */
  prefix?: string | null | undefined;
  /**
   * Whether the bucket stands in the path rather than in the host. If absent, it does where an endpoint is
   * given or the bucket's name has a dot.
   */
  pathStyle?: boolean | null | undefined;
  accessKeyId: string;
  secretAccessKey: string;
  /** The token of a session's key; an empty one is none. */
  sessionToken?: string | null | undefined;
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

/** Where a vault lives. Closing a handle closes no vault that was opened in it. */
export class BlobStore implements Disposable {
  private constructor();
  /** An empty store in memory. */
  static memory(): BlobStore;
  /**
   * The directory at `path`, made if there is none. In Node alone (20.16 or later, on Linux, macOS and
   * the BSDs). Other processes, and programs in other languages, may use it at the same time.
   */
  static directory(path: string): Promise<BlobStore>;
  /**
   * The IndexedDB database `name` of this origin, made if there is none. In browsers and their workers.
   * Other tabs may use it at the same time. Ask for `navigator.storage.persist()`, or the browser may
   * remove it when disk space runs low.
   */
  static indexedDb(name: string): Promise<BlobStore>;
  /** A bucket of an S3-compatible service that honours conditional puts, reached by `fetch`. */
  static s3(config: S3Config): BlobStore;
  /** A store of the app's. Wherever a store is asked for, such an object can be given as it is. */
  static custom(store: CustomStore): BlobStore;

  /** The object and its tag. */
  get(key: string, options?: CallOptions): Promise<{ bytes: OwnBytes; etag: string }>;
  /** `length` bytes from `offset` on, fewer where the object ends first. */
  getRange(key: string, offset: number, length: number, options?: CallOptions): Promise<OwnBytes>;
  /** Writes the object, if `precondition` holds, and gives its tag. */
  put(
    key: string,
    bytes: Bytes,
    precondition?: Precondition | null | undefined,
    options?: CallOptions,
  ): Promise<string>;
  /** Removes the object; succeeds if there is none. */
  delete(key: string, options?: CallOptions): Promise<void>;
  /** Up to `limit` (1 to 1,000) objects whose keys start with `prefix` and come after `startAfter`. */
  list(
    prefix?: string,
    startAfter?: string | null | undefined,
    limit?: number,
    options?: CallOptions,
  ): Promise<{ objects: ObjectMeta[]; next: string | undefined }>;
  /** What is known of the object, or nothing if there is none. */
  head(key: string, options?: CallOptions): Promise<ObjectMeta | undefined>;
  /** Makes everything acknowledged so far durable. */
  flush(options?: CallOptions): Promise<void>;
  /** Whether {@link BlobStore.flush} would have anything to do. */
  needsFlush(): boolean;
  /** Lets go of the store. */
  close(): void;
  [Symbol.dispose](): void;
}
