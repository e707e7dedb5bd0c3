/// <reference lib="es2022" />

import './platform.js';
import type { Batch } from './batch.js';
import type { ByteStream, Bytes, CallOptions, OwnBytes, TransferOptions } from './call.js';
import type { Credential, VaultConfig } from './config.js';
import type { EntryInfo, Metadata, PutOptions } from './entry.js';
import type { Snapshot, Tree } from './reading.js';
import type { BlobStore, CustomStore } from './store.js';

/**
 * An open vault: an encrypted tree of directories and files in a store. Calls may run concurrently; puts
 * that overlap share one commit. A change is durable when its promise is fulfilled, unless it was
 * deferred or made in a batch. A failed or cancelled change leaves the vault as it was.
 *
 * @example
 * ```ts
 * const vault = await Vault.open(store, credential);
 * await vault.put('letters/first.txt', 'Dear diary');
 * await vault.close();
 * ```
 */
export class Vault implements AsyncDisposable {
  private constructor();
  /**
   * Makes a vault in an empty store. Fails with `vault-exists` if there is one, and with
   * `conditional-put-unsupported` if the store does not honour conditions.
   *
   * @example
   * ```ts
   * const vault = await Vault.create(BlobStore.memory(), Credential.secret(generateSecret()));
   * ```
   */
  static create(
    store: BlobStore | CustomStore,
    credential: Credential,
    config?: VaultConfig | null,
    options?: CallOptions,
  ): Promise<Vault>;
  /**
   * Draws up a new vault. Nothing is stored before {@link NewVault.create}, so that its words can be shown
   * or kept first.
   *
   * @example
   * ```ts
   * const prepared = await Vault.prepare(credential);
   * console.log('write this down:', prepared.recoveryPhrase());
   * const vault = await prepared.create(store);
   * ```
   */
  static prepare(
    credential: Credential,
    config?: VaultConfig | null,
    options?: CallOptions,
  ): Promise<NewVault>;
  /**
   * Opens the vault in the store. Fails with `vault-not-found`, `wrong-key`, `wrong-passphrase` or
   * `passphrase-too-costly`.
   *
   * @example
   * ```ts
   * const vault = await Vault.open(store, credential);
   * ```
   */
  static open(
    store: BlobStore | CustomStore,
    credential: Credential,
    config?: VaultConfig | null,
    options?: CallOptions,
  ): Promise<Vault>;

  /**
   * Creates or replaces the file at `path`. Parents are made as needed. A string is stored as UTF-8, a stream
   * in bounded memory.
   *
   * @example
   * ```ts
   * await vault.put('a.txt', 'text');
   * await vault.put('film.mp4', new Blob(['film']), { contentType: 'video/mp4' });
   * const { body } = await fetch('/film.mp4');
   * if (body) await vault.put('copy.mp4', body);
   * ```
   */
  put(path: string, content: string | Bytes | ByteStream, options?: PutOptions): Promise<EntryInfo>;
  /**
   * Creates or replaces the file at `path` from a stream of any length, in bounded memory.
   *
   * @example
   * ```ts
   * await vault.putStream('lines.txt', (async function* () {
   *   for (let line = 0; line < 1_000_000; line++) yield `${line}\n`;
   * })());
   * ```
   */
  putStream(path: string, content: ByteStream, options?: PutOptions): Promise<EntryInfo>;

  /**
   * Makes the directory at `path` and its parents, unless they exist.
   *
   * @example
   * ```ts
   * await vault.mkdir('letters/2026');
   * ```
   */
  mkdir(path: string, options?: CallOptions): Promise<void>;
  /**
   * Removes the file or empty directory at `path`.
   *
   * @example
   * ```ts
   * await vault.remove('a.txt');
   * ```
   */
  remove(path: string, options?: CallOptions): Promise<void>;
  /**
   * Removes what is at `path` with all below it, in one commit.
   *
   * @example
   * ```ts
   * await vault.removeAll('letters');
   * ```
   */
  removeAll(path: string, options?: CallOptions): Promise<void>;
  /**
   * Moves a file or a whole directory in one commit. A file replaces a file.
   *
   * @example
   * ```ts
   * await vault.rename('letters', 'archive/letters');
   * ```
   */
  rename(from: string, to: string, options?: CallOptions): Promise<void>;
  /**
   * Copies a file or a whole directory in one commit; no content is sent again.
   *
   * @example
   * ```ts
   * await vault.copy('letters', 'backup/letters');
   * ```
   */
  copy(from: string, to: string, options?: CallOptions): Promise<void>;
  /**
   * Replaces the metadata of an entry; its content stays.
   *
   * @example
   * ```ts
   * await vault.setMetadata('a.txt', { contentType: 'text/plain', modifiedMs: new Date() });
   * ```
   */
  setMetadata(path: string, metadata: Metadata, options?: CallOptions): Promise<void>;

