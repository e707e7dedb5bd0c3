// The partitions of some data, and their hash.

import { bytes } from '../check.js';
import { invalid } from '../error.js';
import { Handle, dispose } from '../handle.js';
import { changes, octets, oneOf, rows, secret as secretOf } from './check.js';
import { LtHash } from './hash.js';
import { layer } from './layer.js';
import { Partition } from './partition.js';

const DETAILS = ['whole', 'buckets'];

export class PartitionedLtHash extends Handle {
  constructor(first = undefined, raw = undefined) {
    super(...Handle.made(first, raw, () => rawPartitions()), 'partitions');
  }

  static keyed(secret) {
    return Handle.of(PartitionedLtHash, rawPartitions(secretOf(secret)));
  }

  create(name, detail) {
    this.#named(name, (raw, given) => raw.create(given, oneOf(detail, DETAILS, 'a detail')));
  }

  restore(name, record) {
    return this.#named(name, (raw, given) => raw.restore(given, bytes(record, 'a record')));
  }

  remove(name) {
    return this.#named(name, (raw, given) => raw.remove(given));
  }

  names() {
    return layer.now(() => Handle.raw(this).names());
  }

  partition(name) {
    const found = this.#named(name, (raw, given) => raw.partition(given));
    return found && Handle.of(Partition, found);
  }

  apply(name, given) {
    const flat = changes(given);
    this.#named(name, (raw, of) => raw.apply(of, flat));
  }

  beginBackfill(name, detail) {
    this.#named(name, (raw, given) => raw.beginBackfill(given, oneOf(detail, DETAILS, 'a detail')));
  }

  backfill(name, given) {
    const flat = rows(given);
    this.#named(name, (raw, of) => raw.backfill(of, flat));
  }

  finishBackfill(name) {
    this.#named(name, (raw, given) => raw.finishBackfill(given));
  }

  forget(name) {
    this.#named(name, (raw, given) => raw.forget(given));
  }

  hash() {
    return Handle.of(LtHash, layer.now(() => Handle.raw(this).hash()));
  }

  checksum() {
    return layer.now(() => Handle.raw(this).checksum());
  }

  differences(other) {
    if (!(other instanceof PartitionedLtHash)) throw invalid('what is compared with is a PartitionedLtHash');
    return layer.now(() => Handle.raw(this).differences(Handle.raw(other)));
  }

  close() {
    Handle.release(this);
  }

  [dispose]() {
    this.close();
  }

  #named(name, work) {
    return layer.now(() => work(Handle.raw(this), octets(name, 'a name')));
  }
}

function rawPartitions(secret) {
  return layer.now((module) => new module.PartitionedLtHash(secret));
}
