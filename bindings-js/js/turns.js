// Long work gives the host turns. What is known already is stored without asking anybody, so that nothing
// is waited for, and a page would stand still for as long as it takes to look at all of it.

/** After so many bytes there is a turn: some milliseconds of work on any device. */
const BYTES = 1 << 20;
/** What a call without bytes counts for. */
const CALL_BYTES = 4 << 10;

let worked = 0;

/** Waits until the host has done what else it has to do, if since the last time much was worked on. */
export async function turn(bytes) {
  worked += bytes + CALL_BYTES;
  if (worked < BYTES) return;
  worked = 0;
  await othersHaveWorked();
}

/** Waits until the host has done what else it has to do. By a message: timers are delayed, in hidden pages by a
 * second and more. */
export function othersHaveWorked() {
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
