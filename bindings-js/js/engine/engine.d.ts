/// <reference lib="es2022" />

import '../platform.js';
import type { CallOptions, TransferOptions } from '../call.js';
import type { Octets } from './call.js';
import type { EngineConfig } from './config.js';
import type { EngineStats, Vacuum, Verified, VerifyOptions } from './health.js';
import type { Namespace, NamespaceSnapshot } from './namespace.js';
import type { CompareOptions, ComparedEngines, VerifiedStates } from './state.js';
import type { Durability, KeyDeleteOptions, KeyPutOptions } from './values.js';

/**
 * How a namespace is made, if there is none.
 *
 * @example
 * ```ts
 * const options: NamespaceOptions = { separatedBytesMin: 4096 };
 * const films = await engine.namespace('films', options);
 * ```
 */
export interface NamespaceOptions extends CallOptions {
  /** From which size on its values have files of their own, in bytes; that of the engine if absent. */
  separatedBytesMin?: number | null | undefined;
}

/**
 * How a batch is committed.
 *
 * @example
 * ```ts
 * const options: CommitOptions = { durability: 'sync' };
 * await changes.commit(options);
 * ```
 */
export interface CommitOptions extends CallOptions {
  /** When it is acknowledged; `group` if absent. */
  durability?: Durability | null | undefined;
}

/**
 * The embedded engine: an ordered, crash-safe key-value store, in memory or in a directory. It encrypts
 * nothing.
 * Calls run where they are made. The long ones let others run in between; what is between two such turns may
 * take some time, as a large value or a segment of the log does. An app that minds has the engine in a worker.
 *
 * @example
 * ```ts
 * await using engine = await Engine.open('/srv/notes');
 * const notes = await engine.namespace('notes');
 * ```
 */
