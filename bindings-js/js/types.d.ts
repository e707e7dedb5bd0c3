/// <reference lib="es2022" />
/// <reference lib="esnext.disposable" />

import type { BlobStore, CustomStore } from './store.js';

export * from './error.js';
export * from './store.js';

/** Where the WebAssembly module comes from. */
export type WasmSource =
  | string
  | URL
  | Response
  | WebAssembly.Module
  | ArrayBuffer
  | ArrayBufferView;

/** How far a call is, in bytes. */
export interface Progress {
  /** Bytes done. Never falls; ends at `total`. */
  readonly done: number;
  /** Bytes in all, where that is known. */
  readonly total: number | undefined;
}

/** What every call takes. */
export interface CallOptions {
  /** Cancels the call, which then fails with the code `cancelled` and the signal's reason as its cause. */
  signal?: AbortSignal | null | undefined;
}

/** What a call takes that moves bytes. */
export interface TransferOptions extends CallOptions {
  /** Hears of progress. If it throws, the call is cancelled and what was thrown is the error's cause. */
  onProgress?: ((progress: Progress) => void) | null | undefined;
}

/** What an app attaches to an entry. */
export interface Metadata {
  /** The media type, at most 255 bytes. */
  contentType?: string | null | undefined;
  /** Free pairs, at most 4,096 bytes of keys and values. */
  metadata?: Readonly<Record<string, string>> | null | undefined;
  /**
   * The modification time in whole milliseconds since 1970, negative before; what a `Date` can hold, up to
   * 8,640,000,000,000,000 away from it. Now by this device's clock if absent.
   */
  modifiedMs?: number | null | undefined;
}

/** How a put is done. */
export interface PutOptions extends Metadata, TransferOptions {
  /** Whether the change may wait for the next {@link Vault.flush} or durable change to become durable. */
  deferred?: boolean | undefined;
  /** The size of a stream in bytes, for progress; that of a `Blob` is known. */
  sizeHint?: number | null | undefined;
}

/** How a content is streamed. */
export interface StreamOptions extends TransferOptions {
  /** The first byte. Goes together with `end`; without both, all bytes. */
  start?: number | null | undefined;
  /** The byte after the last. */
  end?: number | null | undefined;
}

/** Which part of a sorted listing to give. */
export interface ListOptions extends CallOptions {
  /** Start after this name, whether it (still) exists or not: the `next` of the page before. */
  after?: string | null | undefined;
  /** The most entries to give, 1 to 10,000; 1,000 if absent. */
  limit?: number | null | undefined;
}

/** Bytes in memory. They must not change before the call they are given to is settled. */
export type Bytes = ArrayBufferView | ArrayBuffer;

/** Bytes that come piece by piece. A string stands for its UTF-8. */
export type ByteStream =
  | ReadableStream<Bytes | string>
  | AsyncIterable<Bytes | string>
  | Iterable<Bytes | string>
  | Blob;

