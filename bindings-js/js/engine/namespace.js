// One ordered key space of an engine.

import { options as optionsOf, optionalSmall, optionalWhole, whole } from '../check.js';
import { invalid } from '../error.js';
import { Handle } from '../handle.js';
import { Listing } from '../listing.js';
import { CALL, TRANSFER } from '../watching.js';
import {
  callOptions,
  deleteArguments,
  octets,
  oneOf,
  optionalOctets,
  putArguments,
} from './check.js';
import { layer } from './layer.js';
import { Partition } from './partition.js';
import { Reading } from './reading.js';
import { NamespaceSnapshot } from './snapshot.js';
import { Upkeep } from './upkeep.js';

const COMPARE = ['firstMax', ...CALL];
const WATCH = ['prefix', 'since', ...CALL];
const TRACKINGS = ['off', 'whole', 'buckets'];

export class Namespace extends Reading {
  constructor(secret, raw) {
    super(secret, raw, 'namespace');
  }

  async getRange(key, offset, length, options) {
    const raw = Handle.raw(this);
    const range = [whole(offset, 'offset'), whole(length, 'length')];
    return layer.call(options, (watch) => raw.getRange(octets(key, 'a key'), ...range, watch));
  }

  async put(key, value, options) {
    const { args, call } = putArguments(options);
    const given = [octets(key, 'a key'), octets(value, 'a value')];
    return this.#write(call, (raw, watch) => raw.put(...given, args, watch));
  }

  async delete(key, options) {
    const { args, call } = deleteArguments(options);
    return this.#write(call, (raw, watch) => raw.delete(octets(key, 'a key'), args, watch));
  }

  async expireAt(key, ms, options) {
    const given = [octets(key, 'a key'), whole(ms, 'a time')];
    return this.#write(options, (raw, watch) => raw.expireAt(...given, watch));
  }

  async persist(key, options) {
    return this.#write(options, (raw, watch) => raw.persist(octets(key, 'a key'), watch));
  }

  async renamePrefix(from, to, options) {
    const given = [octets(from, 'from'), octets(to, 'to')];
    return this.#write(options, (raw, watch) => raw.renamePrefix(...given, watch));
  }

  async longestPrefix(key, options) {
    const raw = Handle.raw(this);
    return layer.call(options, (watch) => raw.longestPrefix(octets(key, 'a key'), watch));
  }

  async length(options) {
    const raw = Handle.raw(this);
    return layer.call(options, (watch) => raw.length(watch));
  }

  async snapshot(options) {
    const raw = Handle.raw(this);
    return Handle.of(NamespaceSnapshot, await layer.call(options, (watch) => raw.snapshot(watch)));
  }

  watch(options) {
    const given = optionsOf(options, WATCH);
    const prefix = optionalOctets(given.prefix, 'prefix') ?? new Uint8Array(0);
    const since = optionalWhole(given.since, 'since');
    const open = async (watch) => Handle.raw(this).watch(prefix, since, watch);
    // Changes from now on, and not from when the first is asked for.
    return new Listing(layer, callOptions(given), open).begin();
  }

  async track(tracking, options) {
    const how = oneOf(tracking, TRACKINGS, 'a tracking');
    return this.#write(options, (raw, watch) => raw.track(how, watch));
  }

  async trackedState(options) {
    const raw = Handle.raw(this);
    const state = await layer.call(options, (watch) => raw.trackedState(watch));
    return state && { revision: state.revision, partition: Handle.of(Partition, state.partition) };
  }

  async backfill(options) {
    return this.#write(options, (raw, watch) => raw.backfill(watch), TRANSFER);
  }

  async verifyState(options) {
    const raw = Handle.raw(this);
    return layer.call(options, (watch) => raw.verifyState(watch), TRANSFER);
  }

  async compare(other, options) {
    const raw = Handle.raw(this);
    if (!(other instanceof Namespace)) throw invalid('what is compared with is a Namespace');
    const given = optionsOf(options, COMPARE);
    const firstMax = optionalSmall(given.firstMax, 'firstMax');
    const theirs = Handle.raw(other);
    return layer.call(callOptions(given), (watch) => raw.compare(theirs, firstMax, watch));
  }

  async #write(options, work, known = CALL) {
    const raw = Handle.raw(this);
    Upkeep.of(this).touch();
    return layer.call(options, (watch) => work(raw, watch), known);
  }
}
