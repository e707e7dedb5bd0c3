// Changes that happen together.

import { path as pathOf } from './check.js';
import { METADATA, put, putArguments, putStream } from './content.js';
import { call, now } from './glue.js';
import { Handle, dispose } from './handle.js';
import { TRANSFER, checkedOptions } from './watching.js';

export class Batch extends Handle {
  constructor(secret, raw) {
    super(secret, raw, 'batch');
  }

  async put(path, content, options) {
    return put(Handle.raw(this), pathOf(path), content, options);
  }

  async putStream(path, content, options) {
    return putStream(Handle.raw(this), pathOf(path), content, options);
  }

  mkdir(path) {
    now(() => Handle.raw(this).mkdir(pathOf(path)));
  }

  remove(path) {
    now(() => Handle.raw(this).remove(pathOf(path)));
  }

  removeAll(path) {
    now(() => Handle.raw(this).removeAll(pathOf(path)));
  }

  rename(from, to) {
    now(() => Handle.raw(this).rename(pathOf(from, 'from'), pathOf(to, 'to')));
  }

  copy(from, to) {
    now(() => Handle.raw(this).copy(pathOf(from, 'from'), pathOf(to, 'to')));
  }

  setMetadata(path, metadata) {
    now(() => Handle.raw(this).setMetadata(pathOf(path), putArguments(metadata, METADATA)));
  }

  get length() {
    return now(() => Handle.raw(this).length);
  }

  async commit(options) {
    // Refused for its options, it leaves the batch as it was.
    checkedOptions(options, TRANSFER);
    const taken = now(() => Handle.raw(this).take());
    try {
      return await call(options, (watch) => taken.commit(watch), TRANSFER);
    } finally {
      taken.free();
    }
  }

  close() {
    if (Handle.isOpen(this)) now(() => Handle.raw(this).discard());
    Handle.release(this);
  }

  [dispose]() {
    this.close();
  }
}
