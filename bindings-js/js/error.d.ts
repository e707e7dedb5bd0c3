/**
 * The code of a {@link SealwoodError}: stable from release to release, and the same in every language.
 * `docs/ERRORS.md` of the repository says what each means.
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
  | 'vault-exists'
  | 'vault-not-found'
  | 'unsupported-version'
  | 'rollback'
  | 'fork'
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
  | 'platform';

/** What everything in this package fails with. */
export class SealwoodError extends Error {
  /**
   * Makes an error. Stores written by the app throw these to say which of the failures of a store it is.
   */
  constructor(code: SealwoodErrorCode, message?: string, path?: string);
  readonly name: 'SealwoodError';
  /** What went wrong. */
  readonly code: SealwoodErrorCode;
  /** The canonical path the error is about, where it is about one. */
  readonly path: string | undefined;
  /** What it comes from, where that is known: the reason of the signal, or what the app's code threw. */
  readonly cause?: unknown;
}
