// What tests of the engine share.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as engine from '../js/engine/node.js';

await engine.init();

export { engine };

const ENTRY = new URL('../js/engine/node.js', import.meta.url);

/** A directory that is gone after `context`. */
export function temporary(context) {
  const root = mkdtempSync(join(tmpdir(), 'sealwood-'));
  context.after(() => rmSync(root, { recursive: true }));
  return root;
}

/** Bytes as the text they are. */
export function textOf(bytes) {
  return new TextDecoder().decode(bytes);
}

/** The texts of the keys that a scan gives. */
export async function keysOf(iteration) {
  const keys = [];
  for await (const { key } of iteration) keys.push(textOf(key));
  return keys;
}

/** Waits for `work`, which must fail with `code`, and returns its error. */
export async function failsWith(code, work) {
  let outcome;
  try {
    outcome = await (typeof work === 'function' ? work() : work);
  } catch (error) {
    assert.ok(error instanceof engine.SealwoodError, `${error?.stack ?? error}`);
    assert.equal(error.code, code, error.message);
    return error;
  }
  assert.fail(`expected ${code}, came ${outcome}`);
}

/** The code of a program that begins with `Engine` made ready, and what it is told in `given`. */
export function program(code) {
  return `
    import { Engine, LtHash, SealwoodError, init } from '${ENTRY}';
    await init();
    const given = process.argv.slice(1);
    ${code}`;
}

/** What a process of Node writes that runs `code`, and how it ended. */
export async function ran(code, ...given) {
  const child = started(code, ...given);
  let written = '';
  for await (const piece of child.stdout) written += piece;
  return { written: written.trim(), ...(await child.ended) };
}

/** A process of Node that runs `code`; `ended` is a promise of its end. */
export function started(code, ...given) {
  const parameters = ['--input-type=module', '-e', program(code), ...given];
  const child = spawn(process.execPath, parameters, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.ended = new Promise((resolve) => child.on('close', (status, signal) => resolve({ status, signal })));
  return child;
}
