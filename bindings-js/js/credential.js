// What a vault is opened with.

import { bytes, bytesOf, text } from './check.js';
import { invalid } from './error.js';
import { now } from './glue.js';
import { Handle, dispose } from './handle.js';

export class Credential extends Handle {
  constructor(secret, raw) {
    super(secret, raw, 'credential');
  }

  static secret(secret) {
    const given = bytes(secret, 'a secret');
    return now(({ Credential: Raw }) => Handle.of(Credential, Raw.secret(given)));
  }

  static phrase(words) {
    return spelled('phrase', words);
  }

  static passphrase(passphrase) {
    return spelled('passphrase', passphrase);
  }

  /** The raw object of `credential`. */
  static raw(credential) {
    if (!(credential instanceof Credential)) throw invalid('a credential is a Credential');
    return Handle.raw(credential);
  }

  close() {
    Handle.release(this);
  }

  [dispose]() {
    this.close();
  }
}

function spelled(how, value) {
  return encoded(value, `a ${how}`, (given) =>
    now(({ Credential: Raw }) => Handle.of(Credential, Raw[how](given))),
  );
}

/** What `work` makes of the bytes of `value`, a string or bytes; copies made here are wiped. */
export function encoded(value, what, work) {
  const given = bytesOf(value);
  if (given) return work(given);
  const copy = new TextEncoder().encode(text(value, what));
  try {
    return work(copy);
  } finally {
    copy.fill(0);
  }
}
