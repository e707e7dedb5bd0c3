// Objects in the order of their keys, from directories in no order.

import { builtin } from './builtin.js';
import { isMissing } from './failure.js';

/** What ends the name of a directory, so that it is no object's. */
export const DIRECTORY_MARK = '=';

/** One page of the objects below the directory `objects`. */
export async function list(objects, prefix, startAfter = '', limit = 1000) {
  const found = [];
  // Everything with this prefix is below one directory.
  const above = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const segments = above.split('/').slice(0, -1);
  const top = [objects, ...segments.map((segment) => segment + DIRECTORY_MARK)].join('/');
  await visit(top, above, { prefix, startAfter, found, limit });
  const page = found.slice(0, limit);
  return { objects: page, next: found.length > limit ? page.at(-1).key : undefined };
}

/** Visits the objects below `directory`, whose keys start with `above`, until one is too many. */
async function visit(directory, above, walk) {
  for (const name of await namesIn(directory, above, walk)) {
    if (walk.found.length > walk.limit) return;
    if (name.endsWith('/')) {
      const below = `${directory}/${name.slice(0, -1)}${DIRECTORY_MARK}`;
      await visit(below, above + name, walk);
    } else {
      const meta = await metaOf(`${directory}/${name}`, above + name);
      // One that was deleted since its name was read is none.
      if (meta) walk.found.push(meta);
    }
  }
}

/** The names in `directory` that may matter, ascending; directories end in `/`, which puts each
 * name where its keys belong. */
async function namesIn(directory, above, { prefix, startAfter }) {
  const { opendir } = builtin('node:fs/promises');
  const names = [];
  try {
    for await (const entry of await opendir(directory)) {
      const name = nameOf(entry);
      const path = above + name;
      const isAfter = path > startAfter || (path.endsWith('/') && startAfter.startsWith(path));
      if (name && isAfter && path.startsWith(prefix)) names.push(name);
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  // Keys are ASCII, whose order is that of their bytes.
  return names.sort((a, b) => (a < b ? -1 : 1));
}

/** The segment of a key that an entry stands for, with `/` if keys go on below it; nothing for what
 * is none of the store's. */
function nameOf(entry) {
  const [, segment, mark] = /^([a-z0-9_-]+)(=?)$/.exec(entry.name) ?? [];
  if (segment === undefined || entry.isDirectory() !== (mark === DIRECTORY_MARK)) return undefined;
  return mark ? `${segment}/` : segment;
}

/** What is known of the object at `key`, which is the file at `path`; nothing if there is none. */
export async function metaOf(path, key) {
  const { stat } = builtin('node:fs/promises');
  try {
    const { size, mtimeMs } = await stat(path);
    // Of what lies before 1970, the core has no time.
    return mtimeMs < 0 ? { key, size } : { key, size, modifiedMs: mtimeMs };
  } catch (error) {
    if (!isMissing(error)) throw error;
    return undefined;
  }
}
