/// <reference lib="es2022" />

import '../platform.js';
import type { Bytes, OwnBytes } from '../call.js';
import type { Octets } from './call.js';

/**
 * Where rows belong, and with which secret they are hashed. The name is part of every element: the same row
 * in two domains is two elements.
 *
 * @example
 * ```ts
 * const users = new Domain('users');
 * ```
 */
export class Domain implements Disposable {
  /**
   * The domain of a name of up to 255 bytes. Anybody can compute its elements.
   *
   * @example
   * ```ts
   * const users = new Domain('users');
   * ```
   */
  constructor(name: Octets);
  /**
   * The domain of a name under a secret of 32 bytes: who does not know it can neither guess rows from a hash
   * nor make rows for one.
   *
   * @example
   * ```ts
   * const users = Domain.keyed(secret, 'users');
   * ```
   */
  static keyed(secret: Bytes, name: Octets): Domain;
  /**
   * The name.
   *
   * @example
   * ```ts
   * console.log(new Domain('users').name);
   * ```
   */
  get name(): OwnBytes;
  /**
   * Whether there is a secret.
   *
   * @example
   * ```ts
   * console.log(new Domain('users').isKeyed);
   * ```
   */
  get isKeyed(): boolean;
  /**
   * Wipes and frees it.
   *
   * @example
   * ```ts
   * const users = Domain.keyed(secret, 'users');
   * users.close();
   * ```
   */
  close(): void;
  /**
   * The same as `close`, for `using`.
   *
   * @example
   * ```ts
   * using users = Domain.keyed(secret, 'users');
   * ```
   */
  [Symbol.dispose](): void;
}

/**
 * A row: its key and its value.
 *
 * @example
 * ```ts
 * const rows: Row[] = [['ada', '1815'], ['grace', '1906']];
 * new LtHash().addBatch(new Domain('users'), rows);
 * ```
 */
export type Row = readonly [key: Octets, value: Octets];

/**
 * The hash of a set of rows, which follows every change in constant time: 1,024 numbers of 16 bits, each the
 * sum of those of the rows' elements. Order does not matter, and the hash of two sets together is the sum of
 * their hashes. `docs/LTHASH.md` of the repository says what equality proves.
 * A row that is added twice counts twice, and one that is removed without having been added leaves a hash
 * that no set has.
 *
 * @example
 * ```ts
 * using users = new Domain('users');
 * using hash = new LtHash().add(users, 'ada', '1815').add(users, 'grace', '1906');
 * console.log(hash.checksum());
 * ```
 */
export class LtHash implements Disposable {
  /**
   * The hash of no rows.
   *
   * @example
   * ```ts
   * const hash = new LtHash();
   * ```
   */
  constructor();
  /**
   * The hash of no rows.
   *
   * @example
   * ```ts
   * const hash = LtHash.identity();
   * ```
   */
  static identity(): LtHash;
  /**
   * The hash that `encode` gave. `hash-length` unless there are 2,048 bytes.
   *
   * @example
   * ```ts
   * const hash = LtHash.decode(new Uint8Array(2048));
   * ```
   */
  static decode(bytes: Bytes): LtHash;
  /**
   * Adds a row.
   *
   * @example
   * ```ts
   * hash.add(domain, 'ada', '1815');
   * ```
   */
  add(domain: Domain, key: Octets, value: Octets): this;
  /**
   * Removes a row that was added before.
   *
   * @example
   * ```ts
   * hash.remove(domain, 'ada', '1815');
   * ```
   */
  remove(domain: Domain, key: Octets, value: Octets): this;
  /**
   * Adds many rows, several times as fast as one by one.
   *
   * @example
   * ```ts
   * hash.addBatch(domain, [['ada', '1815'], ['grace', '1906']]);
   * ```
   */
  addBatch(domain: Domain, rows: Iterable<Row>): this;
  /**
   * Removes many rows.
   *
   * @example
   * ```ts
   * hash.removeBatch(domain, [['ada', '1815'], ['grace', '1906']]);
   * ```
   */
  removeBatch(domain: Domain, rows: Iterable<Row>): this;
  /**
   * Adds a message as it is, without a domain, as the hash of other implementations does.
   *
   * @example
   * ```ts
   * hash.addRaw('a message');
   * ```
   */
  addRaw(message: Octets): this;
  /**
   * Removes such a message.
   *
   * @example
   * ```ts
   * hash.removeRaw('a message');
   * ```
   */
  removeRaw(message: Octets): this;
  /**
   * Adds all rows of another hash.
   *
   * @example
   * ```ts
   * hash.merge(new LtHash());
   * ```
   */
  merge(other: LtHash): this;
  /**
   * Removes all rows of another hash.
   *
   * @example
   * ```ts
   * hash.subtract(new LtHash());
   * ```
   */
  subtract(other: LtHash): this;
  /**
   * Whether it is the hash of no rows, in constant time.
   *
   * @example
   * ```ts
   * console.log(hash.isIdentity());
   * ```
   */
  isIdentity(): boolean;
  /**
   * Whether both are the same, in constant time.
   *
   * @example
   * ```ts
   * console.log(hash.equals(new LtHash()));
   * ```
   */
  equals(other: LtHash): boolean;
  /**
   * Its 2,048 bytes.
   *
   * @example
   * ```ts
   * const bytes = hash.encode();
   * ```
   */
  encode(): OwnBytes;
  /**
   * The 32 bytes of its BLAKE3 hash, to show and to compare.
   *
   * @example
   * ```ts
   * const bytes = hash.checksum();
   * ```
   */
  checksum(): OwnBytes;
  /**
   * The same in a handle of its own.
   *
   * @example
   * ```ts
   * const before = hash.copy();
   * ```
   */
  copy(): LtHash;
  /**
   * Frees it.
   *
   * @example
   * ```ts
   * hash.close();
   * ```
   */
  close(): void;
  /**
   * The same as `close`, for `using`.
   *
   * @example
   * ```ts
   * using sum = new LtHash();
   * ```
   */
  [Symbol.dispose](): void;
}

/**
 * The bucket of a key, 0 to 255.
 *
 * @example
 * ```ts
 * console.log(bucketOf('ada'));
 * ```
 */
export function bucketOf(key: Octets): number;
