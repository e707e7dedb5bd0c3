/// <reference lib="es2022" />

import './platform.js';
import type { BlobStore, CustomStore } from './store.js';

export * from './error.js';
export * from './store.js';

/**
 * Where the WebAssembly module comes from.
 *
 * @example
 * ```ts
 * const source: WasmSource = new URL('https://cdn.example/sealwood.wasm');
 * await init(source);
 * ```
 */
export type WasmSource =
  | string
  | URL
  | Response
  | WebAssembly.Module
  | ArrayBuffer
  | ArrayBufferView;

/**
 * How far a call is, in bytes.
 *
 * @example
 * ```ts
 * const percent = ({ done, total }: Progress) => (total ? Math.floor((100 * done) / total) : undefined);
 * ```
 */
export interface Progress {
  /** Bytes done. Never falls; ends at `total`. */
  readonly done: number;
  /** Bytes in all, where that is known. */
  readonly total: number | undefined;
}

/**
 * What every call takes. An option that a call does not know is refused with `invalid-argument`.
 *
 * @example
 * ```ts
 * const options: CallOptions = { signal: AbortSignal.timeout(10_000) };
 * await vault.refresh(options);
 * ```
 */
export interface CallOptions {
  /** Cancels the call, which then fails with the code `cancelled` and the signal's reason as its cause. */
  signal?: AbortSignal | null | undefined;
}

/**
 * What a call takes that moves bytes.
 *
 * @example
 * ```ts
 * const options: TransferOptions = { onProgress: ({ done }) => console.log(done) };
 * const bytes = await vault.get('a.bin', options);
 * ```
 */
export interface TransferOptions extends CallOptions {
  /** Hears of progress. If it throws, the call is cancelled and what was thrown is the error's cause. */
  onProgress?: ((progress: Progress) => void) | null | undefined;
}

/**
 * What an app attaches to an entry.
 *
 * @example
 * ```ts
 * const metadata: Metadata = { contentType: 'image/png', metadata: { album: 'summer' } };
 * await vault.setMetadata('a.png', metadata);
 * ```
 */
export interface Metadata {
  /** The media type, at most 255 bytes. */
  contentType?: string | null | undefined;
  /** Free pairs, at most 4,096 bytes of keys and values. */
  metadata?: Readonly<Record<string, string>> | null | undefined;
  /**
   * The modification time, as a `Date` or in milliseconds since 1970, negative before, whose fraction is cut
   * off; what a `Date` can hold, up to 8,640,000,000,000,000 away from it. Now by this device's clock if absent.
   */
  modifiedMs?: Date | number | null | undefined;
}

/**
 * How a put is done.
 *
 * @example
 * ```ts
 * const options: PutOptions = { contentType: 'text/plain', modifiedMs: new Date(), deferred: true };
 * await vault.put('a.txt', 'text', options);
 * ```
 */
export interface PutOptions extends Metadata, TransferOptions {
  /** Whether the change may wait for the next {@link Vault.flush} or durable change to become durable. */
  deferred?: boolean | undefined;
  /** The size of a stream in bytes, for progress; that of a `Blob` is known. */
  sizeHint?: number | null | undefined;
}

/**
 * How a content is streamed.
 *
 * @example
 * ```ts
 * const options: StreamOptions = { start: 1_000_000 };
 * const rest = await vault.getStream('film.mp4', options);
 * ```
 */
export interface StreamOptions extends TransferOptions {
  /** The first byte; that of the content if absent. */
  start?: number | null | undefined;
  /** The byte after the last; if absent, all bytes to the end of the content. */
  end?: number | null | undefined;
}

/**
 * Which part of a sorted listing to give.
 *
 * @example
 * ```ts
 * const options: ListOptions = { limit: 50, after: 'm.txt' };
 * const { entries } = await vault.list('letters', options);
 * ```
 */
export interface ListOptions extends CallOptions {
  /** Start after this name, whether it (still) exists or not: the `next` of the page before. */
  after?: string | null | undefined;
  /** The most entries to give, 1 to 10,000; 1,000 if absent. */
  limit?: number | null | undefined;
}

/**
 * Bytes in memory. They must not change before the call they are given to is settled.
 *
 * @example
 * ```ts
 * const bytes: Bytes = new Uint8Array([1, 2, 3]);
 * await vault.put('a.bin', bytes);
 * ```
 */