/** A file or a directory. */
export interface EntryInfo {
  /** Where it is. The top directory has the empty path. */
  readonly path: string;
  /** The last segment of the path. */
  readonly name: string;
  /** What it is. */
  readonly kind: 'file' | 'directory';
  /**
   * The size of the content in bytes; 0 for a directory. `Number.MAX_SAFE_INTEGER` stands for that and more.
   */
  readonly size: number;
  /** When it was last modified, in milliseconds since 1970, negative before; `new Date` takes each of them. */
  readonly modifiedMs: number;
  /** The media type the app gave it. */
  readonly contentType: string | undefined;
  /** What else the app attached to it. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** One page of a sorted listing. */
export interface ListPage {
  /** Entries ascending by the bytes of their names. */
  readonly entries: EntryInfo[];
  /** Where the next page starts: the `after` of the next call. Nothing at the end. */
  readonly next: string | undefined;
}

/** Entries, one after another. Leaving a `for await` loop stops the listing. */
export interface Listing extends AsyncIterableIterator<EntryInfo>, AsyncDisposable {
  next(): Promise<IteratorResult<EntryInfo, undefined>>;
  /** Stops the listing, also while a call of `next` waits. */
  return(): Promise<IteratorResult<EntryInfo, undefined>>;
  [Symbol.asyncIterator](): Listing;
}

/** What a vault is opened with. It is wiped when closed. */
export class Credential implements Disposable {
  private constructor();
  /** The 32 bytes of the root secret, kept by the app. Wipe your copy when you are done. */
  static secret(secret: Bytes): Credential;
  /** The 24 words of the root secret, as a string or as its UTF-8. */
  static phrase(words: string | Bytes): Credential;
  /** A passphrase of 1 to 1,024 bytes, as a string or as its UTF-8, which can be wiped. */
  static passphrase(passphrase: string | Bytes): Credential;
  /** Wipes it. Vaults that were opened with it stay open. */
  close(): void;
  [Symbol.dispose](): void;
}

/** How a vault is created and held in memory. All of it is optional. */
export interface VaultConfig {
  /** The size of a chunk for a new vault: a power of two from 128 KiB to 16 MiB. */
  chunkBytes?: number | null | undefined;
  /** The cost of guessing the passphrase of a new vault. */
  kdf?: KdfConfig | null | undefined;
  /**
   * What a passphrase may cost, in opening and in creating: its memory, and its work (memory times
   * passes). Beyond it, `passphrase-too-costly`. By default 4 times the cost of a new vault's.
   */
  kdfCeiling?: KdfCeiling | null | undefined;
  /** About how many bytes of directory nodes stay in memory. */
  memoryBudgetBytes?: number | null | undefined;
  /** The most bytes one pack holds. */
  packBytesMax?: number | null | undefined;
}

/** The cost of Argon2id: from 19,456 KiB and 2 passes on. */
export interface KdfConfig {
  memoryKib?: number | null | undefined;
  passes?: number | null | undefined;
  lanes?: number | null | undefined;
}

/** The most that Argon2id may cost. */
export interface KdfCeiling {
  memoryKib?: number | null | undefined;
  passes?: number | null | undefined;
}

/** A tree of directories and files to read from. Paths are brought to canonical form (Unicode NFC). */
export interface Tree {
  /** The entry at `path`. The empty path is the top directory. */
  stat(path: string, options?: CallOptions): Promise<EntryInfo>;
  /** Whether there is an entry at `path`. */
  exists(path: string, options?: CallOptions): Promise<boolean>;
  /** The whole content of the file at `path`. */
  get(path: string, options?: TransferOptions): Promise<Uint8Array>;
  /** The bytes from `start` to before `end`. Fails with `range-past-end` if it ends past the content. */
  getRange(
    path: string,
    start: number,
    end: number,
    options?: TransferOptions,
  ): Promise<Uint8Array>;
  /**
   * The content of the file at `path`, or a part of it, a chunk at a time in bounded memory. Each piece
   * was checked before it is given out. Nothing is read that is not asked for; cancelling the stream
   * ends what is under way.
   */
  getStream(path: string, options?: StreamOptions): Promise<ReadableStream<Uint8Array>>;
  /** A sorted page of the entries of the directory at `path`. */
  list(path: string, options?: ListOptions): Promise<ListPage>;
  /** All entries of the directory at `path`, in an order of their own, read as they are asked for. */
  entries(path: string, options?: CallOptions): Listing;
  /** Every entry below `path`, each directory before what it holds. */
  entriesRecursive(path: string, options?: CallOptions): Listing;
}

/**
 * An open vault: an encrypted tree of directories and files in a store. Calls may run concurrently; puts
 * that overlap share one commit. A change is durable when its promise is fulfilled, unless it was
 * deferred or made in a batch. A failed or cancelled change leaves the vault as it was.
 */
export class Vault implements Tree, AsyncDisposable {
  private constructor();
  /**
   * Makes a vault in an empty store. Fails with `vault-exists` if there is one, and with
   * `conditional-put-unsupported` if the store does not honour conditions.
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
   */
  static prepare(
    credential: Credential,
    config?: VaultConfig | null,
    options?: CallOptions,
  ): Promise<NewVault>;
  /** Opens the vault in the store. Fails with `vault-not-found`, `wrong-key`, `wrong-passphrase` or `passphrase-too-costly`. */
  static open(
    store: BlobStore | CustomStore,
    credential: Credential,
    config?: VaultConfig | null,
    options?: CallOptions,
  ): Promise<Vault>;

  /** Creates or replaces the file at `path`. Parents are made as needed. A string is stored as UTF-8. */
  put(path: string, content: string | Bytes | Blob, options?: PutOptions): Promise<EntryInfo>;
  /** Creates or replaces the file at `path` from a stream of any length, in bounded memory. */
  putStream(path: string, content: ByteStream, options?: PutOptions): Promise<EntryInfo>;

  stat(path: string, options?: CallOptions): Promise<EntryInfo>;
  exists(path: string, options?: CallOptions): Promise<boolean>;
  get(path: string, options?: TransferOptions): Promise<Uint8Array>;
  getRange(
    path: string,
    start: number,
    end: number,
    options?: TransferOptions,
  ): Promise<Uint8Array>;
  getStream(path: string, options?: StreamOptions): Promise<ReadableStream<Uint8Array>>;
  list(path: string, options?: ListOptions): Promise<ListPage>;
  entries(path: string, options?: CallOptions): Listing;
  entriesRecursive(path: string, options?: CallOptions): Listing;

  /** Makes the directory at `path` and its parents, unless they exist. */
  mkdir(path: string, options?: CallOptions): Promise<void>;
  /** Removes the file or empty directory at `path`. */
  remove(path: string, options?: CallOptions): Promise<void>;
  /** Removes what is at `path` with all below it, in one commit. */
  removeAll(path: string, options?: CallOptions): Promise<void>;
  /** Moves a file or a whole directory in one commit. A file replaces a file. */
  rename(from: string, to: string, options?: CallOptions): Promise<void>;
  /** Copies a file or a whole directory in one commit; no content is sent again. */
  copy(from: string, to: string, options?: CallOptions): Promise<void>;
  /** Replaces the metadata of an entry; its content stays. */
  setMetadata(path: string, metadata: Metadata, options?: CallOptions): Promise<void>;

