// Counts in an object of a directory beside other processes.

import * as api from '../js/node.js';

export async function count(root, updates) {
  await api.init();
  const store = await api.BlobStore.directory(root);
  for (let update = 0; update < Number(updates); update++) {
    while (!(await countOne(store))) continue;
  }
}

async function countOne(store) {
  const { bytes, etag } = await store.get('counter');
  const next = String(Number(new TextDecoder().decode(bytes)) + 1);
  try {
    await store.put('counter', new TextEncoder().encode(next), { matches: etag });
    return true;
  } catch (error) {
    if (error.code === 'precondition-failed') return false;
    throw error;
  }
}
