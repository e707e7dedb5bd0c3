// What an error of the file system means to the caller of a store.

import { SealwoodError } from '../error.js';

const CODES = {
  ENOSPC: 'store-full',
  EDQUOT: 'store-full',
  EACCES: 'store-denied',
  EPERM: 'store-denied',
  EROFS: 'store-denied',
  EINTR: 'store-unavailable',
  EAGAIN: 'store-unavailable',
  EBUSY: 'store-unavailable',
  EMFILE: 'store-unavailable',
  ENFILE: 'store-unavailable',
  ETIMEDOUT: 'store-unavailable',
};

/** The error of the package for `error`; its text names no path. */
export function failure(error) {
  if (error instanceof SealwoodError) return error;
  const code = error?.code;
  return new SealwoodError(CODES[code] ?? 'store-failed', `the file system said ${code}`);
}

/** The same, where what is not there is a missing object. */
export function readFailure(error) {
  return isMissing(error) ? new SealwoodError('object-missing') : failure(error);
}

/** Whether `error` says that there is no such file. */
export function isMissing(error) {
  return error?.code === 'ENOENT';
}

/** An error as the file system throws it. */
export function systemError(code) {
  return Object.assign(new Error(code), { code });
}

/** The error for what is not any more what it was when it was opened. */
export function staleError(message) {
  return Object.assign(new Error(message), { code: 'ESTALE' });
}
