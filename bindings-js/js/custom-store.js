// A store of the app's: any object that has the methods.

import { invalid } from './error.js';

/** What such a store must have; the rest it may. */
const METHODS = ['get', 'put', 'delete', 'list'];
const MORE_METHODS = ['getRange', 'head', 'deleteMany', 'flush', 'needsFlush'];

/** A store. */
export function customStore(value) {
  const isMethod = (name) => typeof value?.[name] === 'function';
  const missing = METHODS.find((name) => !isMethod(name));
  if (missing) throw invalid(`a store has the method ${missing}`);
  const odd = MORE_METHODS.find((name) => value[name] != null && !isMethod(name));
  if (odd) throw invalid(`what a store has as ${odd} is a method`);
  return value;
}
