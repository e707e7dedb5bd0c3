/// <reference lib="es2022" />

import '../platform.js';
import type { CallOptions, OwnBytes } from '../call.js';
import type { SealwoodError } from '../error.js';

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
