/// <reference lib="es2022" />

import './platform.js';
import type { ByteStream, Bytes, TransferOptions } from './call.js';
import type { Metadata, PutOptions } from './entry.js';

/**
 * Changes that are committed together or not at all. Nothing of a batch is seen before its commit;
 * closing it drops the changes. A batch is committed once, whatever the outcome.
 *
 * @example
 * ```ts
 * using batch = vault.batch();
 * for (let day = 1; day <= 31; day++) await batch.put(`diary/${day}.txt`, 'nothing happened');
 * await batch.commit();
 * ```
 */
export class Batch implements Disposable {
  private constructor();
  /**
   * Creates or replaces the file at `path`.
   *
   * @example
   * ```ts
   * await batch.put('a.txt', 'text', { contentType: 'text/plain' });
   * ```
   */
  put(path: string, content: string | Bytes | ByteStream, options?: PutOptions): Promise<void>;
  /**
   * Creates or replaces the file at `path` from a stream.
   *
   * @example
   * ```ts
   * await batch.putStream('lines.txt', ['one\n', 'two\n']);
   * ```
   */
  putStream(path: string, content: ByteStream, options?: PutOptions): Promise<void>;
  /**
   * Makes the directory at `path` unless it exists.
   *
   * @example
   * ```ts
   * batch.mkdir('letters');
   * ```
   */
  mkdir(path: string): void;
  /**
   * Removes the file or empty directory at `path`.
   *
   * @example
   * ```ts
   * batch.remove('a.txt');
   * ```
   */
  remove(path: string): void;
  /**
   * Removes what is at `path` with all below it.
   *
   * @example
   * ```ts
   * batch.removeAll('letters');
   * ```
   */
  removeAll(path: string): void;
  /**
   * Moves a file or a directory.
   *
   * @example
   * ```ts
   * batch.rename('a.txt', 'b.txt');
   * ```
   */
  rename(from: string, to: string): void;
  /**
   * Copies a file or a directory.
   *
   * @example
   * ```ts
   * batch.copy('a.txt', 'b.txt');
   * ```
   */
  copy(from: string, to: string): void;
  /**
   * Replaces the metadata of an entry.
   *
   * @example
   * ```ts
   * batch.setMetadata('a.txt', { contentType: 'text/plain' });
   * ```
   */
  setMetadata(path: string, metadata: Metadata): void;
  /**
   * How many changes the batch holds.
   *
   * @example
   * ```ts
   * if (batch.length > 0) await batch.commit();
   * ```
   */
  get length(): number;
  /**
   * Makes all changes durable in one commit. If one of them cannot be done, none is.
   *
   * @example
   * ```ts
   * await batch.commit({ onProgress: ({ done }) => console.log(done) });
   * ```
   */
  commit(options?: TransferOptions): Promise<void>;
  /**
   * Drops the changes that were not committed.
   *
   * @example
   * ```ts
   * batch.close();
   * ```
   */
  close(): void;
  /**
   * The same as `close`, for `using`.
   *
   * @example
   * ```ts
   * using batch = vault.batch();
   * batch.mkdir('letters');
   * await batch.commit();
   * ```
   */
  [Symbol.dispose](): void;
}
