// One state of a vault, or of a directory that was handed over.

import { bytes } from './check.js';
import { glue, now } from './glue.js';
import { Handle, dispose } from './handle.js';
import { BlobStore } from './store.js';
import { Tree } from './tree.js';

export class Snapshot extends Tree {
  constructor(secret, raw) {
    super(secret, raw, 'snapshot');
  }

  close() {
    Tree.release(this);
  }

  [dispose]() {
    this.close();
  }
}

export const SharedDirectory = Object.freeze({
  async open(store, link) {
    glue();
    return BlobStore.use(store, async (raw) => {
      const given = bytes(link, 'a link');
      return Handle.of(Snapshot, now(({ Tree: Raw }) => Raw.shared(raw, given)));
    });
  },
});
