/// <reference lib="es2022" />

import './platform.js';
import type { Bytes, OwnBytes } from './call.js';

/**
 * Where the WebAssembly module comes from.
 *
 * @example
 * ```ts
 * const source: WasmSource = new URL('https://cdn.example/sealwood.wasm');
 * await init(source);
 * ```
 */
export type WasmSource =
  | string
  | URL
  | Response
  | WebAssembly.Module
  | ArrayBuffer
  | ArrayBufferView;

/**
 * The version of the library.
 *
 * @example
 * ```ts
 * console.log(version());
 * ```
 */
export function version(): string;

/**
 * A new secret: 32 random bytes.
 *
 * @example
 * ```ts
 * const secret = generateSecret();
 * using credential = Credential.secret(secret);
 * secret.fill(0);
 * ```
 */
export function generateSecret(): OwnBytes;

/**
 * The 24 words of a secret, for paper.
 *
 * @example
 * ```ts
 * const words = phraseOfSecret(generateSecret());
 * ```
 */
export function phraseOfSecret(secret: Bytes): string;

/**
 * The 32 bytes behind 24 words.
 *
 * @example
 * ```ts
 * const secret = secretOfPhrase(phraseOfSecret(generateSecret()));
 * ```
 */
export function secretOfPhrase(phrase: string | Bytes): OwnBytes;

/**
 * How much a log message matters.
 *
 * @example
 * ```ts
 * const level: LogLevel = 'debug';
 * setLogger(level, console.log);
 * ```
 */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/**
 * Passes log messages up to `level` to `logger` from now on, or to nobody. No message holds a path, a
 * name, a key or a secret.
 *
 * @example
 * ```ts
 * setLogger('warn', (level, message) => console.log(level, message));
 * setLogger('warn');
 * ```
 */
export function setLogger(
  level: LogLevel,
  logger?: ((level: LogLevel, message: string) => void) | null | undefined,
): void;
