/// <reference lib="es2022" />

import '../platform.js';
import type { CallOptions, OwnBytes } from '../call.js';
import type { Octets } from './call.js';

/**
 * The value of a key.
 *
 * @example
 * ```ts
 * const found: EngineValue | undefined = await notes.get('a');
 * console.log(found?.bytes, found?.revision);
 * ```
 */
export interface EngineValue {
  /** The bytes. */
  readonly bytes: OwnBytes;
  /** The revision of the key's last change. */
  readonly revision: number;
  /** When the key expires, in milliseconds since 1970, if it does. */
  readonly expiresAtMs: number | undefined;
}

/**
 * What is known of a key without reading its value.
 *
 * @example
 * ```ts
 * const info: KeyInfo | undefined = await notes.info('a');
 * console.log(info?.size);
 * ```
 */
export interface KeyInfo {
  /** The length of the value, in bytes. */
  readonly size: number;
  /** The revision of the key's last change. */
  readonly revision: number;
  /** When the key expires, in milliseconds since 1970, if it does. */
  readonly expiresAtMs: number | undefined;
}

/**
 * What must hold of a key for a write to take effect: that there is none, that there is one, or that its last
 * change made this revision. Otherwise the write fails with `precondition-failed`.
 *
 * @example
 * ```ts
 * const precondition: KeyPrecondition = { revision: 7 };
 * await notes.put('a', 'text', { precondition });
 * ```
 */
export type KeyPrecondition = 'absent' | 'present' | { readonly revision: number };

/**
 * When a write is acknowledged: at once, durable after the next sync, whoever asks for it, or a close, and until
 * then lost if the process ends (`none`); once a sync has covered it that may be shared with other writers
 * (`group`); once one has that begins now (`sync`).
 *
 * @example
 * ```ts
 * const durability: Durability = 'none';
 * await notes.put('a', 'text', { durability });
 * await engine.sync();
 * ```
 */
export type Durability = 'none' | 'group' | 'sync';

/**
 * How a key is deleted.
 *
 * @example
 * ```ts
 * const options: KeyDeleteOptions = { precondition: 'present' };
 * await notes.delete('a', options);
 * ```
 */
export interface KeyDeleteOptions extends CallOptions {
  /** What must hold of the key; nothing if absent. */
  precondition?: KeyPrecondition | null | undefined;
  /** When it is acknowledged; `group` if absent. In a batch that of the commit counts. */
  durability?: Durability | null | undefined;
}

/**
 * How a value is put.
 *
 * @example
 * ```ts
 * const options: KeyPutOptions = { expiresAtMs: Date.now() + 60_000 };
 * await notes.put('a', 'text', options);
 * ```
 */
export interface KeyPutOptions extends KeyDeleteOptions {
  /** When the key expires, in milliseconds since 1970; never if absent. */
  expiresAtMs?: number | null | undefined;
}

/**
 * Which keys are scanned, and how. All that is given counts.
 *
 * @example
 * ```ts
 * const options: ScanOptions = { prefix: '2026/', order: 'descending', limit: 10 };
 * for await (const { key, value } of notes.scan(options)) console.log(key, value);
 * ```
 */
export interface ScanOptions extends CallOptions {
  /** Only keys that begin with it. */
  prefix?: Octets | null | undefined;
  /** The first key. */
  start?: Octets | null | undefined;
  /** The key before which it ends. */
  end?: Octets | null | undefined;
  /** Only what comes after this key, in the order of the scan. */
  startAfter?: Octets | null | undefined;
  /** In which order; `ascending` if absent. */
  order?: 'ascending' | 'descending' | null | undefined;
  /** The most keys. */
  limit?: number | null | undefined;
}

/**
 * A key and its value.
 *
 * @example
 * ```ts
 * for await (const entry of notes.scan()) {
 *   const { key, value }: ScanEntry = entry;
 *   console.log(key, value);
 * }
 * ```
 */
export interface ScanEntry {
  /** The key. */
  readonly key: OwnBytes;
  /** The value. */
  readonly value: OwnBytes;
  /** The revision of the key's last change. */
  readonly revision: number;
  /** When the key expires, in milliseconds since 1970, if it does. */
  readonly expiresAtMs: number | undefined;
}

/**
 * A key and what is known of it without reading its value.
 *
 * @example
 * ```ts
 * for await (const entry of notes.scanKeys()) {
 *   const { key, size }: ScanKey = entry;
 *   console.log(key, size);
 * }
 * ```
 */
export interface ScanKey {
  /** The key. */
  readonly key: OwnBytes;
  /** The length of the value, in bytes. */
  readonly size: number;
  /** The revision of the key's last change. */
  readonly revision: number;
  /** When the key expires, in milliseconds since 1970, if it does. */
  readonly expiresAtMs: number | undefined;
}

/**
 * Which changes are followed.
 *
 * @example
 * ```ts
 * const options: WatchOptions = { prefix: '2026/', since: 7 };
 * for await (const { kind, key } of notes.watch(options)) console.log(kind, key);
 * ```
 */
export interface WatchOptions extends CallOptions {
  /** Only those of keys that begin with it. */
  prefix?: Octets | null | undefined;
  /** Those after this revision, 0 for all that are kept; those from now on if absent. */
  since?: number | null | undefined;
}

/**
 * A change.
 *
 * @example
 * ```ts
 * for await (const event of notes.watch()) {
 *   const { kind, key, revision }: WatchEvent = event;
 *   console.log(kind, key, revision);
 * }
 * ```
 */
export interface WatchEvent {
  /** The revision that it made. */
  readonly revision: number;
  /**
   * What happened: the key got a value, it went, its expiry changed, or all keys that began with it begin
   * with another prefix.
   */
  readonly kind: 'put' | 'delete' | 'expire' | 'rename';
  /** The key; of a rename the prefix. */
  readonly key: OwnBytes;
  /** Of a rename the other prefix. */
  readonly to: OwnBytes | undefined;
}

/**
 * What a scan or a watch gives, one after another. Leaving a `for await` loop ends it and releases what it
 * holds.
 *
 * @example
 * ```ts
 * const keys: EngineIteration<ScanKey> = notes.scanKeys();
 * for await (const { key } of keys) console.log(key);
 * ```
 */
export interface EngineIteration<T> extends AsyncIterableIterator<T>, AsyncDisposable {
  /**
   * The next one. Calls take turns.
   *
   * @example
   * ```ts
   * const { done, value } = await notes.scan().next();
   * ```
   */
  next(): Promise<IteratorResult<T, undefined>>;
  /**
   * Waits until it is open, and fails as `next` would. It is opened when it is made; who has to know waits
   * here.
   *
   * @example
   * ```ts
   * const changes = notes.watch({ since: 7 });
   * await changes.ready();
   * ```
   */
  ready(): Promise<void>;
  /**
   * Ends it, also while a call of `next` waits.
   *
   * @example
   * ```ts
   * const changes = notes.watch();
   * await changes.return();
   * ```
   */
  return(): Promise<IteratorResult<T, undefined>>;
  /**
   * Itself.
   *
   * @example
   * ```ts
   * for await (const { key } of notes.scan()) console.log(key);
   * ```
   */
  [Symbol.asyncIterator](): EngineIteration<T>;
}
