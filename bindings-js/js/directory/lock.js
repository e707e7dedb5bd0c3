// The lock that processes of every language take before they change a name: flock(2) on one file.
//
// Node cannot ask for it. BSD and macOS lock while a file is opened; on Linux a shell does it with
// the command `flock`, one shell for the whole process, which ends with it: a crash frees the lock.

import { SealwoodError, lacking } from '../error.js';
import { builtin } from './builtin.js';

/** Takes the path of a lock, answers when it is held, and frees it at the next line or the end. */
const SCRIPT = `
command -v flock >/dev/null || exit 127
while IFS= read -r path; do
  exec 9>>"$path" && flock 9 || exit 1
  echo held
  IFS= read -r line || exit 0
  exec 9>&-
done`;

/** open(2): wait for an exclusive lock. */
const O_EXLOCK = 0x20;

/** Locks of one process take turns. */
let turn = Promise.resolve();
let shell;

/** Runs `work` while the lock at `path` is held. */
export function locked(path, work) {
  const step = turn.then(() => hold(path, work));
  turn = step.catch(() => {});
  return step;
}

async function hold(path, work) {
  const { platform } = builtin('node:process');
  if (platform === 'win32') throw lacking('a lock on files that other processes honour');
  const free = await (platform === 'linux' ? askShell(path) : openLocked(path));
  try {
    return await work();
  } finally {
    await free();
  }
}

async function openLocked(path) {
  const { constants, open } = builtin('node:fs/promises');
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | O_EXLOCK);
  return () => file.close();
}

async function askShell(path) {
  shell ??= startShell();
  const { child } = shell;
  await new Promise((resolve, reject) => {
    shell.settle = (error) => (error ? reject(error) : resolve());
    child.stdout.ref();
    child.stdin.write(`${path}\n`);
  });
  return () => void child.stdin.write('\n');
}

/** The shell, which keeps neither the process alive nor a lock after its end. */
function startShell() {
  const { spawn } = builtin('node:child_process');
  // Its own process group: an interrupt from the terminal is for the app to answer.
  const options = { stdio: ['pipe', 'pipe', 'ignore'], detached: true };
  const child = spawn('/bin/sh', ['-c', SCRIPT], options);
  const started = { child, settle: undefined };
  const settle = (error) => {
    child.stdout.unref();
    started.settle?.(error);
    started.settle = undefined;
  };
  const end = (error) => {
    if (shell === started) shell = undefined;
    settle(error);
  };
  child.stdout.on('data', () => settle());
  child.stdin.on('error', () => {});
  child.on('error', () => end(lacking('a shell, which holds the lock')));
  child.on('exit', (code) =>
    end(
      code === 127
        ? lacking('the command flock of util-linux')
        : new SealwoodError('store-failed', 'the lock cannot be taken'),
    ),
  );
  child.unref();
  child.stdin.unref();
  child.stdout.unref();
  return started;
}
