/// <reference lib="es2022" />

import '../platform.js';
import type { Bytes, OwnBytes } from '../call.js';
import type { Octets } from './call.js';
import type { LtHash, Row } from './hash.js';

/**
 * How closely a partition is hashed: one hash for all (`whole`: 2 KiB), or one for each of 256 buckets of
 * keys (`buckets`), of which those with rows take 2 KiB each.
 *
 * @example
 * ```ts
 * const detail: Detail = 'buckets';
 * partitions.create('users', detail);
 * ```
 */
export type Detail = 'whole' | 'buckets';

/**
 * A named part of some data, as it was when it was asked for, and what is known of it.
 *
 * @example
 * ```ts
 * using users = partitions.partition('users');
 * console.log(users?.state, users?.rows);
 * ```
 */
export class Partition implements Disposable {
  private constructor();
  /**
   * Its name.
   *
   * @example
   * ```ts
   * console.log(partition.name);
   * ```
   */
  get name(): OwnBytes;
  /**
   * How far its rows are counted: not at all, up to some key, all.
   *
   * @example
   * ```ts
   * console.log(partition.state);
   * ```
   */
  get state(): 'absent' | 'backfilling' | 'valid';
  /**
   * Of a backfill the last key that was counted; nothing before the first.
   *
   * @example
   * ```ts
   * console.log(partition.cursor);
   * ```
   */
  get cursor(): OwnBytes | undefined;
  /**
   * How closely it is hashed.
   *
   * @example
   * ```ts
   * console.log(partition.detail);
   * ```
   */
  get detail(): Detail;
  /**
   * How many rows are counted, where that is known.
   *
   * @example
   * ```ts
   * console.log(partition.rows);
   * ```
   */
  get rows(): number | undefined;
  /**
   * How many bytes their keys and values have, where that is known.
   *
   * @example
   * ```ts
   * console.log(partition.bytes);
   * ```
   */
  get bytes(): number | undefined;
  /**
   * The hash of its rows. `state-not-valid` unless all are counted.
   *
   * @example
   * ```ts
   * const all = partition.hash();
   * ```
   */
  hash(): LtHash;
  /**
   * The 32 bytes of the checksum of its hash. `state-not-valid` unless all are counted.
   *
   * @example
   * ```ts
   * const checksum = partition.checksum();
   * ```
   */
  checksum(): OwnBytes;
  /**
   * The numbers of the buckets that have rows, ascending; none without buckets.
   *
   * @example
   * ```ts
   * console.log(partition.buckets());
   * ```
   */
  buckets(): number[];
  /**
   * Its record at a version of the data, for {@link PartitionedLtHash.restore}.
   *
   * @example
   * ```ts
   * const record = partition.encode(7);
   * ```
   */
  encode(version: number): OwnBytes;
  /**
   * Frees it.
   *
   * @example
   * ```ts
   * partition.close();
   * ```
   */
  close(): void;
  /**
   * The same as `close`, for `using`.
   *
   * @example
   * ```ts
   * using users = partitions.partition('users');
   * ```
   */
  [Symbol.dispose](): void;
}

/**
 * A row before and after a change.
 *
 * @example
 * ```ts
 * const change: RowChange = { key: 'ada', before: '1815', after: '1816' };
 * partitions.apply('users', [change]);
 * ```
 */
export interface RowChange {
  /** Its key. */
  key: Octets;
  /** Its value until now; nothing if there was no such row. */
  before?: Octets | null | undefined;
  /** Its value from now on; nothing if there is no such row any more. */
  after?: Octets | null | undefined;
}

/**
 * Where two states differ.
 *
 * @example
 * ```ts
 * for (const { place, buckets } of partitions.differences(theirs) as Difference[]) {
 *   console.log(place, buckets);
 * }
 * ```
 */
export interface Difference {
  /** The name of the partition. */
  readonly partition: OwnBytes;
  /** Whether one of the two alone has it, or where in it they differ. */
  readonly place: 'onlyFirst' | 'onlySecond' | 'somewhere' | 'buckets';
  /** The buckets that differ, where both have buckets. */
  readonly buckets: number[] | undefined;
}

