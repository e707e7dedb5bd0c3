// A vault in a worker.

import * as api from '/js/browser.js';

await api.init();
const store = await api.BlobStore.indexedDb('worker');
const vault = await api.Vault.create(store, api.Credential.secret(api.generateSecret()));
await vault.put('a', 'from a worker');
postMessage(new TextDecoder().decode(await vault.get('a')));
