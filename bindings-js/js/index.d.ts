import type { WasmSource } from './library.js';

export * from './types.js';

/**
 * Makes the library ready. Everything else fails with the code `platform` before this has finished. May be
 * called again; only the first call that succeeds counts.
 *
 * Without a source, the module is the one of this package: in browsers and bundlers the asset beside
 * the code, in Node the file, in workers at the edge an import.
 *
 * @example
 * ```ts
 * await init();
 * ```
 */
export function init(source?: WasmSource | PromiseLike<WasmSource>): Promise<void>;
