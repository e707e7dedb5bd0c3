// All of the engine, with an `init` that has to be told where its module is.

import { invalid } from '../error.js';
import { layer } from './layer.js';

export { SealwoodError } from '../error.js';
export { EngineBatch } from './batch.js';
export { Domain, bucketOf } from './domain.js';
export { Engine } from './engine.js';
export { LtHash } from './hash.js';
export { Namespace } from './namespace.js';
export { Partition } from './partition.js';
export { PartitionedLtHash } from './partitions.js';
export { EngineSnapshot, NamespaceSnapshot } from './snapshot.js';

export async function init(source) {
  if (source == null) throw invalid('init of sealwood/engine/slim takes a URL, bytes, a module or a response');
  await layer.start(source);
}