export type Bytes = ArrayBufferView | ArrayBuffer;

/**
 * Bytes that the package gives: an array over an `ArrayBuffer` of its own, which is whole, is not shared
 * and may be transferred. From TypeScript 5.7 on, `Uint8Array<ArrayBuffer>`.
 *
 * @example
 * ```ts
 * const bytes: OwnBytes = await vault.get('a.txt');
 * const blob = new Blob([bytes]);
 * ```
 */
export type OwnBytes = ReturnType<Uint8Array['slice']>;

/**
 * Bytes that come piece by piece. A string stands for its UTF-8.
 *
 * @example
 * ```ts
 * const lines: ByteStream = ['one\n', 'two\n'];
 * await vault.putStream('lines.txt', lines);
 * ```
 */
export type ByteStream =
  | ReadableStream<Bytes | string>
  | AsyncIterable<Bytes | string>
  | Iterable<Bytes | string>
  | Blob;

/**
 * A file or a directory.
 *
 * @example
 * ```ts
 * const { path, kind, size, modifiedMs }: EntryInfo = await vault.stat('a.txt');
 * console.log(path, kind, size, new Date(modifiedMs));
 * ```
 */
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

/**
 * One page of a sorted listing.
 *
 * @example
 * ```ts
 * const { entries, next }: ListPage = await vault.list('letters');
 * ```
 */
export interface ListPage {
  /** Entries ascending by the bytes of their names. */
  readonly entries: EntryInfo[];
  /** Where the next page starts: the `after` of the next call. Nothing at the end. */
  readonly next: string | undefined;
}

/**
 * Entries, one after another. Leaving a `for await` loop stops the listing.
 *
 * @example
 * ```ts
 * const listing: Listing = vault.entries('letters');
 * for await (const { name } of listing) console.log(name);
 * ```
 */
export interface Listing extends AsyncIterableIterator<EntryInfo>, AsyncDisposable {
  /**
   * The next entry. Calls take turns.
   *
   * @example
   * ```ts
   * const { done, value } = await vault.entries('letters').next();
   * ```
   */
  next(): Promise<IteratorResult<EntryInfo, undefined>>;
  /**
   * Stops the listing, also while a call of `next` waits.
   *
   * @example
   * ```ts
   * const listing = vault.entries('letters');
   * await listing.next();
   * await listing.return();
   * ```
   */
  return(): Promise<IteratorResult<EntryInfo, undefined>>;
  /**
   * Itself.
   *
   * @example
   * ```ts
   * for await (const { name } of vault.entries()) console.log(name);
   * ```
   */
  [Symbol.asyncIterator](): Listing;
}

/**
 * What a vault is opened with. It is wiped when closed.
 *
 * @example
 * ```ts
 * using credential = Credential.secret(generateSecret());
 * const vault = await Vault.open(store, credential);
 * ```
 */
export class Credential implements Disposable {
  private constructor();
  /**
   * The 32 bytes of the root secret, kept by the app. Wipe your copy when you are done.
   *
   * @example
   * ```ts
   * const credential = Credential.secret(generateSecret());
   * ```
   */
  static secret(secret: Bytes): Credential;
  /**
   * The 24 words of the root secret, as a string or as its UTF-8.
   *
   * @example
   * ```ts
   * const credential = Credential.phrase(vault.recoveryPhrase());
   * ```
   */
  static phrase(words: string | Bytes): Credential;
  /**
   * A passphrase of 1 to 1,024 bytes, as a string or as its UTF-8, which can be wiped.
   *
   * @example
   * ```ts
   * const credential = Credential.passphrase('open sesame');
   * ```
   */
  static passphrase(passphrase: string | Bytes): Credential;
  /**
   * Wipes it. Vaults that were opened with it stay open.
   *
   * @example
   * ```ts
   * credential.close();
   * ```
   */
  close(): void;
  /**
   * The same as `close`, for `using`.
   *
   * @example
   * ```ts
   * {
   *   using credential = Credential.passphrase('open sesame');
   *   const vault = await Vault.open(store, credential);
   * }
   * ```
   */
  [Symbol.dispose](): void;
}

