// The one error of the package, and the form in which it crosses threads and files.
//
// What copies an `Error` for another thread keeps its message and drops what a class has added. So an
// error has a wire form, a plain object that `structuredClone` and JSON carry whole: `toJSON` gives it,
// `SealwoodError.from` makes an error of it again.

/** How many errors may lie below each other in a wire form; some have themselves as their cause. */
const CAUSES_MAX = 8;

/** What went wrong, with a stable `code`, the same in every language. */
export class SealwoodError extends Error {
  /**
   * @param {string} code one of the codes of docs/ERRORS.md
   * @param {string} [message]
   * @param {string} [path] the path it is about
   */
  constructor(code, message = code, path = undefined) {
    super(message);
    this.code = code;
    if (path !== undefined) this.path = path;
  }

  static from(wire) {
    if (wire instanceof SealwoodError) return wire;
    if (!isWire(wire)) throw invalid('this is not the wire form of an error');
    const error = new SealwoodError(wire.code, wire.message, wire.path ?? undefined);
    return 'cause' in wire ? caused(error, revived(wire.cause)) : error;
  }

  /** The platform's own calls that are cancelled fail with this name, and code that tells cancelling from
   * failing looks at it. */
  get name() {
    return this.code === 'cancelled' ? 'AbortError' : 'SealwoodError';
  }

  toJSON() {
    return wireOf(this, CAUSES_MAX);
  }
}

/** An argument that is not what the types say. */
export function invalid(what) {
  return new SealwoodError('invalid-argument', `invalid argument: ${what}`);
}

/** Something of the platform that is missing. */
export function lacking(what, cause = undefined) {
  return caused(new SealwoodError('platform', `the platform lacks ${what}`), cause);
}

/** What a generated layer threw, as an error of the package. */
export function typed(thrown) {
  if (thrown instanceof SealwoodError) return thrown;
  return lacking(`a working WebAssembly module: ${thrown?.message ?? thrown}`, thrown);
}

/** A call on a handle that was closed. */
export function closed(what) {
  return new SealwoodError('closed', `the ${what} is closed`);
}

/** `error` with what it comes from. */
export function caused(error, cause) {
  if (cause === undefined) return error;
  // As the platform's own causes: there, and not among what is listed.
  return Object.defineProperty(error, 'cause', {
    value: cause,
    configurable: true,
    enumerable: false,
    writable: true,
  });
}

/** What of `error` can be copied, with `below` errors below it. */
function wireOf(error, below) {
  const wire = { name: String(error.name), message: String(error.message) };
  for (const name of ['code', 'path']) {
    if (['string', 'number'].includes(typeof error[name])) wire[name] = error[name];
  }
  if (error.cause !== undefined && below > 0) wire.cause = plain(error.cause, below - 1);
  return wire;
}

/** A cause as something that can be copied: anything may have been thrown. */
function plain(cause, below) {
  if (cause === null || ['string', 'number', 'boolean'].includes(typeof cause)) return cause;
  if (typeof cause?.message === 'string') return wireOf(cause, below);
  try {
    return String(cause);
  } catch {
    return 'something without a text';
  }
}

function isWire(value) {
  const { name, code, message } = value ?? {};
  const isOurs = name === 'SealwoodError' || (name === 'AbortError' && code === 'cancelled');
  return isOurs && typeof code === 'string' && typeof message === 'string';
}

function revived(cause) {
  if (isWire(cause)) return SealwoodError.from(cause);
  if (typeof cause?.message !== 'string') return cause;
  const error = new Error(cause.message);
  const { name, code } = cause;
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  if (code !== undefined) error.code = code;
  return 'cause' in cause ? caused(error, revived(cause.cause)) : error;
}
