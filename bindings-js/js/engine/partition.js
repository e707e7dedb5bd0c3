// One partition as it was when it was asked for.

import { whole } from '../check.js';
import { Handle, dispose } from '../handle.js';
import { LtHash } from './hash.js';
import { layer } from './layer.js';

export class Partition extends Handle {
  #about;

  constructor(secret, raw) {
    super(secret, raw, 'partition');
    this.#about = layer.now(() => raw.about());
  }

  get name() {
    return this.#about.name;
  }

  get state() {
    return this.#about.state;
  }

  get cursor() {
    return this.#about.cursor;
  }

  get detail() {
    return this.#about.detail;
  }

  get rows() {
    return this.#about.rows;
  }

  get bytes() {
    return this.#about.bytes;
  }

  hash() {
    return Handle.of(LtHash, layer.now(() => Handle.raw(this).hash()));
  }

  checksum() {
    const hash = this.hash();
    try {
      return hash.checksum();
    } finally {
      hash.close();
    }
  }

  buckets() {
    return layer.now(() => Handle.raw(this).buckets());
  }

  encode(version) {
    return layer.now(() => Handle.raw(this).encode(whole(version, 'a version')));
  }

  close() {
    Handle.release(this);
  }

  [dispose]() {
    this.close();
  }
}
