// How often other work has its turn while a passphrase of the default cost is worked on, in Node and in
// a page. Imports nothing, so that a page can.

/**
 * @param {object} api what the package exports
 * @param {number} [abortAfter] turns after which the work is cancelled
 * @returns {Promise<{ turns: number, late: number, longest: number, code?: string }>} the turns, how many of
 *   them came after cancelling, the longest wait for one in milliseconds, and the code it failed with
 */
export async function turnsWhilePreparing(api, abortAfter = Infinity) {
  const abort = new AbortController();
  const { port1, port2 } = new MessageChannel();
  let [turns, late, longest] = [0, 0, 0];
  let before = performance.now();
  port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - before);
    before = now;
    turns += 1;
    if (abort.signal.aborted) late += 1;
    if (turns >= abortAfter) abort.abort();
    port2.postMessage(null);
  };
  port2.postMessage(null);
  let code;
  try {
    const passphrase = api.Credential.passphrase('open sesame');
    await api.Vault.prepare(passphrase, {}, { signal: abort.signal });
  } catch (error) {
    code = error.code;
  }
  port1.close();
  return { turns, late, longest, code };
}
