// What belongs to no handle.

import { bytes, optionalFunction, text } from './check.js';
import { encoded } from './credential.js';
import { invalid } from './error.js';
import { now } from './glue.js';

const LEVELS = ['error', 'warn', 'info', 'debug', 'trace'];

export function version() {
  return now((raw) => raw.version());
}

export function generateSecret() {
  return now((raw) => raw.generateSecret());
}

export function phraseOfSecret(secret) {
  return now((raw) => raw.phraseOfSecret(bytes(secret, 'a secret')));
}

export function secretOfPhrase(phrase) {
  return encoded(phrase, 'a phrase', (given) => now((raw) => raw.secretOfPhrase(given)));
}

export function setLogger(level, hook) {
  if (!LEVELS.includes(level)) throw invalid(`a level is one of ${LEVELS.join(', ')}`);
  now((raw) => raw.setLogger(level, optionalFunction(hook, 'a logger')));
}
