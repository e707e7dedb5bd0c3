/// <reference lib="es2022" />

import '../platform.js';
import type { CallOptions, TransferOptions } from '../call.js';
import type { Octets } from './call.js';
import type { CompareOptions, Compared, TrackedState, Tracking, VerifiedState } from './state.js';
import type {
  EngineIteration,
  EngineValue,
  KeyDeleteOptions,
  KeyInfo,
  KeyPutOptions,
  ScanEntry,
  ScanKey,
  ScanOptions,
  WatchEvent,
  WatchOptions,
} from './values.js';

/**
 * One ordered key space of an engine. Keys are 0 to 65,536 bytes, in the order of bytes; values are up to
 * 1 GiB at once, which the module has in its memory while they are put or read. A write is durable when its
 * promise is fulfilled, unless its options say otherwise.
 * After `outcome-unknown` only opening the engine again tells whether a write was applied, after any other
 * error it was not.
 *
 * @example
 * ```ts
 * const notes = await engine.namespace('notes');
 * await notes.put('2026/may/rain', 'umbrella');
 * ```
 */
export class Namespace {
  private constructor();
  /**
   * The value of a key, checked, or nothing. `store-corrupt` if it is damaged, `platform` if the module's memory
   * has no room for it: `getRange` needs that of the part alone.
   *
   * @example
   * ```ts
   * const found = await notes.get('a');
   * ```
   */
  get(key: Octets, options?: CallOptions): Promise<EngineValue | undefined>;
  /**
   * What is known of a key without reading its value.
   *
   * @example
   * ```ts
   * const info = await notes.info('a');
   * console.log(info?.size);
   * ```
   */
  info(key: Octets, options?: CallOptions): Promise<KeyInfo | undefined>;
  /**
   * Keys and values in order, as they are when this is called, whatever is written meanwhile.
   *
   * @example
   * ```ts
   * for await (const { key, value } of notes.scan({ prefix: '2026/' })) console.log(key, value);
   * ```
   */
  scan(options?: ScanOptions): EngineIteration<ScanEntry>;
  /**
   * Keys in order, as they are when this is called. No value is read.
   *
   * @example
   * ```ts
   * for await (const { key, size } of notes.scanKeys()) console.log(key, size);
   * ```
   */
  scanKeys(options?: ScanOptions): EngineIteration<ScanKey>;
  /**
   * Up to `length` bytes of a value from `offset` on; fewer where it ends first. `range-past-end` if it ends
   * before `offset`.
   *
   * @example
   * ```ts
   * const part = await notes.getRange('film', 1_000_000, 65_536);
   * ```
   */
  getRange(
    key: Octets,
    offset: number,
    length: number,
    options?: CallOptions,
  ): Promise<EngineValue | undefined>;
  /**
   * Puts a value. Its revision. `invalid-argument` if it has more than 1 GiB, `platform` if the module's memory
   * has no room for it.
   *
   * @example
   * ```ts
   * const revision = await notes.put('a', 'text', { precondition: 'absent' });
   * ```
   */
  put(key: Octets, value: Octets, options?: KeyPutOptions): Promise<number>;
  /**
   * Deletes a key. Whether there was one. A disk that is full takes deletions too.
   *
   * @example
   * ```ts
   * if (await notes.delete('a')) console.log('gone');
   * ```
   */
  delete(key: Octets, options?: KeyDeleteOptions): Promise<boolean>;
  /**
   * Lets a key expire at a time, in milliseconds since 1970. Whether there is such a key.
   *
   * @example
   * ```ts
   * await notes.expireAt('a', Date.now() + 60_000);
   * ```
   */
  expireAt(key: Octets, ms: number, options?: CallOptions): Promise<boolean>;
  /**
   * Removes the expiry of a key. Whether there is such a key.
   *
   * @example
   * ```ts
   * await notes.persist('a');
   * ```
   */
  persist(key: Octets, options?: CallOptions): Promise<boolean>;
  /**
   * Renames all keys that begin with `from`, at once and by one record of the log. Whether there was any.
   * `precondition-failed` if a key begins with `to` already.
   *
   * @example
   * ```ts
   * await notes.renamePrefix('drafts/', 'letters/');
   * ```
   */
  renamePrefix(from: Octets, to: Octets, options?: CallOptions): Promise<boolean>;
  /**
   * The length in bytes of the longest key that `key` begins with, if there is one.
   *
   * @example
   * ```ts
   * const length = await notes.longestPrefix('2026/may/rain');
   * ```
   */
  longestPrefix(key: Octets, options?: CallOptions): Promise<number | undefined>;
  /**
   * How many keys there are, expired ones that were not purged yet included.
   *
   * @example
   * ```ts
   * console.log(await notes.length());
   * ```
   */
  length(options?: CallOptions): Promise<number>;
  /**
   * The namespace as it is now, whatever happens to it later. Takes constant time and memory.
   *
   * @example
   * ```ts
   * using before = await notes.snapshot();
   * ```
   */
  snapshot(options?: CallOptions): Promise<NamespaceSnapshot>;
  /**
   * Follows changes, each once, ascending by revision; without `since` those from now on. It has no end but
   * an error: `cursor-expired` if it fell behind what is kept (take a snapshot, then watch since its
   * revision), `closed` with the engine, `namespace-dropped`. It does not keep a process from ending.
   *
   * @example
   * ```ts
   * for await (const { kind, key } of notes.watch({ prefix: '2026/' })) console.log(kind, key);
   * ```
   */
  watch(options?: WatchOptions): EngineIteration<WatchEvent>;
  /**
   * Keeps a hash of all rows from here on, or no more. Whether that is a change. Rows that are there already
   * are counted bit by bit, by the engine itself or by {@link Namespace.backfill}.
   *
   * @example
   * ```ts
   * await notes.track('buckets');
   * await notes.backfill();
   * ```
   */
  track(tracking: Tracking, options?: CallOptions): Promise<boolean>;
  /**
   * What is known of the rows, all changes so far included; nothing if the namespace is not tracked.
   *
   * @example
   * ```ts
   * const state = await notes.trackedState();
   * console.log(state?.partition.checksum());
   * ```
   */
  trackedState(options?: CallOptions): Promise<TrackedState | undefined>;
  /**
   * Counts the rows that were there before the namespace was tracked, until all are counted. Progress is
   * rows; between some of them others have their turn. Cancelled, what was counted stays so.
   *
   * @example
   * ```ts
   * await notes.backfill({ onProgress: ({ done, total }) => console.log(done, total) });
   * ```
   */
  backfill(options?: TransferOptions): Promise<void>;
  /**
   * Reads all rows and compares them with what was counted. Progress is rows; between some of them others
   * have their turn. `invalid-argument` if the namespace is not tracked.
   *
   * @example
   * ```ts
   * const { difference } = await notes.verifyState({ signal: AbortSignal.timeout(60_000) });
   * ```
   */
  verifyState(options?: TransferOptions): Promise<VerifiedState>;
  /**
   * Compares with a namespace of the same name of another engine. Nothing is read if the hashes are the same;
   * if both are tracked in buckets, of the buckets that differ alone. `invalid-argument` if the names differ
   * or not all rows of both are counted.
   *
   * @example
   * ```ts
   * const { differences, first } = await notes.compare(others);
   * ```
   */
  compare(other: Namespace, options?: CompareOptions): Promise<Compared>;
}

