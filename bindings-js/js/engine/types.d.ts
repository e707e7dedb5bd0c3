// What every entry of the engine has, by topic.

export type { Bytes, CallOptions, OwnBytes, Progress, TransferOptions } from '../call.js';
export * from '../error.js';
export type { WasmSource } from '../library.js';
export * from './call.js';
export * from './config.js';
export * from './engine.js';
export * from './hash.js';
export * from './health.js';
export * from './namespace.js';
export * from './partitions.js';
export * from './state.js';
export * from './values.js';
