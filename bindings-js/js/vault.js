// An open vault.

import { Batch } from './batch.js';
import { optionalSmall, optionalWhole, options as optionsOf, path as pathOf } from './check.js';
import { METADATA, put, putArguments, putStream } from './content.js';
import { Credential } from './credential.js';
import { call, glue, now } from './glue.js';
import { Handle, asyncDispose, dispose } from './handle.js';
import { Snapshot } from './snapshot.js';
import { BlobStore } from './store.js';
import { Tree } from './tree.js';
import { TRANSFER } from './watching.js';

const SIZES = ['chunkBytes', 'extentBytesMax', 'memoryBudgetBytes', 'packBytesMax'];
const CONFIG = [...SIZES, 'kdf', 'kdfCeiling'];
const CEILING = ['memoryKib', 'passes'];
const KDF = [...CEILING, 'lanes'];

export class Vault extends Tree {
  constructor(secret, raw) {
    super(secret, raw, 'vault', raw.tree());
  }

  static async create(store, credential, config, options) {
    return attach('create', store, credential, config, options);
  }

  static async prepare(credential, config, options) {
    const { NewVault: Raw } = glue();
    const given = configArguments(config);
    const key = Credential.raw(credential);
    return Handle.of(NewVault, await call(options, (watch) => Raw.prepare(key, given, watch)));
  }

  static async open(store, credential, config, options) {
    return attach('open', store, credential, config, options);
  }

  async put(path, content, options) {
    return put(Handle.raw(this), pathOf(path), content, options);
  }

  async putStream(path, content, options) {
    return putStream(Handle.raw(this), pathOf(path), content, options);
  }

  async mkdir(path, options) {
    const raw = Handle.raw(this);
    return call(options, (watch) => raw.mkdir(pathOf(path), watch));
  }

  async remove(path, options) {
    const raw = Handle.raw(this);
    return call(options, (watch) => raw.remove(pathOf(path), watch));
  }

  async removeAll(path, options) {
    const raw = Handle.raw(this);
    return call(options, (watch) => raw.removeAll(pathOf(path), watch));
  }

  async rename(from, to, options) {
    const raw = Handle.raw(this);
    return call(options, (watch) => raw.rename(pathOf(from, 'from'), pathOf(to, 'to'), watch));
  }

  async copy(from, to, options) {
    const raw = Handle.raw(this);
    return call(options, (watch) => raw.copy(pathOf(from, 'from'), pathOf(to, 'to'), watch));
  }

  async setMetadata(path, metadata, options) {
    const raw = Handle.raw(this);
    const given = putArguments(metadata, METADATA);
    return call(options, (watch) => raw.setMetadata(pathOf(path), given, watch));
  }

  async flush(options) {
    const raw = Handle.raw(this);
    return call(options, (watch) => raw.flush(watch), TRANSFER);
  }

  needsFlush() {
    return now(() => Handle.raw(this).needsFlush());
  }

  batch() {
    return now(() => Handle.of(Batch, Handle.raw(this).batch()));
  }

  async snapshot(options) {
    const raw = Handle.raw(this);
    return Handle.of(Snapshot, await call(options, (watch) => raw.snapshot(watch)));
  }

  async link(path, options) {
    const raw = Handle.raw(this);
    return call(options, (watch) => raw.link(pathOf(path), watch));
  }

  async refresh(options) {
    const raw = Handle.raw(this);
    return call(options, (watch) => raw.refresh(watch));
  }

  stats() {
    return now(() => Handle.raw(this).stats());
  }

  async close(options) {
    if (!Handle.isOpen(this)) return;
    const raw = Handle.raw(this);
    await call(options, (watch) => raw.close(watch));
    Tree.release(this);
  }

  async [asyncDispose]() {
    await this.close();
  }
}

export class NewVault extends Handle {
  constructor(secret, raw) {
    super(secret, raw, 'new vault');
  }

  recoveryPhrase() {
    return now(() => Handle.raw(this).recoveryPhrase());
  }

  async create(store, options) {
    const raw = Handle.raw(this);
    return BlobStore.use(store, async (rawStore) =>
      Handle.of(Vault, await call(options, (watch) => raw.create(rawStore, watch))),
    );
  }

  close() {
    Handle.release(this);
  }

  [dispose]() {
    this.close();
  }
}

async function attach(how, store, credential, config, options) {
  const { Vault: Raw } = glue();
  const given = configArguments(config);
  const key = Credential.raw(credential);
  return BlobStore.use(store, async (rawStore) => {
    const raw = await call(options, (watch) => Raw[how](rawStore, key, given, watch));
    return Handle.of(Vault, raw);
  });
}

function configArguments(config) {
  const given = optionsOf(config, CONFIG);
  const { chunkBytes, kdf, kdfCeiling, memoryBudgetBytes, packBytesMax, extentBytesMax } = given;
  const { memoryKib, passes, lanes } = optionsOf(kdf, KDF);
  const ceiling = optionsOf(kdfCeiling, CEILING);
  return {
    chunkBytes: optionalSmall(chunkBytes, 'chunkBytes'),
    memoryKib: optionalSmall(memoryKib, 'memoryKib'),
    passes: optionalSmall(passes, 'passes'),
    lanes: optionalSmall(lanes, 'lanes'),
    ceilingMemoryKib: optionalSmall(ceiling.memoryKib, 'memoryKib'),
    ceilingPasses: optionalSmall(ceiling.passes, 'passes'),
    memoryBudgetBytes: optionalWhole(memoryBudgetBytes, 'memoryBudgetBytes'),
    packBytesMax: optionalWhole(packBytesMax, 'packBytesMax'),
    extentBytesMax: optionalSmall(extentBytesMax, 'extentBytesMax'),
  };
}
