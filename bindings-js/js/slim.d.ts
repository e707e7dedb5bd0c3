import type { WasmSource } from './library.js';

export * from './types.js';

/**
 * Makes the library ready from `source`, for example the package's `sealwood/sealwood.wasm` as the bundler
 * at hand imports it. Everything else fails with the code `platform` before this has finished. May be
 * called again; only the first call that succeeds counts.
 *
 * @example
 * ```ts
 * import { init } from 'sealwood/slim';
 * import wasm from 'sealwood/sealwood.wasm';
 *
 * await init(wasm);
 * ```
 */
export function init(source: WasmSource | PromiseLike<WasmSource>): Promise<void>;
