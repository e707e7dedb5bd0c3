// A vault in a worker, which tells of what it read and of what it could not.

import * as api from '/js/browser.js';

await api.init();
const store = await api.BlobStore.indexedDb('worker');
const vault = await api.Vault.create(store, api.Credential.secret(api.generateSecret()));
await vault.put('a', 'from a worker');
const failure = await vault.get('no/such').catch((error) => error.toJSON());
postMessage({ text: new TextDecoder().decode(await vault.get('a')), failure });
