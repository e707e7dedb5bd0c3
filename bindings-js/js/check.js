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

/** An array of strings. */
export function texts(value, what) {
  if (!Array.isArray(value)) throw invalid(`${what} are an array of strings`);
  return value.map((item) => text(item, `each of ${what}`));
}

/** A path. Half a surrogate pair would otherwise become another character on its way. */
export function path(value, what = 'a path') {
  if (text(value, what).isWellFormed?.() === false) {
    throw new SealwoodError('path-not-utf8', 'invalid path: not UTF-8');
  }
  return value;
}

/** The path of a directory of the file system, which would be another where half a surrogate pair became another
 * character on its way. */
export function directoryPath(value) {
  const isPath = text(value, 'a path').isWellFormed?.() !== false && !value.includes('\0');
  if (!isPath) throw invalid('the path of a directory is UTF-8 without NUL');
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

/** Such a count of at most 32 bits, or nothing. */
export function optionalSmall(value, what) {
  if (value != null && whole(value, what) > 0xffff_ffff) throw invalid(`${what} is below 2^32`);
  return value ?? undefined;
}

/** The bytes of a view or a buffer, without a copy; nothing for other values. Always a view of its own: what the
 * app has may count another length than it has, or grow with a buffer that is shared. */
export function bytesOf(value) {
  const isView = ArrayBuffer.isView(value);
  if (!isView && !isBuffer(value)) return undefined;
  try {
    return isView ? viewOf(value) : new Uint8Array(value, 0, value.byteLength);
  } catch {
    throw invalid('these bytes are not there any more: their buffer was transferred away or made smaller');
  }
}

function isBuffer(value) {
  const kind = Object.prototype.toString.call(value);
  return kind === '[object ArrayBuffer]' || kind === '[object SharedArrayBuffer]';
}

/** Throws for a view whose bytes are gone, which otherwise looks like an empty one. */
function viewOf(value) {
  const { buffer, byteOffset, byteLength } = value;
  if (byteLength === 0 && !(value instanceof DataView)) Uint8Array.prototype.keys.call(value);
  return new Uint8Array(buffer, byteOffset, byteLength);
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

/** An object that has no other options than `names`; an empty one for nothing. */
export function options(value, names) {
  if (value == null) return {};
  // A signal in place of the options that hold it would be overlooked, as any option is that nobody knows.
  if (Object.prototype.toString.call(value) !== '[object Object]') {
    throw invalid('options are an object');
  }
  // What is undefined was left out.
  const strange = Object.keys(value).find((name) => value[name] !== undefined && !names.includes(name));
  if (strange !== undefined) throw invalid(`there is no option ${JSON.stringify(strange.slice(0, 50))}`);
  return value;
}

/** An object whose members the app names; an empty one for nothing. */
export function record(value, what) {
  if (value == null) return {};
  if (typeof value !== 'object') throw invalid(`${what} is an object`);
  return value;
}

/**
 * A time in milliseconds since 1970, negative before, of a number, whose fraction is cut off, or of a `Date`.
 * How far it may be away, the core knows.
 */
export function time(value, what) {
  const isDate = Object.prototype.toString.call(value) === '[object Date]';
  const millis = isDate ? value.getTime() : value;
  const isTime = typeof millis === 'number' && Number.isSafeInteger(Math.floor(millis));
  if (!isTime) throw invalid(`${what} is a Date or milliseconds`);
  return Math.floor(millis);
}