/**
 * How a vault is created and held in memory. All of it is optional.
 *
 * @example
 * ```ts
 * const config: VaultConfig = { kdf: { memoryKib: 131_072 }, memoryBudgetBytes: 8 << 20 };
 * const vault = await Vault.create(store, credential, config);
 * ```
 */
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

/**
 * The cost of Argon2id: from 19,456 KiB and 2 passes on.
 *
 * @example
 * ```ts
 * const kdf: KdfConfig = { memoryKib: 131_072, passes: 3 };
 * const vault = await Vault.create(store, credential, { kdf });
 * ```
 */
export interface KdfConfig {
  /** The memory, in KiB; 65,536 if absent. */
  memoryKib?: number | null | undefined;
  /** How often the memory is gone over; 3 if absent. */
  passes?: number | null | undefined;
  /** Lanes of the memory; 1 if absent. */
  lanes?: number | null | undefined;
}

/**
 * The most that Argon2id may cost.
 *
 * @example
 * ```ts
 * const kdfCeiling: KdfCeiling = { memoryKib: 262_144 };
 * const vault = await Vault.open(store, credential, { kdfCeiling });
 * ```
 */
export interface KdfCeiling {
  /** The most memory, in KiB. */
  memoryKib?: number | null | undefined;
  /** The most passes over that memory. */
  passes?: number | null | undefined;
}

/**
 * A tree of directories and files to read from. Paths are brought to canonical form (Unicode NFC).
 *
 * @example
 * ```ts
 * const names = async (tree: Tree) => (await tree.list()).entries.map(({ name }) => name);
 * console.log(await names(vault), await names(await vault.snapshot()));
 * ```
 */
export interface Tree {
  /**
   * The entry at `path`. The empty path is the top directory.
   *
   * @example
   * ```ts
   * const { size } = await vault.stat('a.txt');
   * ```
   */
  stat(path: string, options?: CallOptions): Promise<EntryInfo>;
  /**
   * Whether there is an entry at `path`.
   *
   * @example
   * ```ts
   * if (!(await vault.exists('a.txt'))) await vault.put('a.txt', 'new');
   * ```
   */
  exists(path: string, options?: CallOptions): Promise<boolean>;
  /**
   * The whole content of the file at `path`.
   *
   * @example
   * ```ts
   * const text = new TextDecoder().decode(await vault.get('a.txt'));
   * ```
   */
  get(path: string, options?: TransferOptions): Promise<OwnBytes>;
  /**
   * The bytes from `start` to before `end`, or to the end of the content without one. Fails with
   * `range-past-end` if it ends past the content.
   *
   * @example
   * ```ts
   * const header = await vault.getRange('film.mp4', 0, 100);
   * const rest = await vault.getRange('film.mp4', 100);
   * ```
   */
  getRange(
    path: string,
    start: number,
    end?: number | null | undefined,
    options?: TransferOptions,
  ): Promise<OwnBytes>;
  /**
   * The content of the file at `path`, or a part of it, as a `Blob` of its media type, which the browser may
   * keep on its disk: for object URLs, images and forms.
   *
   * @example
   * ```ts
   * const photo = await vault.getBlob('photo.jpg');
   * const url = URL.createObjectURL(photo);
   * ```
   */
  getBlob(path: string, options?: StreamOptions): Promise<Blob>;
  /**
   * The content of the file at `path`, or a part of it, a chunk at a time in bounded memory. Each piece
   * was checked before it is given out. Nothing is read that is not asked for; cancelling the stream
   * ends what is under way. It is a byte stream where the engine has those: readers may bring buffers.
   *
   * @example
   * ```ts
   * const film = await vault.getStream('film.mp4', { start: 1_000_000 });
   * const reader = film.getReader({ mode: 'byob' });
   * const { value } = await reader.read(new Uint8Array(65_536));
   * ```
   */
  getStream(path: string, options?: StreamOptions): Promise<ReadableStream<OwnBytes>>;
  /**
   * A sorted page of the entries of the directory at `path`; of the top without one.
   *
   * @example
   * ```ts
   * const top = await vault.list();
   * const letters = await vault.list('letters', { limit: 50 });
   * ```
   */
  list(path?: string, options?: ListOptions): Promise<ListPage>;
  /**
   * All entries of the directory at `path`, or of the top, in an order of their own, read as they are asked
   * for.
   *
   * @example
   * ```ts
   * for await (const { name, kind } of vault.entries('letters')) console.log(name, kind);
   * ```
   */
  entries(path?: string, options?: CallOptions): Listing;
  /**
   * Every entry below `path`, or of all, each directory before what it holds.
   *
   * @example
   * ```ts
   * for await (const { path } of vault.entriesRecursive()) console.log(path);
   * ```
   */
  entriesRecursive(path?: string, options?: CallOptions): Listing;
}

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
   * The 24 words that open this vault without a passphrase.
   *
   * @example
   * ```ts
   * console.log('write this down:', vault.recoveryPhrase());
   * ```
   */
  recoveryPhrase(): string;
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

