// Node's own modules, found without an import that a bundler for browsers would trip over.

import { lacking } from '../error.js';

/** The built-in module `name`. */
export function builtin(name) {
  const module = globalThis.process?.getBuiltinModule?.(name);
  if (!module) throw lacking('directories: they are in Node 20.16 and later');
  return module;
}