  /**
   * Makes every deferred change durable.
   *
   * @example
   * ```ts
   * await vault.put('a.txt', 'text', { deferred: true });
   * await vault.flush();
   * ```
   */
  flush(options?: TransferOptions): Promise<void>;
  /**
   * Whether deferred changes wait for a flush.
   *
   * @example
   * ```ts
   * if (vault.needsFlush()) await vault.flush();
   * ```
   */
  needsFlush(): boolean;
  /**
   * A batch: changes that are committed together or not at all.
   *
   * @example
   * ```ts
   * using batch = vault.batch();
   * await batch.put('a.txt', 'text');
   * await batch.commit();
   * ```
   */
  batch(): Batch;
  /**
   * The state of the whole vault at this moment.
   *
   * @example
   * ```ts
   * using snapshot = await vault.snapshot();
   * await vault.removeAll('letters');
   * console.log(await snapshot.list('letters'));
   * ```
   */
  snapshot(options?: CallOptions): Promise<Snapshot>;
  /**
   * The link of the directory at `path` as it is now: 56 bytes with which {@link SharedDirectory.open}
   * reads it and all below it. Nothing if the directory is empty.
   *
   * @example
   * ```ts
   * const link = await vault.link('letters');
   * if (link) console.log((await SharedDirectory.open(store, link)).list());
   * ```
   */
  link(path: string, options?: CallOptions): Promise<OwnBytes | undefined>;
  /**
   * Looks for other writers' commits.
   *
   * @example
   * ```ts
   * await vault.refresh();
   * ```
   */
  refresh(options?: CallOptions): Promise<void>;
  /**
   * Figures of the vault and of what this session has written.
   *
   * @example
   * ```ts
   * const { contentBytes, commits } = vault.stats();
   * ```
   */
  stats(): VaultStats;
  /**
   * Commits what is pending and closes the vault. Does nothing the second time.
   *
   * @example
   * ```ts
   * await vault.close();
   * ```
   */
  close(options?: CallOptions): Promise<void>;
  /**
   * The same as `close`, for `await using`.
   *
   * @example
   * ```ts
   * {
   *   await using vault = await Vault.open(store, credential);
   *   await vault.put('a.txt', 'text');
   * }
   * ```
   */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A vault is read as a {@link Tree} whose newest state each call sees.
 *
 * @example
 * ```ts
 * const { size } = await vault.stat('a.txt');
 * ```
 */
export interface Vault extends Tree {}

/**
 * A new vault before its first byte is stored, from {@link Vault.prepare}.
 *
 * @example
 * ```ts
 * const prepared: NewVault = await Vault.prepare(credential);
 * ```
 */
export class NewVault implements Disposable {
  private constructor();
  /**
   * The 24 words that will open the vault without a passphrase.
   *
   * @example
   * ```ts
   * const prepared = await Vault.prepare(credential);
   * console.log(prepared.recoveryPhrase());
   * ```
   */
  recoveryPhrase(): string;
  /**
   * Stores the vault in an empty store. Fails as {@link Vault.create} does. After `store-unavailable`,
   * `outcome-unknown` or `cancelled` the vault may be there: called again, this finds and opens it.
   *
   * @example
   * ```ts
   * const prepared = await Vault.prepare(credential);
   * const vault = await prepared.create(store);
   * ```
   */
  create(store: BlobStore | CustomStore, options?: CallOptions): Promise<Vault>;
  /**
   * Releases it. Vaults that were made of it stay open.
   *
   * @example
   * ```ts
   * const prepared = await Vault.prepare(credential);
   * prepared.close();
   * ```
   */
  close(): void;
  /**
   * The same as `close`, for `using`.
   *
   * @example
   * ```ts
   * using prepared = await Vault.prepare(credential);
   * const vault = await prepared.create(store);
   * ```
   */
  [Symbol.dispose](): void;
}

/**
 * Figures of an open vault.
 *
 * @example
 * ```ts
 * const stats: VaultStats = vault.stats();
 * console.log(stats.contentRequests, stats.contentBytes);
 * ```
 */
export interface VaultStats {
  /** How many commits the vault has seen in its life, by any writer, as far as this session knows. */
  readonly sequence: number;
  /** Operations that are committed and not yet written into directory nodes. */
  readonly tailOperations: number;
  /** The size of a chunk. */
  readonly chunkBytes: number;
  /**
   * The time of the last commit of another session that this one has read, in milliseconds since 1970, if it was
   * more than 5 minutes ahead of this device's clock then: one of the two clocks is wrong.
   */
  readonly futureCommitMs: number | undefined;
  /** Root puts, and packs that hold nodes only. */
  readonly indexRequests: number;
  /** Bytes of roots and of directory nodes. */
  readonly indexBytes: number;
  /** Packs that hold content. */
  readonly contentRequests: number;
  /** Bytes of content in packs. */
  readonly contentBytes: number;
  /** Commits that took effect. */
  readonly commits: number;
  /** Commits that wrote directory nodes. */
  readonly spills: number;
  /** Commits that lost a race and were repeated. */
  readonly conflicts: number;
}
