// The lock that processes of every language take before they change a name: flock(2) on one file.
//
// Node cannot ask for it. BSD and macOS lock while a file is opened; on Linux a shell does it with
// the command `flock`, one shell for the whole process, which ends with it: a crash frees the lock.

import { SealwoodError, lacking } from '../error.js';
import { builtin } from './builtin.js';
import { wayOfLocking } from './locking.js';

/** Takes the path of a lock, answers when it is held, and frees it at the next line or the end. */
const SCRIPT = `
command -v flock >/dev/null || exit 127
while IFS= read -r path; do
  exec 9>>"$path" && flock 9 || exit 1
  echo held
  IFS= read -r line || exit 0
  exec 9>&-
done`;

/** Takes the path of a file and how to lock it, says when it is locked, and frees it at the end. */
const HOLD = 'exec 9>>"$1" || exit 1; flock $2 9 || exit 1; echo held; exec cat >/dev/null';

/** open(2): wait for an exclusive lock. */
const O_EXLOCK = 0x20;
/** The same, with others. */
const O_SHLOCK = 0x10;

/** Locks of one process take turns. */
let turn = Promise.resolve();
let shell;
/** Promises of holds that this process has let go of and that are about to be free. */
const ending = new Set();

/** Runs `work` while the lock at `path` is held. */
export function locked(path, work) {
  const step = turn.then(() => hold(path, work));
  turn = step.catch(() => {});
  return step;
}

async function hold(path, work) {
  const free = await (wayOfLocking() === 'command' ? askShell(path) : openLocked(path));
  try {
    return await work();
  } finally {
    await free();
  }
}

/** Locks the file at `path` with others (`shared`) or `alone`, and answers what frees it; nothing
 * where it is to be locked alone and is not free. */
export async function heldFile(path, mode) {
  const way = wayOfLocking();
  // It is not refused for what this process itself has let go of.
  if (mode === 'alone') await Promise.allSettled(ending);
  const free = await (way === 'command' ? holdByShell(path, mode) : holdByOpening(path, mode));
  return free && (() => noteEnding(free()));
}

function noteEnding(ended) {
  ending.add(ended);
  ended.catch(() => {}).then(() => ending.delete(ended));
}

async function holdByOpening(path, mode) {
  const { constants, open } = builtin('node:fs/promises');
  const { O_WRONLY, O_CREAT, O_NONBLOCK } = constants;
  const how = mode === 'alone' ? O_EXLOCK | O_NONBLOCK : O_SHLOCK;
  try {
    const file = await open(path, O_WRONLY | O_CREAT | how, 0o600);
    return () => file.close();
  } catch (error) {
    if (mode === 'alone' && error.code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** A shell for each hold: it ends with the process, and the lock with it. The lock is free when the shell
 * has ended, which takes as long as the machine lets it. */
function holdByShell(path, mode) {
  const { spawn } = builtin('node:child_process');
  const how = mode === 'alone' ? '-nx' : '-s';
  const options = { stdio: ['pipe', 'pipe', 'ignore'], detached: true };
  const child = spawn('/bin/sh', ['-c', HOLD, 'sh', path, how], options);
  return new Promise((resolve, reject) => {
    const refuse = (error) => (mode === 'alone' ? resolve(undefined) : reject(error));
    child.stdin.on('error', () => {});
    child.on('error', () => refuse(lacking('a shell, which holds the lock')));
    const ended = new Promise((resolve) => child.on('exit', resolve));
    ended.then(() => refuse(new SealwoodError('store-failed', 'the lock cannot be taken')));
    child.stdout.once('data', () => {
      for (const part of [child, child.stdin, child.stdout]) part.unref();
      resolve(() => {
        // Whoever waits for it keeps the process.
        child.ref();
        child.stdin.end();
        return ended;
      });
    });
  });
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
