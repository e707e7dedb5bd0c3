/// <reference lib="es2022" />

import '../platform.js';
import type { CallOptions, OwnBytes } from '../call.js';
import type { Partition } from './partitions.js';

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
 * const { rows, isBackfilling, difference }: VerifiedState = await notes.verifyState();
 * console.log(rows, isBackfilling ? 'not counted yet' : difference ? 'differs' : 'the same');
 * ```
 */
export interface VerifiedState {
  /** The revision at which both were looked at. */
  readonly revision: number;
  /** How many rows were read. */
  readonly rows: number;
  /**
   * Whether not all rows are counted yet. Then only those that are were read, which may be none, and the
   * namespace is not verified.
   */
  readonly isBackfilling: boolean;
  /** Where the rows are not those that were counted; nothing if they are. */
  readonly difference: StateDifference | undefined;
}

/**
 * What full scans of all tracked namespaces have found.
 *
 * @example
 * ```ts
 * const { rows, differing, backfilling }: VerifiedStates = await engine.verifyState();
 * console.log(rows, differing + backfilling === 0 ? 'the same' : 'not the same, or not known');
 * ```
 */
export interface VerifiedStates {
  /** How many rows were read. */
  readonly rows: number;
  /** Of how many namespaces the rows are not those that were counted. */
  readonly differing: number;
  /** Of how many not all rows are counted yet. */
  readonly backfilling: number;
  /** What was found of each that is tracked, in the order of their names. */
  readonly namespaces: VerifiedNamespace[];
}

/**
 * What a full scan of one of the namespaces has found.
 *
 * @example
 * ```ts
 * const { namespaces } = await engine.verifyState();
 * for (const { name, state } of namespaces as VerifiedNamespace[]) console.log(name, state.rows);
 * ```
 */
export interface VerifiedNamespace {
  /** Its name. */
  readonly name: string;
  /** What was found. */
  readonly state: VerifiedState;
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
 * How two namespaces, or two engines, are compared.
 *
 * @example
 * ```ts
 * const options: CompareOptions = { firstMax: 10 };
 * await notes.compare(others, options);
 * ```
 */
export interface CompareOptions extends CallOptions {
  /** How much of what differs is given: at most 10,000; 1,000 if absent. */
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
 * What a comparison of engines has looked at and found.
 *
 * @example
 * ```ts
 * const { missing, notCounted, differences }: ComparedEngines = await engine.compare(replica);
 * console.log(missing + notCounted + differences === 0 ? 'the same' : 'not the same, or not known');
 * ```
 */
export interface ComparedEngines {
  /** How many namespaces were compared. */
  readonly namespaces: number;
  /** How many only one of the two has. */
  readonly missing: number;
  /** How many could not be compared: one of the two does not track them, or has not counted all rows yet. */
  readonly notCounted: number;
  /** How many rows differ. */
  readonly differences: number;
  /** How many rows were read: none where the hashes are the same. */
  readonly rowsRead: number;
  /** The first of what differs, in the order of namespaces and of keys, no further once the keys have 8 MiB. */
  readonly first: NamespaceDifference[];
}

/**
 * In what a namespace of two engines differs.
 *
 * @example
 * ```ts
 * const { first } = await engine.compare(replica);
 * for (const { kind, namespace, row } of first as NamespaceDifference[]) console.log(kind, namespace, row?.key);
 * ```
 */
export interface NamespaceDifference {
  /** Whether one of the two alone has it, it could not be compared, or it differs in a row. */
  readonly kind: 'onlyFirst' | 'onlySecond' | 'notCounted' | 'row';
  /** Its name. */
  readonly namespace: string;
  /** The row, if it is one. */
  readonly row: RowDifference | undefined;
}
