/// <reference lib="es2022" />

import './platform.js';
import type { Bytes, CallOptions, OwnBytes, TransferOptions } from './call.js';
import type { EntryInfo, ListOptions, ListPage, Listing, StreamOptions } from './entry.js';
import type { BlobStore, CustomStore } from './store.js';

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
