// The whole API, with an `init` that has to be told where the module is.

import { invalid } from './error.js';
import { start } from './glue.js';

export { Batch } from './batch.js';
export { Credential } from './credential.js';
export { SealwoodError } from './error.js';
export { generateSecret, phraseOfSecret, secretOfPhrase, setLogger, version } from './library.js';
export { SharedDirectory, Snapshot } from './snapshot.js';
export { BlobStore } from './store.js';
export { NewVault, Vault } from './vault.js';

export async function init(source) {
  if (source == null) throw invalid('init of sealwood/slim takes a URL, bytes, a module or a response');
  await start(source);
}
