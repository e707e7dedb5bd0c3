// What every entry of the package has, by topic.

export * from './batch.js';
export * from './call.js';
export * from './config.js';
export * from './entry.js';
export * from './error.js';
export * from './library.js';
export * from './reading.js';
export * from './s3.js';
export * from './store.js';
export * from './vault.js';
