// The hash of a set of rows.

import { bytes } from '../check.js';
import { invalid } from '../error.js';
import { Handle, dispose } from '../handle.js';
import { octets, rows } from './check.js';
import { Domain } from './domain.js';
import { layer } from './layer.js';

export class LtHash extends Handle {
  constructor(first = undefined, raw = undefined) {
    super(...Handle.made(first, raw, () => layer.now((module) => module.LtHash.identity())), 'hash');
  }

  static identity() {
    return new LtHash();
  }

  static decode(encoded) {
    const given = bytes(encoded, 'a hash');
    return Handle.of(LtHash, layer.now((module) => module.LtHash.decode(given)));
  }

  /** The raw object of `hash`. */
  static raw(hash) {
    if (!(hash instanceof LtHash)) throw invalid('a hash is an LtHash');
    return Handle.raw(hash);
  }

  add(domain, key, value) {
    const row = [octets(key, 'a key'), octets(value, 'a value')];
    return this.#changed((raw) => raw.add(Domain.raw(domain), ...row));
  }

  remove(domain, key, value) {
    const row = [octets(key, 'a key'), octets(value, 'a value')];
    return this.#changed((raw) => raw.remove(Domain.raw(domain), ...row));
  }

  addBatch(domain, given) {
    const flat = rows(given);
    return this.#changed((raw) => raw.addBatch(Domain.raw(domain), flat));
  }

  removeBatch(domain, given) {
    const flat = rows(given);
    return this.#changed((raw) => raw.removeBatch(Domain.raw(domain), flat));
  }

  addRaw(message) {
    return this.#changed((raw) => raw.addRaw(octets(message, 'a message')));
  }

  removeRaw(message) {
    return this.#changed((raw) => raw.removeRaw(octets(message, 'a message')));
  }

  merge(other) {
    return this.#changed((raw) => raw.merge(LtHash.raw(other)));
  }

  subtract(other) {
    return this.#changed((raw) => raw.subtract(LtHash.raw(other)));
  }

  isIdentity() {
    return layer.now(() => Handle.raw(this).isIdentity());
  }

  equals(other) {
    return layer.now(() => Handle.raw(this).equals(LtHash.raw(other)));
  }

  encode() {
    return layer.now(() => Handle.raw(this).encode());
  }

  checksum() {
    return layer.now(() => Handle.raw(this).checksum());
  }

  copy() {
    return Handle.of(LtHash, layer.now(() => Handle.raw(this).copy()));
  }

  close() {
    Handle.release(this);
  }

  [dispose]() {
    this.close();
  }

  #changed(work) {
    layer.now(() => work(Handle.raw(this)));
    return this;
  }
}
