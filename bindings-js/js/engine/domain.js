// Where rows belong.

import { invalid } from '../error.js';
import { Handle, dispose } from '../handle.js';
import { octets, secret as secretOf } from './check.js';
import { layer } from './layer.js';

export class Domain extends Handle {
  constructor(name, raw = undefined) {
    super(...Handle.made(name, raw, () => rawDomain(name)), 'domain');
  }

  static keyed(secret, name) {
    return Handle.of(Domain, rawDomain(name, secretOf(secret)));
  }

  /** The raw object of `domain`. */
  static raw(domain) {
    if (!(domain instanceof Domain)) throw invalid('a domain is a Domain');
    return Handle.raw(domain);
  }

  get name() {
    return layer.now(() => Handle.raw(this).name());
  }

  get isKeyed() {
    return layer.now(() => Handle.raw(this).isKeyed());
  }

  close() {
    Handle.release(this);
  }

  [dispose]() {
    this.close();
  }
}

export function bucketOf(key) {
  return layer.now((raw) => raw.bucketOf(octets(key, 'a key')));
}

function rawDomain(name, secret) {
  return layer.now(({ Domain: Raw }) => new Raw(octets(name, 'a name'), secret));
}
