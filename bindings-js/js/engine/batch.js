// Changes of namespaces of one engine that happen together.

import { invalid } from '../error.js';
import { Handle, dispose } from '../handle.js';
import { CALL, checkedOptions, expectNotAborted } from '../watching.js';
import { callOptions, deleteArguments, durability, octets, putArguments } from './check.js';
import { layer } from './layer.js';
import { Namespace } from './namespace.js';
import { Upkeep } from './upkeep.js';

const COMMIT = ['durability', ...CALL];

export class EngineBatch extends Handle {
  constructor(secret, raw) {
    super(secret, raw, 'batch');
  }

  put(namespace, key, value, options) {
    const { args, call } = putArguments(options);
    expectNotAborted(call);
    const given = [octets(key, 'a key'), octets(value, 'a value'), args];
    layer.now(() => Handle.raw(this).put(rawNamespace(namespace), ...given));
    return this;
  }

  delete(namespace, key, options) {
    const { args, call } = deleteArguments(options);
    expectNotAborted(call);
    layer.now(() => Handle.raw(this).delete(rawNamespace(namespace), octets(key, 'a key'), args));
    return this;
  }

  get length() {
    return layer.now(() => Handle.raw(this).length);
  }

  async commit(options) {
    // Refused for its options, it leaves the batch as it was.
    const given = checkedOptions(options, COMMIT);
    const how = durability(given.durability);
    const taken = layer.now(() => Handle.raw(this).take());
    Upkeep.of(this).touch();
    try {
      return await layer.call(callOptions(given), (watch) => taken.commit(how, watch));
    } finally {
      taken.free();
    }
  }

  close() {
    if (Handle.isOpen(this)) layer.now(() => Handle.raw(this).discard());
    Handle.release(this);
  }

  [dispose]() {
    this.close();
  }
}

function rawNamespace(namespace) {
  if (!(namespace instanceof Namespace)) throw invalid('what is changed is of a Namespace');
  return Handle.raw(namespace);
}
