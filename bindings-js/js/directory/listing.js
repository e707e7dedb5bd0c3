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
      await push(`${directory}/${name}`, above + name, walk.found);
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

async function push(path, key, found) {
  const { stat } = builtin('node:fs/promises');
  try {
    found.push({ key, size: (await stat(path)).size });
  } catch (error) {
    // Deleted since its name was read.
    if (!isMissing(error)) throw error;
  }
}
