/// <reference lib="es2022" />

import '../platform.js';
import type { Bytes } from '../call.js';

/**
 * Bytes, or a string for its UTF-8: 1 GiB at most.
 *
 * @example
 * ```ts
 * const key: Octets = 'users/ada';
 * await notes.put(key, new Uint8Array([1, 2, 3]));
 * ```
 */
export type Octets = Bytes | string;
