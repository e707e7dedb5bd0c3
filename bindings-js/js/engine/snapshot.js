// Namespaces as they were.

import { text } from '../check.js';
import { Handle, dispose } from '../handle.js';
import { layer } from './layer.js';
import { Reading } from './reading.js';

export class NamespaceSnapshot extends Reading {
  constructor(secret, raw) {
    super(secret, raw, 'snapshot');
  }

  get revision() {
    return layer.now(() => Handle.raw(this).revision());
  }

  close() {
    Handle.release(this);
  }

  [dispose]() {
    this.close();
  }
}

export class EngineSnapshot extends Handle {
  constructor(secret, raw) {
    super(secret, raw, 'snapshot');
  }

  get revision() {
    return layer.now(() => Handle.raw(this).revision());
  }

  namespaces() {
    return layer.now(() => Handle.raw(this).namespaces());
  }

  namespace(name) {
    const found = layer.now(() => Handle.raw(this).namespace(text(name, 'a name')));
    return found && Handle.of(NamespaceSnapshot, found);
  }

  close() {
    Handle.release(this);
  }

  [dispose]() {
    this.close();
  }
}
