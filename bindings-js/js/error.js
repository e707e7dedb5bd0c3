// The one error of the package.

/** What went wrong, with a stable `code`, the same in every language. */
export class SealwoodError extends Error {
  /**
   * @param {string} code one of the codes of docs/BINDINGS.md
   * @param {string} [message]
   * @param {string} [path] the path it is about
   */
  constructor(code, message = code, path = undefined) {
    super(message);
    this.code = code;
    this.path = path;
  }

  get name() {
    return 'SealwoodError';
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

/** A call on a handle that was closed. */
export function closed(what) {
  return new SealwoodError('closed', `the ${what} is closed`);
}

/** `error` with what it comes from. */
export function caused(error, cause) {
  if (cause !== undefined) error.cause = cause;
  return error;
}
