// How long a test waits for what has to come.

/** In milliseconds. It is for what never comes: what is slow, on a machine that is busy, comes before. */
export const PATIENCE_MS = 10 * 60_000;
