// Objects as files of one directory, laid out as the core's directory store does it, so that programs
// of every language may use it at the same time:
//
//   <root>/lock                   held while a name is checked and changed
//   <root>/holders                locked by those who hold the store
//   <root>/tmp/<random>           bodies being written
//   <root>/objects/a=/b=/c        the object "a/b/c"
//
// The body of a put is written and synced in `tmp`; then, under the lock, the precondition is checked
// and the file renamed to its place; then the directory is synced. A crash leaves the old object or
// the new one, and at worst a file in `tmp`, which a later open sweeps.

import { SealwoodError, invalid } from '../error.js';
import { builtin } from './builtin.js';
import { failure, isMissing, readFailure } from './failure.js';
import { DIRECTORY_MARK, list, metaOf } from './listing.js';
import { heldFile, locked } from './lock.js';

/** After this long nobody writes to a file in `tmp` any more. */
const TEMP_AGE_MAX_MS = 24 * 60 * 60 * 1000;

/** The store in the directory `root`, which is made if there is none. */
export async function openDirectory(root, tagOf) {
  const path = builtin('node:path').resolve(root);
  // The lock is asked for by a line of text.
  if (/[\n\r]/.test(path)) throw invalid('a directory has no line break in its name');
  const store = new DirectoryStore(path, tagOf);
  await store.prepare().catch((error) => {
    throw failure(error);
  });
  return store;
}

class DirectoryStore {
  #root;
  #objects;
  #temps;
  #tagOf;
  /** Directories whose names are known to be durable. */
  #synced = new Set();

  constructor(root, tagOf) {
    this.#root = root;
    this.#objects = `${root}/objects`;
    this.#temps = `${root}/tmp`;
    this.#tagOf = tagOf;
  }

  async prepare() {
    await createWithAncestors(this.#root);
    this.#synced.add(this.#root);
    await this.#ensureDirectory(this.#temps);
    await this.#ensureDirectory(this.#objects);
    await this.#locked(() => {});
    // There may be no room to make it later.
    const { open } = builtin('node:fs/promises');
    await (await open(`${this.#root}/holders`, 'a', 0o600)).close();
    await this.#sweep();
  }

  async get(key) {
    const { readFile } = builtin('node:fs/promises');
    const bytes = await readFile(this.#pathOf(key)).catch(rethrow(readFailure));
    return { bytes, etag: this.#tagOf(bytes) };
  }

  async getRange(key, offset, length) {
    const { open } = builtin('node:fs/promises');
    const file = await open(this.#pathOf(key)).catch(rethrow(readFailure));
    try {
      const { size } = await file.stat();
      if (offset >= size) throw new SealwoodError('object-truncated');
      const bytes = new Uint8Array(Math.min(length, size - offset));
      let filled = 0;
      while (filled < bytes.length) {
        const left = bytes.length - filled;
        const { bytesRead } = await file.read(bytes, filled, left, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    } catch (error) {
      throw failure(error);
    } finally {
      await file.close();
    }
  }

  async put(key, bytes, precondition) {
    const { rename, unlink } = builtin('node:fs/promises');
    const path = this.#pathOf(key);
    const directory = parentOf(path);
    let temp;
    try {
      // A precondition that fails now fails the put: nothing need be written.
      await this.#check(path, precondition);
      await this.#ensureDirectory(directory);
      temp = `${this.#temps}/${builtin('node:crypto').randomBytes(16).toString('hex')}`;
      await writeDurably(temp, bytes);
      await this.#locked(async () => {
        await this.#check(path, precondition);
        await rename(temp, path);
      });
    } catch (error) {
      // What can't be removed now is swept later.
      if (temp) await unlink(temp).catch(() => {});
      throw failure(error);
    }
    await syncAfterChange(directory);
    return this.#tagOf(bytes);
  }

  async delete(key) {
    const { unlink } = builtin('node:fs/promises');
    const path = this.#pathOf(key);
    try {
      await this.#locked(() => unlink(path));
    } catch (error) {
      if (isMissing(error)) return;
      throw failure(error);
    }
    await syncAfterChange(parentOf(path));
  }

  async list(prefix, startAfter, limit) {
    return list(this.#objects, prefix, startAfter, limit).catch(rethrow(failure));
  }

  async head(key) {
    return metaOf(this.#pathOf(key), key).catch(rethrow(failure));
  }

  /** Holds the directory, beside programs of every language, and answers what lets go of it; nothing
   * where it is to be held alone and is not free. */
  async hold(mode) {
    return heldFile(`${this.#root}/holders`, mode).catch(rethrow(failure));
  }

  #pathOf(key) {
    return `${this.#objects}/${key.replaceAll('/', `${DIRECTORY_MARK}/`)}`;
  }

  #locked(work) {
    return locked(`${this.#root}/lock`, work);
  }

  /** Fails if `precondition` does not hold for the object at `path`. The state that made it fail is
   * durable then, so that a caller may build on it. */
  async #check(path, precondition) {
    if (precondition == null) return;
    const { readFile } = builtin('node:fs/promises');
    const found = await readFile(path).catch((error) => {
      if (!isMissing(error)) throw error;
    });
    const holds =
      precondition === 'absent'
        ? found === undefined
        : found !== undefined && this.#tagOf(found) === precondition.matches;
    if (holds) return;
    await syncDirectory(parentOf(path)).catch((error) => {
      if (!isMissing(error)) throw error;
    });
    throw new SealwoodError('precondition-failed');
  }

  /** Makes `directory`, which lies below the root, and its name durable. The parent is synced the
   * first time whoever made the directory: its maker may have died before. */
  async #ensureDirectory(directory) {
    if (this.#synced.has(directory)) return;
    const parent = parentOf(directory);
    await this.#ensureDirectory(parent);
    await createDirectory(directory);
    await syncDirectory(parent);
    this.#synced.add(directory);
  }

  async #sweep() {
    const { readdir, stat, unlink } = builtin('node:fs/promises');
    for (const name of await readdir(this.#temps)) {
      const path = `${this.#temps}/${name}`;
      // Another process may sweep at the same time.
      const modified = await stat(path).then(
        (found) => found.mtimeMs,
        () => Infinity,
      );
      if (Date.now() - modified > TEMP_AGE_MAX_MS) await unlink(path).catch(() => {});
    }
  }
}

function rethrow(translate) {
  return (error) => {
    throw translate(error);
  };
}

function parentOf(path) {
  return builtin('node:path').dirname(path);
}

async function writeDurably(path, bytes) {
  const file = await builtin('node:fs/promises').open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path) {
  const directory = await builtin('node:fs/promises').open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** The changed name can be seen but may not survive a crash unless this succeeds. */
async function syncAfterChange(directory) {
  await syncDirectory(directory).catch(() => {
    throw new SealwoodError('outcome-unknown');
  });
}

async function createDirectory(path) {
  await builtin('node:fs/promises')
    .mkdir(path)
    .catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
}

/** Makes `path` and what is missing above it, each durable. */
async function createWithAncestors(path) {
  const parent = parentOf(path);
  if (builtin('node:fs').existsSync(path) || parent === path) return;
  await createWithAncestors(parent);
  await createDirectory(path);
  await syncDirectory(parent);
}
