// The embedded engine.

import {
  directoryPath,
  options as optionsOf,
  optionalSmall,
  optionalWhole,
  text,
} from '../check.js';
import { invalid } from '../error.js';
import { Handle, asyncDispose } from '../handle.js';
import { CALL, TRANSFER } from '../watching.js';
import { EngineBatch } from './batch.js';
import { callOptions, optionalOneOf } from './check.js';
import { NodeDisk } from './disk.js';
import { layer } from './layer.js';
import { Namespace } from './namespace.js';
import { EngineSnapshot } from './snapshot.js';
import { Upkeep } from './upkeep.js';

const SIZES = ['separatedBytesMin', 'memoryBytesMax', 'watchBytesMax'];
const COUNTS = ['namespacesMax', 'checkpointIdleMs', 'watchEventsMax'];
const KINDS = {
  access: ['readWrite', 'readOnly'],
  recovery: ['checkpoint', 'rebuild', 'passOver'],
  background: ['automatic', 'manual'],
};
const CONFIG = [...SIZES, ...COUNTS, ...Object.keys(KINDS)];
const NAMESPACE = ['separatedBytesMin', ...CALL];
/** What is looked for and told of: the first so much of it. */
const FIRST = ['firstMax', ...CALL];

export class Engine extends Handle {
  constructor(secret, raw) {
    super(secret, raw, 'engine');
  }

  static async memory(config, options) {
    const { Engine: Raw } = layer.raw;
    const given = engineArguments(config);
    return opened(await layer.call(options, (watch) => Raw.memory(given, watch)), given);
  }

  static async open(path, config, options) {
    const { Engine: Raw } = layer.raw;
    const given = engineArguments(config);
    const disk = NodeDisk.open(directoryPath(path), given.access);
    try {
      return opened(await layer.call(options, (watch) => Raw.openDisk(disk, given, watch)), given);
    } catch (error) {
      throw disk.failure(error);
    }
  }

  async namespace(name, options) {
    const given = optionsOf(options, NAMESPACE);
    const least = optionalWhole(given.separatedBytesMin, 'separatedBytesMin');
    const made = (raw, watch) => raw.namespace(text(name, 'a name'), least, watch);
    return this.#gives(Namespace, await this.#write(callOptions(given), made));
  }

  async namespaces(options) {
    return this.#call(options, (raw, watch) => raw.namespaces(watch));
  }

  async dropNamespace(name, options) {
    return this.#write(options, (raw, watch) => raw.dropNamespace(text(name, 'a name'), watch));
  }

  batch() {
    return this.#gives(EngineBatch, layer.now(() => Handle.raw(this).batch()));
  }

  async snapshot(options) {
    return Handle.of(EngineSnapshot, await this.#call(options, (raw, watch) => raw.snapshot(watch)));
  }

  async revision(options) {
    return this.#call(options, (raw, watch) => raw.revision(watch));
  }

  async stats(options) {
    return this.#call(options, (raw, watch) => raw.stats(watch));
  }

  async sync(options) {
    return this.#call(options, (raw, watch) => raw.sync(watch));
  }

  async needsSync(options) {
    return this.#call(options, (raw, watch) => raw.needsSync(watch));
  }

  async checkpoint(options) {
    return this.#call(options, (raw, watch) => raw.checkpoint(watch));
  }

  async maintain(options) {
    return this.#call(options, (raw, watch) => raw.maintain(watch));
  }

  async compact(options) {
    return this.#call(options, (raw, watch) => raw.compact(watch));
  }

  async vacuum(options) {
    return this.#call(options, (raw, watch) => raw.vacuum(watch));
  }

  async purgeExpired(options) {
    return this.#call(options, (raw, watch) => raw.purgeExpired(watch));
  }

  async verify(options) {
    const given = optionsOf(options, FIRST);
    const firstMax = optionalSmall(given.firstMax, 'firstMax');
    return this.#call(callOptions(given), (raw, watch) => raw.verify(firstMax, watch));
  }

  async verifyState(options) {
    return this.#call(options, (raw, watch) => raw.verifyState(watch), TRANSFER);
  }

  async compare(other, options) {
    if (!(other instanceof Engine)) throw invalid('what is compared with is an Engine');
    const given = optionsOf(options, FIRST);
    const firstMax = optionalSmall(given.firstMax, 'firstMax');
    const theirs = Handle.raw(other);
    return this.#call(callOptions(given), (raw, watch) => raw.compare(theirs, firstMax, watch));
  }

  async close(options) {
    if (!Handle.isOpen(this)) return;
    const upkeep = Upkeep.of(this);
    const goOn = upkeep.pause();
    try {
      await this.#call(options, (raw, watch) => raw.close(watch));
    } catch (error) {
      // It may be open still: the call may have been cancelled before it began.
      goOn();
      throw error;
    }
    upkeep.stop();
    Handle.release(this);
  }

  async [asyncDispose]() {
    await this.close();
  }

  async #call(options, work, known = CALL) {
    const raw = Handle.raw(this);
    return layer.call(options, (watch) => work(raw, watch), known);
  }

  async #write(options, work) {
    const outcome = this.#call(options, work);
    Upkeep.of(this).touch();
    return outcome;
  }

  /** A handle of `Class` whose writes have the upkeep of this engine. */
  #gives(Class, raw) {
    return Upkeep.give(Handle.of(Class, raw), Upkeep.of(this));
  }
}

/** The engine of a raw one that was opened now: something may be left to be done since the last time. */
function opened(raw, { access, background, checkpointIdleMs }) {
  const maintain = () => layer.call(undefined, (watch) => raw.maintain(watch));
  const upkeep = new Upkeep(maintain, checkpointIdleMs);
  if (access === 'readOnly' || background === 'manual') upkeep.stop();
  upkeep.touch();
  return Upkeep.give(Handle.of(Engine, raw), upkeep);
}

function engineArguments(config) {
  const given = optionsOf(config, CONFIG);
  const checked = (names, check) => names.map((name) => [name, check(given[name], name)]);
  return Object.fromEntries([
    ...checked(SIZES, optionalWhole),
    ...checked(COUNTS, optionalSmall),
    ...Object.entries(KINDS).map(([name, kinds]) => [name, optionalOneOf(given[name], kinds, name)]),
  ]);
}
