// How often other work has its turn while contents are stored that are known already, in Node and in a
// page. Imports nothing, so that a page can.

const MIB = 1 << 20;

/**
 * @param {object} api what the package exports
 * @returns {Promise<Record<string, { bytes: number, turns: number, longest: number }>>} of each way to store
 *   them the bytes, the turns meanwhile, and the longest wait for one in milliseconds
 */
export async function turnsOfKnown(api) {
  const vault = await api.Vault.create(api.BlobStore.memory(), api.Credential.secret(new Uint8Array(32)));
  const bytes = new Uint8Array(48 * MIB);
  for (let at = 0; at < bytes.length; at += 512) new DataView(bytes.buffer).setUint32(at, at);
  await vault.put('known', bytes);
  const small = bytes.subarray(0, 100_000);
  return {
    'a large array': await turnsWhile(bytes.length, () => vault.put('a', bytes, { deferred: true })),
    'a stream': await turnsWhile(bytes.length, () => vault.putStream('b', [bytes], { deferred: true })),
    'many small puts': await turnsWhile(100 * small.length, async () => {
      const batch = vault.batch();
      for (let index = 0; index < 100; index++) await batch.put(`c/${index}`, small);
      batch.close();
    }),
    'reading': await turnsWhile(bytes.length, () => vault.get('known')),
  };
}

async function turnsWhile(bytes, work) {
  const { port1, port2 } = new MessageChannel();
  let [turns, longest, before] = [0, 0, performance.now()];
  port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - before);
    before = now;
    turns += 1;
    port2.postMessage(null);
  };
  port2.postMessage(null);
  await work();
  port1.close();
  return { bytes, turns, longest };
}
