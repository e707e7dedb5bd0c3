// How files are locked here, so that processes of every language honour it.

import { lacking } from '../error.js';
import { builtin } from './builtin.js';

/** Where open(2) locks: by these flags, which mean nothing or something else on other systems. */
const BY_OPENING = ['darwin', 'dragonfly', 'freebsd', 'netbsd', 'openbsd'];

/** `command` where the command `flock` locks, `opening` where that is a way of opening. Fails with `platform` where
 * neither is known to lock: no lock is never taken for one. */
export function wayOfLocking() {
  const { platform } = builtin('node:process');
  if (platform === 'linux') return 'command';
  if (BY_OPENING.includes(platform)) return 'opening';
  throw lacking('a lock on files that other processes honour');
}
