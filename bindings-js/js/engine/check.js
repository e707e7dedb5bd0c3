// Types of arguments of the engine and of the hashes.

import { bytes, options as optionsOf, optionalWhole, whole } from '../check.js';
import { invalid } from '../error.js';
import { CALL } from '../watching.js';

const WRITE = ['precondition', 'durability', 'expiresAtMs', ...CALL];
const DELETE = ['precondition', 'durability', ...CALL];
const SCAN = ['prefix', 'start', 'end', 'startAfter', 'order', 'limit', ...CALL];

const utf8 = new TextEncoder();

/** The most bytes that are given at once: they have to be in the memory of the module, which is 4 GiB. */
const OCTETS_MAX = 1 << 30;

/** Bytes, or a string for its UTF-8. */
export function octets(value, what) {
  if (typeof value !== 'string') return atMost(bytes(value, `${what}, if it is no string,`), what);
  // Half a surrogate pair would become another character on its way.
  if (value.isWellFormed?.() === false) throw invalid(`${what} is a string with UTF-8`);
  return atMost(utf8.encode(value), what);
}

function atMost(given, what) {
  if (given.length > OCTETS_MAX) throw invalid(`${what} has 1 GiB at most`);
  return given;
}

/** Such bytes, or nothing. */
export function optionalOctets(value, what) {
  return value == null ? undefined : octets(value, what);
}

/** One of `names`. */
export function oneOf(value, names, what) {
  if (!names.includes(value)) throw invalid(`${what} is one of ${names.join(', ')}`);
  return value;
}

/** One of `names`, or nothing. */
export function optionalOneOf(value, names, what) {
  return value == null ? undefined : oneOf(value, names, what);
}

/** A secret of a domain, which the generated layer wipes in its own memory. */
export function secret(value) {
  const given = bytes(value, 'a secret');
  if (given.length !== 32) throw invalid('a secret has 32 bytes');
  return given;
}

/** How durable a write is to be. */
export function durability(value) {
  return optionalOneOf(value, ['none', 'group', 'sync'], 'durability');
}

/** The options of a put, as the generated layer takes them, and those of the call. */
export function putArguments(options) {
  return writeArguments(options, WRITE);
}

/** The same of a delete. */
export function deleteArguments(options) {
  return writeArguments(options, DELETE);
}

function writeArguments(options, known) {
  const given = optionsOf(options, known);
  const { precondition, expiresAtMs } = given;
  const isRevision = precondition != null && typeof precondition === 'object';
  const args = {
    precondition: isRevision
      ? undefined
      : optionalOneOf(precondition, ['absent', 'present'], 'a precondition, if it is no { revision },'),
    revision: isRevision ? whole(precondition.revision, 'the revision of a precondition') : undefined,
    durability: durability(given.durability),
    expiresAtMs: optionalWhole(expiresAtMs, 'expiresAtMs'),
  };
  return { args, call: callOptions(given) };
}

/** The options of a scan, as the generated layer takes them, and those of the call. */
export function scanArguments(options) {
  const given = optionsOf(options, SCAN);
  const args = {
    prefix: optionalOctets(given.prefix, 'prefix'),
    start: optionalOctets(given.start, 'start'),
    end: optionalOctets(given.end, 'end'),
    startAfter: optionalOctets(given.startAfter, 'startAfter'),
    order: optionalOneOf(given.order, ['ascending', 'descending'], 'order'),
    limit: optionalWhole(given.limit, 'limit'),
  };
  return { args, call: callOptions(given) };
}

/** What of `options` every call has. */
export function callOptions({ signal }) {
  return { signal };
}

/** Rows, pairs of key and value, one after the other. */
export function rows(value) {
  const flat = [];
  const own = ownership(value);
  for (const row of iterable(value, 'rows')) {
    if (!Array.isArray(row) || row.length !== 2) throw invalid('each of the rows is [key, value]');
    flat.push(own(octets(row[0], 'a key')), own(octets(row[1], 'a value')));
  }
  return flat;
}

/** Changes of rows: keys, values before and values after, one after the other. */
export function changes(value) {
  const flat = [];
  const own = ownership(value);
  for (const change of iterable(value, 'changes')) {
    const { key, before, after } = change ?? {};
    flat.push(own(octets(key, 'a key')), own(optionalOctets(before, 'before')), own(optionalOctets(after, 'after')));
  }
  return flat;
}

/** How bytes are kept that come out of `iterable`: a generator may use the same buffer for the next. */
function ownership(iterable) {
  return Array.isArray(iterable) ? (given) => given : (given) => given?.slice();
}

function iterable(value, what) {
  if (typeof value === 'string' || typeof value?.[Symbol.iterator] !== 'function') {
    throw invalid(`${what} are an array`);
  }
  return value;
}