/**
 * The partitions of some data. Their hash is the sum of the partitions' hashes. A name there is no partition
 * of is an `invalid-argument`.
 *
 * @example
 * ```ts
 * using state = new PartitionedLtHash();
 * state.create('users', 'buckets');
 * state.apply('users', [{ key: 'ada', after: '1815' }]);
 * console.log(state.checksum());
 * ```
 */
export class PartitionedLtHash implements Disposable {
  /**
   * A state without partitions, whose elements anybody can compute.
   *
   * @example
   * ```ts
   * const state = new PartitionedLtHash();
   * ```
   */
  constructor();
  /**
   * A state without partitions, whose elements are made with a secret of 32 bytes.
   *
   * @example
   * ```ts
   * const state = PartitionedLtHash.keyed(secret);
   * ```
   */
  static keyed(secret: Bytes): PartitionedLtHash;
  /**
   * Makes a partition that is known to have no rows. `partition-exists` if the name is taken.
   *
   * @example
   * ```ts
   * partitions.create('users', 'whole');
   * ```
   */
  create(name: Octets, detail: Detail): void;
  /**
   * Takes a partition up from its record, under the name that it had. The version of the data it was stored
   * at. `other-partition` if the name is another, `malformed` if it is no record, `partition-exists` if the name
   * is taken.
   *
   * @example
   * ```ts
   * const version = partitions.restore('users', partition.encode(7));
   * ```
   */
  restore(name: Octets, record: Bytes): number;
  /**
   * Drops a partition. Whether there was one.
   *
   * @example
   * ```ts
   * partitions.remove('users');
   * ```
   */
  remove(name: Octets): boolean;
  /**
   * The names of the partitions, ascending.
   *
   * @example
   * ```ts
   * console.log(partitions.names());
   * ```
   */
  names(): OwnBytes[];
  /**
   * A partition as it is now.
   *
   * @example
   * ```ts
   * using users = partitions.partition('users');
   * ```
   */
  partition(name: Octets): Partition | undefined;
  /**
   * Follows changes of rows: all of them, or those up to the cursor of a backfill. `no-such-row` if more is
   * removed than there is: then nothing is changed.
   *
   * @example
   * ```ts
   * partitions.apply('users', [{ key: 'ada', before: '1815' }]);
   * ```
   */
  apply(name: Octets, changes: Iterable<RowChange>): void;
  /**
   * Begins to count the rows of a partition that was made before, from the first on: those that are there
   * already.
   *
   * @example
   * ```ts
   * partitions.beginBackfill('users', 'buckets');
   * ```
   */
  beginBackfill(name: Octets, detail: Detail): void;
  /**
   * Counts the next rows of a backfill, in ascending order of their keys. `rows-not-ascending` if they are
   * not.
   *
   * @example
   * ```ts
   * partitions.backfill('users', [['ada', '1815']]);
   * ```
   */
  backfill(name: Octets, rows: Iterable<Row>): void;
  /**
   * Ends a backfill that has met all rows.
   *
   * @example
   * ```ts
   * partitions.finishBackfill('users');
   * ```
   */
  finishBackfill(name: Octets): void;
  /**
   * Forgets all that is known of a partition.
   *
   * @example
   * ```ts
   * partitions.forget('users');
   * ```
   */
  forget(name: Octets): void;
  /**
   * The hash of all rows. `state-not-valid` unless all rows of all partitions are counted.
   *
   * @example
   * ```ts
   * const all = partitions.hash();
   * ```
   */
  hash(): LtHash;
  /**
   * The 32 bytes of its checksum.
   *
   * @example
   * ```ts
   * const checksum = partitions.checksum();
   * ```
   */
  checksum(): OwnBytes;
  /**
   * Where another state differs from this one, in the order of the partitions' names; nothing if both are of
   * the same rows.
   *
   * @example
   * ```ts
   * console.log(partitions.differences(theirs));
   * ```
   */
  differences(other: PartitionedLtHash): Difference[];
  /**
   * Frees it.
   *
   * @example
   * ```ts
   * partitions.close();
   * ```
   */
  close(): void;
  /**
   * The same as `close`, for `using`.
   *
   * @example
   * ```ts
   * using state = new PartitionedLtHash();
   * ```
   */
  [Symbol.dispose](): void;
}
