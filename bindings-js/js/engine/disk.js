// Files of one directory of the file system, as the engine needs them, by Node's synchronous calls.
//
// A disk is an object with the methods of `NodeDisk`, and its files have those of `NodeFile`. None of them
// answers by a promise, and what they throw has the `code` of POSIX that says it. Names come checked: at most
// one `/`, no dots that would leave the directory. What a file is given to read into or to write is a view
// of the module's memory, which nobody may keep.
//
// On Unix files are readable by their owner alone and so are the directories, as those that the engine makes
// in other languages. What is no regular file is left alone: a pipe or a link in place of a file is neither
// waited for nor followed.
//
// The lock is that of a directory and not of its path. Once it is locked, nothing is done by name in a directory
// that somebody put in its place, where another engine may be at work; and once it is removed, nothing that was
// written to its files is called durable.

import { builtin } from '../directory/builtin.js';
import { failure, staleError, systemError } from '../directory/failure.js';
import { wayOfLocking } from '../directory/locking.js';
import { SealwoodError } from '../error.js';
import { isAt, lockDirectory } from './disk-lock.js';

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

export class NodeDisk {
  #fs = builtin('node:fs');
  #root;
  /** The directory, open, while it is locked. */
  #locked;
  /** Whether it is told of the directory how many names it has: not all file systems know. */
  #hasNames = false;
  /** Why the last lock could not be asked for. */
  #refusal;

  /** The disk in the directory `root`, which is made unless nothing is to be written. */
  static open(root, access) {
    // Before anything is made.
    wayOfLocking();
    const path = builtin('node:path').resolve(root);
    try {
      const disk = new NodeDisk(path);
      if (access === 'readOnly') disk.#expectDirectory();
      else disk.#create(path);
      return disk;
    } catch (error) {
      throw failure(error);
    }
  }

  constructor(root) {
    this.#root = root;
  }

  /** What an open has failed for, of which `error` says less. */
  failure(error) {
    return this.#refusal ?? error;
  }

  open(name, mode) {
    const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = this.#fs.constants;
    const how = { read: O_RDONLY, write: O_RDWR, createNew: O_RDWR | O_CREAT | O_EXCL }[mode];
    const path = this.#pathOf(name);
    let fd;
    try {
      fd = this.#fs.openSync(path, how | O_NOFOLLOW | O_NONBLOCK, FILE_MODE);
    } catch (error) {
      // What is no file fails to open in ways that differ from system to system.
      if (mode !== 'createNew') this.#expectFile(this.#fs.lstatSync(path, { throwIfNoEntry: false }));
      throw error;
    }
    try {
      this.#expectFile(this.#fs.fstatSync(fd));
    } catch (error) {
      this.#fs.closeSync(fd);
      throw error;
    }
    return new NodeFile(this.#fs, fd, () => this.#expectNotRemoved());
  }

  rename(from, to) {
    this.#fs.renameSync(this.#pathOf(from), this.#pathOf(to));
  }

  remove(name) {
    this.#fs.unlinkSync(this.#pathOf(name));
  }

  /** The files directly in `directory`, in any order. */
  list(directory) {
    const path = this.#pathOf(directory);
    const files = [];
    for (const name of this.#namesIn(path)) {
      // One that was removed since its name was read is none.
      const found = this.#fs.lstatSync(`${path}/${name}`, { throwIfNoEntry: false });
      if (found?.isFile()) files.push({ name, size: found.size });
    }
    return files;
  }

  createDirectory(directory) {
    this.#makeDirectory(this.#pathOf(directory));
  }

  syncDirectory(directory) {
    this.#syncDirectory(this.#pathOf(directory));
  }

  /** Locks the whole directory, `shared` or `exclusive`, and answers what unlocks it. */
  lock(mode) {
    this.#refusal = undefined;
    try {
      const { free, directory } = lockDirectory(this.#root, mode);
      this.#locked = directory;
      this.#hasNames = directory !== undefined && this.#names() > 0;
      return () => {
        if (this.#locked === directory) this.#locked = undefined;
        free();
      };
    } catch (error) {
      if (error instanceof SealwoodError) this.#refusal = error;
      throw error;
    }
  }

  freeBytes() {
    const { bavail, bsize } = this.#fs.statfsSync(this.#root);
    return bavail * bsize;
  }

  #pathOf(name) {
    if (this.#locked !== undefined && !isAt(this.#fs, this.#root, this.#locked)) {
      throw staleError('the directory was moved or removed while it was open');
    }
    return name === '' ? this.#root : `${this.#root}/${name}`;
  }

  #names() {
    return this.#fs.fstatSync(this.#locked).nlink;
  }

  #expectNotRemoved() {
    if (this.#locked === undefined || !this.#hasNames || this.#names() > 0) return;
    throw staleError('the directory was removed while it was open');
  }

  #namesIn(path) {
    try {
      return this.#fs.readdirSync(path);
    } catch (error) {
      if (error.code === 'ENOENT') return [];
      throw error;
    }
  }

  #expectFile(found) {
    if (!found || found.isFile()) return;
    throw systemError(found.isDirectory() ? 'EISDIR' : 'EFTYPE');
  }

  #expectDirectory() {
    if (!this.#fs.statSync(this.#root).isDirectory()) throw systemError('ENOTDIR');
  }

  #isDirectory(path) {
    return this.#fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  }

  #makeDirectory(path) {
    try {
      this.#fs.mkdirSync(path, DIRECTORY_MODE);
    } catch (error) {
      if (error.code !== 'EEXIST' || !this.#isDirectory(path)) throw error;
    }
  }

  #syncDirectory(path) {
    const fd = this.#fs.openSync(path, 'r');
    try {
      this.#fs.fsyncSync(fd);
    } finally {
      this.#fs.closeSync(fd);
    }
  }

  /** A process may have made a name in it and ended before that was durable. Where it is out of reach,
   * somebody else made it. */
  #syncDirectoryWithinReach(path) {
    try {
      this.#syncDirectory(path);
    } catch {
      return;
    }
  }

  /** Makes the directory `path` and whatever is missing above it, each durable before the next. */
  #create(path) {
    const parent = builtin('node:path').dirname(path);
    if (parent === path) return;
    if (this.#isDirectory(path)) {
      this.#syncDirectoryWithinReach(parent);
      return;
    }
    this.#create(parent);
    this.#makeDirectory(path);
    this.#syncDirectory(parent);
  }
}

class NodeFile {
  #fs;
  #fd;
  #expectNotRemoved;

  constructor(fs, fd, expectNotRemoved) {
    this.#fs = fs;
    this.#fd = fd;
    this.#expectNotRemoved = expectNotRemoved;
  }

  size() {
    return this.#fs.fstatSync(this.#fd).size;
  }

  /** Reads from `offset` on, and answers how many bytes: 0 at the end. */
  read(into, offset) {
    return this.#fs.readSync(this.#fd, into, 0, into.length, offset);
  }

  /** Writes at `offset`, and answers how many bytes. */
  write(bytes, offset) {
    return this.#fs.writeSync(this.#fd, bytes, 0, bytes.length, offset);
  }

  truncate(size) {
    this.#fs.ftruncateSync(this.#fd, size);
  }

  sync() {
    this.#expectNotRemoved();
    // The size is durable with the bytes; only times and the like may be left out.
    this.#fs.fdatasyncSync(this.#fd);
  }

  close() {
    this.#fs.closeSync(this.#fd);
  }
}