/**
 * A namespace at one revision. What it needs is kept on the disk until it is closed.
 *
 * @example
 * ```ts
 * using snapshot = await notes.snapshot();
 * console.log(snapshot.revision);
 * ```
 */
export class NamespaceSnapshot implements Disposable {
  private constructor();
  /**
   * The revision of the last change that it sees.
   *
   * @example
   * ```ts
   * console.log((await notes.snapshot()).revision);
   * ```
   */
  get revision(): number;
  /**
   * The value of a key, checked, or nothing. `store-corrupt` if it is damaged, `platform` if the module's memory
   * has no room for it.
   *
   * @example
   * ```ts
   * const found = await snapshot.get('a');
   * ```
   */
  get(key: Octets, options?: CallOptions): Promise<EngineValue | undefined>;
  /**
   * What is known of a key without reading its value.
   *
   * @example
   * ```ts
   * const info = await snapshot.info('a');
   * console.log(info?.size);
   * ```
   */
  info(key: Octets, options?: CallOptions): Promise<KeyInfo | undefined>;
  /**
   * Keys and values in order, as they are when this is called, whatever is written meanwhile.
   *
   * @example
   * ```ts
   * for await (const { key, value } of snapshot.scan({ prefix: '2026/' })) console.log(key, value);
   * ```
   */
  scan(options?: ScanOptions): EngineIteration<ScanEntry>;
  /**
   * Keys in order, as they are when this is called. No value is read.
   *
   * @example
   * ```ts
   * for await (const { key, size } of snapshot.scanKeys()) console.log(key, size);
   * ```
   */
  scanKeys(options?: ScanOptions): EngineIteration<ScanKey>;
  /**
   * Lets go of it.
   *
   * @example
   * ```ts
   * snapshot.close();
   * ```
   */
  close(): void;
  /**
   * The same as `close`, for `using`.
   *
   * @example
   * ```ts
   * using before = await notes.snapshot();
   * ```
   */
  [Symbol.dispose](): void;
}
