import type { WasmSource } from '../library.js';

export * from './types.js';

/**
 * Makes the engine ready. Everything else fails with the code `platform` before this has finished. May be
 * called again; only the first call that succeeds counts.
 *
 * Without a source, the module is the engine's own of this package, which is not that of `sealwood`: in
 * browsers and bundlers the asset beside the code, in Node the file, in workers at the edge an import.
 *
 * @example
 * ```ts
 * import { Engine, init } from 'sealwood/engine';
 *
 * await init();
 * const engine = await Engine.memory();
 * ```
 */
export function init(source?: WasmSource | PromiseLike<WasmSource>): Promise<void>;
