// Types of arguments. The core checks values; what is no string, bytes or whole number never gets there.

import { SealwoodError, invalid } from './error.js';

/** A string. */
export function text(value, what) {
  if (typeof value !== 'string') throw invalid(`${what} is a string`);
  return value;
}

/** A string, or nothing. */
export function optionalText(value, what) {
  return value == null ? undefined : text(value, what);
}

/** A path. Half a surrogate pair would otherwise become another character on its way. */
export function path(value, what = 'a path') {
  if (text(value, what).isWellFormed?.() === false) {
    throw new SealwoodError('path-not-utf8', 'invalid path: not UTF-8');
  }
  return value;
}

/** A count of bytes, milliseconds or entries that a number holds exactly. */
export function whole(value, what) {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw invalid(`${what} is a whole number from 0 to 2^53 - 1`);
  }
  return value;
}

/** Such a count, or nothing. */
export function optionalWhole(value, what) {
  return value == null ? undefined : whole(value, what);
}

/** A time in whole milliseconds, before 1970 too, or nothing. How far it may be away, the core knows. */
export function optionalTime(value, what) {
  if (value != null && !Number.isSafeInteger(value)) throw invalid(`${what} is a whole number`);
  return value ?? undefined;
}

/** Such a count of at most 32 bits, or nothing. */
export function optionalSmall(value, what) {
  if (value != null && whole(value, what) > 0xffff_ffff) throw invalid(`${what} is below 2^32`);
  return value ?? undefined;
}

/** The bytes of a view or a buffer, without a copy; nothing for other values. */
export function bytesOf(value) {
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    if (buffer.detached) throw invalid('the buffer of these bytes was transferred away');
    return value.constructor === Uint8Array
      ? value
      : new Uint8Array(buffer, byteOffset, byteLength);
  }
  const kind = Object.prototype.toString.call(value);
  if (kind === '[object ArrayBuffer]' || kind === '[object SharedArrayBuffer]') {
    if (value.detached) throw invalid('the buffer of these bytes was transferred away');
    return new Uint8Array(value);
  }
  return undefined;
}

/** Bytes. */
export function bytes(value, what) {
  const found = bytesOf(value);
  if (!found) throw invalid(`${what} is a Uint8Array or an ArrayBuffer`);
  return found;
}

/** A function, or nothing. */
export function optionalFunction(value, what) {
  if (value != null && typeof value !== 'function') throw invalid(`${what} is a function`);
  return value ?? undefined;
}

/** An object of options; an empty one for nothing. */
export function options(value) {
  if (value == null) return {};
  if (typeof value !== 'object') throw invalid('options are an object');
  return value;
}
