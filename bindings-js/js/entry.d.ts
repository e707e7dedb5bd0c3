/// <reference lib="es2022" />

import './platform.js';
import type { CallOptions, TransferOptions } from './call.js';

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
