import type { WasmSource } from '../library.js';

export * from './types.js';

/**
 * Makes the engine ready. Everything else fails with the code `platform` before this has finished. May be
 * called again; only the first call that succeeds counts.
 *
 * The source is for example the package's `sealwood/engine.wasm` as the bundler at hand imports it.
 *
 * @example
 * ```ts
 * import { init } from 'sealwood/engine/slim';
 * import wasm from 'sealwood/engine.wasm';
 *
 * await init(wasm);
 * ```
 */
export function init(source: WasmSource | PromiseLike<WasmSource>): Promise<void>;
