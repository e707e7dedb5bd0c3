/// <reference lib="es2022" />

import '../platform.js';
import type { CallOptions, OwnBytes } from '../call.js';
import type { Octets } from './call.js';
import type { Partition } from './partitions.js';
import type { SealwoodError } from '../error.js';

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
 * When a write is acknowledged: at once, durable after the next sync, whoever asks for it (`none`); once a
 * sync has covered it that may be shared with other writers (`group`); once one has that begins now (`sync`).
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

/**
 * Whether a hash of all rows of a namespace is kept: not (`off`), one of 2 KiB (`whole`), or one for each of
 * 256 buckets of keys, of which those with rows take 2 KiB each (`buckets`): so that a difference is found by
 * reading one row in 256.
 *
 * @example
 * ```ts
 * const tracking: Tracking = 'buckets';
 * await notes.track(tracking);
 * ```
 */
export type Tracking = 'off' | 'whole' | 'buckets';

/**
 * What is known of the rows of a tracked namespace.
 *
 * @example
 * ```ts
 * const state: TrackedState | undefined = await notes.trackedState();
 * console.log(state?.partition.state, state?.partition.rows);
 * ```
 */
export interface TrackedState {
  /** Changes up to this revision are counted, later ones are not. */
  readonly revision: number;
  /** What is counted, under the name of the namespace. Close it. */
  readonly partition: Partition;
}

/**
 * What a full scan of a tracked namespace has found.
 *
 * @example
 * ```ts
 * const { rows, difference }: VerifiedState = await notes.verifyState();
 * console.log(rows, difference ? 'differs' : 'the same');
 * ```
 */
export interface VerifiedState {
  /** The revision at which both were looked at. */
  readonly revision: number;
  /** How many rows were read. */
  readonly rows: number;
  /** Where the rows are not those that were counted; nothing if they are. */
  readonly difference: StateDifference | undefined;
}

/**
 * Where the rows of a namespace are not those that were counted.
 *
 * @example
 * ```ts
 * const { difference } = await notes.verifyState();
 * const where: StateDifference | undefined = difference;
 * ```
 */
export interface StateDifference {
  /** In these of the 256 buckets, ascending; nothing if it is somewhere. */
  readonly buckets: number[] | undefined;
}

/**
 * How two namespaces are compared.
 *
 * @example
 * ```ts
 * const options: CompareOptions = { firstMax: 10 };
 * await notes.compare(others, options);
 * ```
 */
export interface CompareOptions extends CallOptions {
  /** How many of the rows that differ are given: at most 10,000; 1,000 if absent. */
  firstMax?: number | null | undefined;
}

/**
 * What a comparison has looked at and found.
 *
 * @example
 * ```ts
 * const { differences, rowsRead, first }: Compared = await notes.compare(others);
 * console.log(differences, rowsRead, first);
 * ```
 */
export interface Compared {
  /** How many rows differ. */
  readonly differences: number;
  /** How many rows were read: none where the hashes are the same. */
  readonly rowsRead: number;
  /** The first of them in the order of their keys, and no further ones once these have 8 MiB. */
  readonly first: RowDifference[];
}

/**
 * A row in which two namespaces differ.
 *
 * @example
 * ```ts
 * const { first } = await notes.compare(others);
 * for (const { kind, key } of first as RowDifference[]) console.log(kind, key);
 * ```
 */
export interface RowDifference {
  /** Whether one of the two alone has it, or both with different values. */
  readonly kind: 'onlyFirst' | 'onlySecond' | 'value';
  /** Its key. */
  readonly key: OwnBytes;
}

/**
 * How an engine is checked.
 *
 * @example
 * ```ts
 * const options: VerifyOptions = { firstMax: 10 };
 * await engine.verify(options);
 * ```
 */
export interface VerifyOptions extends CallOptions {
  /** How much of what is wrong is given: at most 10,000; 1,000 if absent. */
  firstMax?: number | null | undefined;
}

/**
 * What was checked, and what is wrong.
 *
 * @example
 * ```ts
 * const { keys, findings, first }: Verified = await engine.verify();
 * console.log(keys, findings, first);
 * ```
 */
export interface Verified {
  /** How many keys were checked. */
  readonly keys: number;
  /** How many bytes of values. */
  readonly valueBytes: number;
  /** How much is wrong. */
  readonly findings: number;
  /** The first of it. */
  readonly first: Finding[];
}

/**
 * Something that is wrong with an engine.
 *
 * @example
 * ```ts
 * const { first } = await engine.verify();
 * const [finding]: Finding[] = first;
 * console.log(finding?.kind, finding?.error.message);
 * ```
 */
export interface Finding {
  /** What it means; `other` is of a later release. */
  readonly kind:
    | 'value'
    | 'log'
    | 'tornEnd'
    | 'header'
    | 'footer'
    | 'checkpoint'
    | 'index'
    | 'accounts'
    | 'unnamedValue'
    | 'other';
  /** Whether it is damage, and not what a crash leaves. */
  readonly isDamage: boolean;
  /** The namespace it is about, where it is known. */
  readonly namespace: string | undefined;
  /** The key it is about. */
  readonly key: OwnBytes | undefined;
  /** What is wrong. */
  readonly error: SealwoodError;
}

/**
 * Values that no key named.
 *
 * @example
 * ```ts
 * const { values, valueBytes }: Vacuum = await engine.vacuum();
 * console.log(values, valueBytes);
 * ```
 */
export interface Vacuum {
  /** How many there were. */
  readonly values: number;
  /** Their length, in bytes. */
  readonly valueBytes: number;
}

/**
 * What an engine holds now, and counts since it was opened. All sizes are in bytes.
 *
 * @example
 * ```ts
 * const { keys, logDiskBytes }: EngineStats = await engine.stats();
 * console.log(keys, logDiskBytes);
 * ```
 */
export interface EngineStats {
  /** The revision of the last change. */
  readonly revision: number;
  /** The last revision that is durable. */
  readonly durableRevision: number;
  /** Keys of all namespaces, expired ones that were not purged yet included. */
  readonly keys: number;
  /** Namespaces. */
  readonly namespaces: number;
  /** Segments of the log. */
  readonly segments: number;
  /** What the segments take. */
  readonly logDiskBytes: number;
  /** What of that is records that the index names. */
  readonly logLiveBytes: number;
  /** What the index takes in memory. */
  readonly indexBytes: number;
  /** What of that the next checkpoint has to write. */
  readonly dirtyBytes: number;
  /** How much log opening would have to replay. */
  readonly logSinceCheckpoint: number;
  /** Snapshots, scans and the like that keep files from being deleted. */
  readonly leases: number;
  /** Bytes that writers have appended to the log. */
  readonly logBytesWritten: number;
  /** Bytes of separated values that were written. */
  readonly valueBytesWritten: number;
  /** Bytes that compaction has written anew. */
  readonly relocatedBytes: number;
  /** Syncs of the log. */
  readonly logSyncs: number;
  /** Checkpoints that were published. */
  readonly checkpointsPublished: number;
}
