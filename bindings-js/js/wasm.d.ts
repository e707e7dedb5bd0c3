import './platform.js';

/** The WebAssembly module: a URL, a path or a `WebAssembly.Module`, as the bundler at hand imports it. */
declare const wasm: string | WebAssembly.Module;
export default wasm;
