/**
 * The code of a {@link SealwoodError}: stable from release to release, and the same in every language.
 * `docs/ERRORS.md` of the repository says what each means.
 *
 * @example
 * ```ts
 * const texts: Partial<Record<SealwoodErrorCode, string>> = { 'store-full': 'No room left' };
 * ```
 */
export type SealwoodErrorCode =
  | 'path-empty-segment'
  | 'path-dot-segment'
  | 'path-nul'
  | 'path-separator'
  | 'path-name-too-long'
  | 'path-too-long'
  | 'path-not-utf8'
  | 'path-not-canonical'
  | 'path-top'
  | 'not-found'
  | 'already-exists'
  | 'not-a-directory'
  | 'is-a-directory'
  | 'directory-not-empty'
  | 'into-itself'
  | 'range-past-end'
  | 'invalid-argument'
  | 'wrong-key'
  | 'wrong-passphrase'
  | 'passphrase-too-costly'
  | 'invalid-phrase'
  | 'slot-not-found'
  | 'last-slot'
  | 'shut-out'
  | 'invalid-link'
  | 'invalid-pairing'
  | 'vault-exists'
  | 'vault-not-found'
  | 'unsupported-version'
  | 'wrong-vault'
  | 'tampered'
  | 'rollback'
  | 'fork'
  | 'own-commit-missing'
  | 'device-cloned'
  | 'root-vanished'
  | 'frozen'
  | 'object-missing'
  | 'object-truncated'
  | 'object-corrupt'
  | 'malformed'
  | 'precondition-failed'
  | 'conditional-put-unsupported'
  | 'store-full'
  | 'store-denied'
  | 'store-unavailable'
  | 'store-failed'
  | 'commit-contention'
  | 'conflict'
  | 'outcome-unknown'
  | 'cancelled'
  | 'closed'
  | 'source-failed'
  | 'store-locked'
  | 'store-poisoned'
  | 'store-corrupt'
  | 'read-only'
  | 'namespace-limit'
  | 'namespace-dropped'
  | 'cursor-expired'
  | 'hash-length'
  | 'domain-length'
  | 'state-not-valid'
  | 'state-not-backfilling'
  | 'rows-not-ascending'
  | 'no-such-row'
  | 'too-many-rows'
  | 'partition-exists'
  | 'other-partition'
  | 'platform';

/**
 * What everything in this package fails with.
 *
 * What copies an `Error` for another thread (`postMessage`, `structuredClone`) keeps its message and drops
 * what a class has added: send {@link SealwoodError.toJSON}, and make an error of it with
 * {@link SealwoodError.from}.
 *
 * @example
 * ```ts
 * try {
 *   await vault.get('no/such/file');
 * } catch (error) {
 *   if (!(error instanceof SealwoodError)) throw error;
 *   console.log(error.code, error.path, error.message);
 * }
 * ```
 */
export class SealwoodError extends Error {
  /**
   * Makes an error. Stores written by the app throw these to say which of the failures of a store it is.
   *
   * @example
   * ```ts
   * throw new SealwoodError('object-missing');
   * ```
   */
  constructor(code: SealwoodErrorCode, message?: string, path?: string);
  /**
   * The error whose wire form `wire` is, with its causes; an error as it is. Fails with `invalid-argument` for
   * anything else.
   *
   * @example
   * ```ts
   * worker.addEventListener('message', ({ data }) => {
   *   if (data.error) throw SealwoodError.from(data.error);
   * });
   * ```
   */
  static from(wire: unknown): SealwoodError;
  /** `AbortError` if the code is `cancelled`, as of the platform's own calls that are cancelled. */
  readonly name: 'SealwoodError' | 'AbortError';
  /** What went wrong. */
  readonly code: SealwoodErrorCode;
  /** The canonical path the error is about; there only where it is about one. */
  readonly path?: string;
  /** What it comes from, where that is known: the reason of the signal, or what the app's code threw. */
  readonly cause?: unknown;
  /**
   * The wire form, which `postMessage`, `structuredClone` and JSON carry whole. It has no stack.
   *
   * @example
   * ```ts
   * await vault.flush().catch((error) => {
   *   if (error instanceof SealwoodError) postMessage({ error: error.toJSON() });
   * });
   * ```
   */
  toJSON(): SealwoodErrorWire;
}

/**
 * The wire form of a {@link SealwoodError}: a plain object.
 *
 * @example
 * ```ts
 * // In a worker:
 * const wire: SealwoodErrorWire = new SealwoodError('store-full').toJSON();
 * // In the page:
 * const error = SealwoodError.from(structuredClone(wire));
 * ```
 */
export interface SealwoodErrorWire {
  /** That of the error. */
  readonly name: 'SealwoodError' | 'AbortError';
  /** That of the error. */
  readonly code: SealwoodErrorCode;
  /** That of the error. */
  readonly message: string;
  /** That of the error, if it has one. */
  readonly path?: string;
  /**
   * That of the error, if it has one: of errors the wire form or, of other classes, their `name`, `message`,
   * `code` and `cause`; of other things but numbers and booleans the text. At most eight below each other.
   */
  readonly cause?: unknown;
}
