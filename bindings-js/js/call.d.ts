/// <reference lib="es2022" />

import './platform.js';

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
 * A value or a promise of it.
 *
 * @example
 * ```ts
 * const answers: Awaitable<number>[] = [1, Promise.resolve(2)];
 * ```
 */
export type Awaitable<T> = T | PromiseLike<T>;