/**
 * One state of a vault or of a shared directory. Later changes, by anyone, do not show.
 *
 * @example
 * ```ts
 * using snapshot: Snapshot = await vault.snapshot();
 * const { entries } = await snapshot.list();
 * ```
 */
export class Snapshot implements Disposable {
  private constructor();
  /**
   * Releases the state.
   *
   * @example
   * ```ts
   * const snapshot = await vault.snapshot();
   * snapshot.close();
   * ```
   */
  close(): void;
  /**
   * The same as `close`, for `using`.
   *
   * @example
   * ```ts
   * using snapshot = await vault.snapshot();
   * const bytes = await snapshot.get('a.txt');
   * ```
   */
  [Symbol.dispose](): void;
}

/**
 * A snapshot is read as a {@link Tree} that never changes.
 *
 * @example
 * ```ts
 * const { size } = await (await vault.snapshot()).stat('a.txt');
 * ```
 */
export interface Snapshot extends Tree {}

/**
 * Directories handed over as links.
 *
 * @example
 * ```ts
 * const link = await vault.link('letters');
 * if (link) {
 *   using letters = await SharedDirectory.open(store, link);
 *   console.log(await letters.list());
 * }
 * ```
 */
export const SharedDirectory: {
  /**
   * Opens the directory that `link` names, in a store that may be read-only. Its paths start there.
   *
   * @example
   * ```ts
   * using letters = await SharedDirectory.open(store, new Uint8Array(56));
   * ```
   */
  open(store: BlobStore | CustomStore, link: Bytes): Promise<Snapshot>;
};

/**
 * The version of the library.
 *
 * @example
 * ```ts
 * console.log(version());
 * ```
 */
export function version(): string;
/**
 * A new root secret: 32 random bytes.
 *
 * @example
 * ```ts
 * const secret = generateSecret();
 * using credential = Credential.secret(secret);
 * secret.fill(0);
 * ```
 */
export function generateSecret(): OwnBytes;
/**
 * The 24 words of a root secret, for paper.
 *
 * @example
 * ```ts
 * const words = phraseOfSecret(generateSecret());
 * ```
 */
export function phraseOfSecret(secret: Bytes): string;
/**
 * The 32 bytes behind 24 words.
 *
 * @example
 * ```ts
 * const secret = secretOfPhrase(phraseOfSecret(generateSecret()));
 * ```
 */
export function secretOfPhrase(phrase: string | Bytes): OwnBytes;

/**
 * Runs the conformance suite against a store, below a prefix under which it has no objects, and returns the
 * number of promises kept. Fails with `store-failed`, whose message names the first that is not. It writes
 * about 1,100 objects and 20 MB and removes them again.
 *
 * @example
 * ```ts
 * const kept = await checkStore(custom, 'check');
 * console.log(kept, 'promises kept');
 * ```
 */
export function checkStore(
  store: BlobStore | CustomStore,
  prefix: string,
  options?: CallOptions,
): Promise<number>;

/**
 * How much a log message matters.
 *
 * @example
 * ```ts
 * const level: LogLevel = 'debug';
 * setLogger(level, console.log);
 * ```
 */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/**
 * Passes log messages up to `level` to `logger` from now on, or to nobody. No message holds a path, a
 * name, a key or a secret.
 *
 * @example
 * ```ts
 * setLogger('warn', (level, message) => console.log(level, message));
 * setLogger('warn');
 * ```
 */
export function setLogger(
  level: LogLevel,
  logger?: ((level: LogLevel, message: string) => void) | null | undefined,
): void;
