// The lock of a directory, the same as of engines in other languages: flock(2) on the file `lock` and on the
// directory, so that removing the file admits nobody. It ends with the process however that ends.
//
// Node cannot ask for it. BSD and macOS lock while a file is opened. On Linux the command `flock` locks what it
// is handed open: the lock belongs to the open file, which this process has too, and stays when the command
// has ended.

import { builtin } from '../directory/builtin.js';
import { systemError } from '../directory/failure.js';
import { wayOfLocking } from '../directory/locking.js';
import { SealwoodError, lacking } from '../error.js';

/** open(2): wait for an exclusive lock. */
const O_EXLOCK = 0x20;
/** The same, with others. */
const O_SHLOCK = 0x10;

/** Numbers of files are larger than what a number of JavaScript holds. */
const EXACT = { bigint: true };

/** What `flock -n` says if somebody else has the lock. */
const IS_LOCKED = 1;

/** Locks the directory `root`, `shared` or `exclusive`, and answers what unlocks it (`free`) and it as it is open
 * until then (`directory`), where it could be locked itself. Fails with `EAGAIN` if somebody else has it. */
export function lockDirectory(root, mode) {
  const fs = builtin('node:fs');
  const held = lockedDirectory(fs, root, mode);
  const free = () => held.splice(0).forEach((fd) => fs.closeSync(fd));
  try {
    const [directory] = held;
    held.push(lockedFile(fs, `${root}/lock`, mode));
    return { free, directory };
  } catch (error) {
    free();
    throw error;
  }
}

/** Whether `root` is still the path of the open `directory`. */
export function isAt(fs, root, directory) {
  // Both are asked anew: some file systems give numbers for as long as a file is open.
  const [there, ours] = [fs.statSync(root, { ...EXACT, throwIfNoEntry: false }), fs.fstatSync(directory, EXACT)];
  return there?.ino === ours.ino && there.dev === ours.dev;
}

/** The directory itself, where the file system locks directories: not all of the network do. */
function lockedDirectory(fs, root, mode) {
  try {
    return [openLocked(fs, root, fs.constants.O_RDONLY, mode)];
  } catch (error) {
    if (isFinal(error)) throw error;
    return [];
  }
}

function lockedFile(fs, path, mode) {
  const { O_CREAT, O_NOFOLLOW, O_RDONLY, O_RDWR } = fs.constants;
  if (mode === 'shared') {
    // Readers share the lock of a directory that they may not write to.
    try {
      return openLocked(fs, path, O_RDONLY | O_NOFOLLOW, mode);
    } catch (error) {
      if (isFinal(error)) throw error;
    }
  }
  return openLocked(fs, path, O_RDWR | O_CREAT | O_NOFOLLOW, mode);
}

/** Whether an error says that somebody has the lock, or that none could be asked for. */
function isFinal(error) {
  return error.code === 'EAGAIN' || error instanceof SealwoodError;
}

/** Opens and locks, and answers the open file. */
function openLocked(fs, path, flags, mode) {
  const isByCommand = wayOfLocking() === 'command';
  const lock = mode === 'shared' ? O_SHLOCK : O_EXLOCK;
  const fd = fs.openSync(path, flags | fs.constants.O_NONBLOCK | (isByCommand ? 0 : lock), 0o600);
  try {
    const found = fs.fstatSync(fd);
    if (!found.isFile() && !found.isDirectory()) throw systemError('EFTYPE');
    if (isByCommand) lockOpen(fd, mode);
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
  return fd;
}

/** Has the command lock the open file `fd`, which it gets as its fourth. */
function lockOpen(fd, mode) {
  const { spawnSync } = builtin('node:child_process');
  const how = mode === 'shared' ? '-ns' : '-nx';
  const { status, error } = spawnSync('flock', [how, '3'], { stdio: ['ignore', 'ignore', 'ignore', fd] });
  if (error?.code === 'ENOENT') throw lacking('the command flock of util-linux');
  // Also `EAGAIN`, of too many processes: nobody has the lock for that.
  if (error) throw new SealwoodError('store-unavailable', `the command flock was not started: ${error.code}`);
  if (status === IS_LOCKED) throw systemError('EAGAIN');
  if (status !== 0) throw systemError('ENOLCK');
}