  /** Makes every deferred change durable. */
  flush(options?: TransferOptions): Promise<void>;
  /** Whether deferred changes wait for a flush. */
  needsFlush(): boolean;
  /** A batch: changes that are committed together or not at all. */
  batch(): Batch;
  /** The state of the whole vault at this moment. */
  snapshot(options?: CallOptions): Promise<Snapshot>;
  /**
   * The link of the directory at `path` as it is now: 56 bytes with which {@link SharedDirectory.open}
   * reads it and all below it. Nothing if the directory is empty.
   */
  link(path: string, options?: CallOptions): Promise<Uint8Array | undefined>;
  /** Looks for other writers' commits. */
  refresh(options?: CallOptions): Promise<void>;
  /** Figures of the vault and of what this session has written. */
  stats(): VaultStats;
  /** The 24 words that open this vault without a passphrase. */
  recoveryPhrase(): string;
  /** Commits what is pending and closes the vault. Does nothing the second time. */
  close(options?: CallOptions): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A new vault before its first byte is stored, from {@link Vault.prepare}. */
export class NewVault implements Disposable {
  private constructor();
  /** The 24 words that will open the vault without a passphrase. */
  recoveryPhrase(): string;
  /**
   * Stores the vault in an empty store. Fails as {@link Vault.create} does. After `store-unavailable`,
   * `outcome-unknown` or `cancelled` the vault may be there: called again, this finds and opens it.
   */
  create(store: BlobStore | CustomStore, options?: CallOptions): Promise<Vault>;
  /** Lets go of it. Vaults that were made of it stay open. */
  close(): void;
  [Symbol.dispose](): void;
}

/** Figures of an open vault. */
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

/**
 * Changes that are committed together or not at all. Nothing of a batch is seen before its commit;
 * closing it drops the changes. A batch is committed once, whatever the outcome.
 */
export class Batch implements Disposable {
  private constructor();
  /** Creates or replaces the file at `path`. */
  put(path: string, content: string | Bytes | Blob, options?: PutOptions): Promise<void>;
  /** Creates or replaces the file at `path` from a stream. */
  putStream(path: string, content: ByteStream, options?: PutOptions): Promise<void>;
  /** Makes the directory at `path` unless it exists. */
  mkdir(path: string): void;
  /** Removes the file or empty directory at `path`. */
  remove(path: string): void;
  /** Removes what is at `path` with all below it. */
  removeAll(path: string): void;
  /** Moves a file or a directory. */
  rename(from: string, to: string): void;
  /** Copies a file or a directory. */
  copy(from: string, to: string): void;
  /** Replaces the metadata of an entry. */
  setMetadata(path: string, metadata: Metadata): void;
  /** How many changes the batch holds. */
  get length(): number;
  /** Makes all changes durable in one commit. If one of them cannot be done, none is. */
  commit(options?: TransferOptions): Promise<void>;
  /** Drops the changes that were not committed. */
  close(): void;
  [Symbol.dispose](): void;
}

/** One state of a vault or of a shared directory. Later changes, by anyone, do not show. */
export class Snapshot implements Tree, Disposable {
  private constructor();
  stat(path: string, options?: CallOptions): Promise<EntryInfo>;
  exists(path: string, options?: CallOptions): Promise<boolean>;
  get(path: string, options?: TransferOptions): Promise<Uint8Array>;
  getRange(
    path: string,
    start: number,
    end: number,
    options?: TransferOptions,
  ): Promise<Uint8Array>;
  getStream(path: string, options?: StreamOptions): Promise<ReadableStream<Uint8Array>>;
  list(path: string, options?: ListOptions): Promise<ListPage>;
  entries(path: string, options?: CallOptions): Listing;
  entriesRecursive(path: string, options?: CallOptions): Listing;
  /** Lets go of the state. */
  close(): void;
  [Symbol.dispose](): void;
}

/** Directories handed over as links. */
export const SharedDirectory: {
  /** Opens the directory that `link` names, in a store that may be read-only. Its paths start there. */
  open(store: BlobStore | CustomStore, link: Bytes): Promise<Snapshot>;
};

/** The version of the library. */
export function version(): string;
/** A new root secret: 32 random bytes. */
export function generateSecret(): Uint8Array;
/** The 24 words of a root secret, for paper. */
export function phraseOfSecret(secret: Bytes): string;
/** The 32 bytes behind 24 words. */
export function secretOfPhrase(phrase: string | Bytes): Uint8Array;

/**
 * Runs the conformance suite against a store, below a prefix under which it has no objects, and gives the
 * number of promises kept. Fails with `store-failed`, whose message names the first that is not. It writes
 * about 1,100 objects and 20 MB and removes them again.
 */
export function checkStore(
  store: BlobStore | CustomStore,
  prefix: string,
  options?: CallOptions,
): Promise<number>;

/** How much a log message matters. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/**
 * Passes log messages up to `level` to `logger` from now on, or to nobody. No message holds a path, a
 * name, a key or a secret.
 */
export function setLogger(
  level: LogLevel,
  logger?: ((level: LogLevel, message: string) => void) | null | undefined,
): void;
