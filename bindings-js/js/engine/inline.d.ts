import type { WasmSource } from '../library.js';

export * from './types.js';

/**
 * Makes the engine ready. Everything else fails with the code `platform` before this has finished. May be
 * called again; only the first call that succeeds counts.
 *
 * Without a source, the module is in the code of this entry, compressed: nothing is read or fetched.
 *
 * @example
 * ```ts
 * import { init } from 'sealwood/engine/inline';
 *
 * await init();
 * ```
 */
export function init(source?: WasmSource | PromiseLike<WasmSource>): Promise<void>;
