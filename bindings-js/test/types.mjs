// The files that say what the entries of the package have.

import { readFileSync, readdirSync } from 'node:fs';

const directory = new URL('../js/', import.meta.url);

/** What each entry has of its own. */
export const ENTRIES = ['index', 'inline', 'slim', 'testing'];
/** What no entry exports. */
const INNER = ['platform', 'wasm'];

/** What all entries have, a name for each file. */
export const SHARED = readdirSync(directory)
  .filter((file) => file.endsWith('.d.ts'))
  .map((file) => file.slice(0, -'.d.ts'.length))
  .filter((name) => ![...ENTRIES, ...INNER].includes(name));

/** The text of the file of this name. */
export function typesIn(name) {
  return readFileSync(new URL(`${name}.d.ts`, directory), 'utf8');
}