export class Engine implements AsyncDisposable {
  private constructor();
  /**
   * A new engine in memory, which goes with its last handle.
   *
   * @example
   * ```ts
   * const engine = await Engine.memory();
   * ```
   */
  static memory(config?: EngineConfig, options?: CallOptions): Promise<Engine>;
  /**
   * The engine in the directory `path`, which is made if it is missing, its ancestors too. To read only there
   * must be an engine.
   * In Node on Linux (with `flock` of util-linux), macOS and the BSDs; elsewhere it fails with `platform`.
   * `store-locked` if somebody has it open, in this process or another, in whatever language; `store-corrupt`
   * if what is there is damaged: `recovery` may help.
   *
   * @example
   * ```ts
   * const engine = await Engine.open('/srv/notes');
   * ```
   */
  static open(path: string, config?: EngineConfig, options?: CallOptions): Promise<Engine>;
  /**
   * The namespace of this name, which is made if there is none. Names are 1 to 64 characters of
   * `[A-Za-z0-9_-]`.
   *
   * @example
   * ```ts
   * const notes = await engine.namespace('notes');
   * ```
   */
  namespace(name: string, options?: NamespaceOptions): Promise<Namespace>;
  /**
   * The names of the namespaces, ascending.
   *
   * @example
   * ```ts
   * console.log(await engine.namespaces());
   * ```
   */
  namespaces(options?: CallOptions): Promise<string[]>;
  /**
   * Drops a namespace with all its keys, durably. Whether there was one.
   *
   * @example
   * ```ts
   * await engine.dropNamespace('notes');
   * ```
   */
  dropNamespace(name: string, options?: CallOptions): Promise<boolean>;
  /**
   * A batch of changes of any namespaces.
   *
   * @example
   * ```ts
   * const changes = engine.batch();
   * ```
   */
  batch(): EngineBatch;
  /**
   * All namespaces as they are now, at one revision.
   *
   * @example
   * ```ts
   * using all = await engine.snapshot();
   * ```
   */
  snapshot(options?: CallOptions): Promise<EngineSnapshot>;
  /**
   * The revision of the last change.
   *
   * @example
   * ```ts
   * const revision = await engine.revision();
   * ```
   */
  revision(options?: CallOptions): Promise<number>;
  /**
   * What the engine holds and has done.
   *
   * @example
   * ```ts
   * const { keys } = await engine.stats();
   * ```
   */
  stats(options?: CallOptions): Promise<EngineStats>;
  /**
   * Makes everything that was written so far durable.
   *
   * @example
   * ```ts
   * await notes.put('a', 'text', { durability: 'none' });
   * await engine.sync();
   * ```
   */
  sync(options?: CallOptions): Promise<void>;
  /**
   * Whether a sync has anything to do.
   *
   * @example
   * ```ts
   * if (await engine.needsSync()) await engine.sync();
   * ```
   */
  needsSync(options?: CallOptions): Promise<boolean>;
  /**
   * Writes a checkpoint, so that opening has nothing to replay, and deletes what nothing needs. Whether there
   * was anything to do.
   *
   * @example
   * ```ts
   * await engine.checkpoint();
   * ```
   */
  checkpoint(options?: CallOptions): Promise<boolean>;
  /**
   * Does a piece of the work that the engine does by itself. Whether there is more to be done.
   *
   * @example
   * ```ts
   * while (await engine.maintain()) console.log('more');
   * ```
   */
  maintain(options?: CallOptions): Promise<boolean>;
  /**
   * Gives back the space of what is dead in the log. How many bytes were written anew.
   *
   * @example
   * ```ts
   * console.log(await engine.compact(), 'bytes written anew');
   * ```
   */
  compact(options?: CallOptions): Promise<number>;
  /**
   * Deletes values that no key names, as a crash may leave them.
   *
   * @example
   * ```ts
   * const { values } = await engine.vacuum();
   * ```
   */
  vacuum(options?: CallOptions): Promise<Vacuum>;
  /**
   * Removes keys that have expired: they are out of reach anyway. How many there were.
   *
   * @example
   * ```ts
   * await engine.purgeExpired();
   * ```
   */
  purgeExpired(options?: CallOptions): Promise<number>;
  /**
   * Checks everything there is: the index, each record and value, headers, footers and accounts.
   *
   * @example
   * ```ts
   * const { findings, first } = await engine.verify();
   * if (findings > 0) console.log(first);
   * ```
   */
  verify(options?: VerifyOptions): Promise<Verified>;
  /**
   * Reads all rows of the tracked namespaces and compares them with what was counted of them. Progress is rows.
   *
   * @example
   * ```ts
   * const { differing, backfilling } = await engine.verifyState();
   * ```
   */
  verifyState(options?: TransferOptions): Promise<VerifiedStates>;
  /**
   * Compares with another engine, namespace by namespace. Of equal ones nothing is read.
   *
   * @example
   * ```ts
   * const { missing, notCounted, differences, first } = await engine.compare(replica);
   * ```
   */
  compare(other: Engine, options?: CompareOptions): Promise<ComparedEngines>;
  /**
   * Checkpoints, closes all files and releases the directory. Everything of the engine fails with `closed`
   * then. After another error than `cancelled` it is closed too, and what was acknowledged is as safe as ever.
   *
   * @example
   * ```ts
   * await engine.close();
   * ```
   */
  close(options?: CallOptions): Promise<void>;
  /**
   * The same as `close`, for `await using`.
   *
   * @example
   * ```ts
   * await using engine = await Engine.memory();
   * ```
   */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Changes of namespaces of one engine that are seen, logged and recovered together or not at all: at most
 * 100,000. A batch is committed once, whatever the outcome: then to add to it or to commit it fails with
 * `closed`. What is put is copied at once.
 *
 * @example
 * ```ts
 * await engine.batch().put(notes, 'a', 'text').delete(notes, 'b').commit();
 * ```
 */
export class EngineBatch implements Disposable {
  private constructor();
  /**
   * Adds a put. A precondition must hold before the first change of the batch.
   *
   * @example
   * ```ts
   * changes.put(notes, 'a', 'text');
   * ```
   */
  put(namespace: Namespace, key: Octets, value: Octets, options?: KeyPutOptions): this;
  /**
   * Adds a delete.
   *
   * @example
   * ```ts
   * changes.delete(notes, 'a');
   * ```
   */
  delete(namespace: Namespace, key: Octets, options?: KeyDeleteOptions): this;
  /**
   * How many changes were added; 0 once it is committed.
   *
   * @example
   * ```ts
   * console.log(changes.length);
   * ```
   */
  get length(): number;
  /**
   * Applies all of it. The revision of its last change. `precondition-failed` if a condition does not hold,
   * `invalid-argument` if there is too much or namespaces are of another engine: then nothing is applied.
   *
   * @example
   * ```ts
   * const revision = await changes.commit();
   * ```
   */
  commit(options?: CommitOptions): Promise<number>;
  /**
   * Drops the changes that were not committed.
   *
   * @example
   * ```ts
   * changes.close();
   * ```
   */
  close(): void;
  /**
   * The same as `close`, for `using`.
   *
   * @example
   * ```ts
   * using batch = engine.batch();
   * await batch.put(notes, 'a', 'text').commit();
   * ```
   */
  [Symbol.dispose](): void;
}

/**
 * All namespaces at one revision. What it needs is kept on the disk until it is closed.
 *
 * @example
 * ```ts
 * using all = await engine.snapshot();
 * console.log(all.namespaces());
 * ```
 */
export class EngineSnapshot implements Disposable {
  private constructor();
  /**
   * The revision of the last change that it sees.
   *
   * @example
   * ```ts
   * console.log((await engine.snapshot()).revision);
   * ```
   */
  get revision(): number;
  /**
   * The names of the namespaces there were, ascending.
   *
   * @example
   * ```ts
   * console.log((await engine.snapshot()).namespaces());
   * ```
   */
  namespaces(): string[];
  /**
   * A namespace of that time, if there was one of this name.
   *
   * @example
   * ```ts
   * using all = await engine.snapshot();
   * using old = all.namespace('notes');
   * ```
   */
  namespace(name: string): NamespaceSnapshot | undefined;
  /**
   * Lets go of it.
   *
   * @example
   * ```ts
   * const all = await engine.snapshot();
   * all.close();
   * ```
   */
  close(): void;
  /**
   * The same as `close`, for `using`.
   *
   * @example
   * ```ts
   * using all = await engine.snapshot();
   * ```
   */
  [Symbol.dispose](): void;
}
