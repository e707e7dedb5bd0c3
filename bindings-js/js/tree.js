// What vaults and snapshots are read by.

import {
  options as optionsOf,
  optionalSmall,
  optionalText,
  optionalWhole,
  path as pathOf,
  whole,
} from './check.js';
import { contentStream } from './content.js';
import { invalid } from './error.js';
import { Handle } from './handle.js';
import { Listing } from './listing.js';
import { call } from './watching.js';

/** A tree of directories and files to read from. */
export class Tree extends Handle {
  async stat(path, options) {
    const raw = Handle.raw(this);
    return call(options, (watch) => raw.stat(pathOf(path), watch));
  }

  async exists(path, options) {
    const raw = Handle.raw(this);
    return call(options, (watch) => raw.exists(pathOf(path), watch));
  }

  async get(path, options) {
    const raw = Handle.raw(this);
    return call(options, (watch) => raw.read(pathOf(path), undefined, undefined, watch));
  }

  async getRange(path, start, end, options) {
    const raw = Handle.raw(this);
    const range = [whole(start, 'start'), whole(end, 'end')];
    return call(options, (watch) => raw.read(pathOf(path), ...range, watch));
  }

  async getStream(path, options) {
    const raw = Handle.raw(this);
    const given = optionsOf(options);
    const start = optionalWhole(given.start, 'start');
    const end = optionalWhole(given.end, 'end');
    if ((start === undefined) !== (end === undefined)) throw invalid('start and end go together');
    return contentStream(options, (watch) => raw.stream(pathOf(path), start, end, watch));
  }

  async list(path, options) {
    const raw = Handle.raw(this);
    const given = optionsOf(options);
    const after = optionalText(given.after, 'after');
    const limit = optionalSmall(given.limit, 'limit');
    return call(options, (watch) => raw.list(pathOf(path), after, limit, watch));
  }

  entries(path, options) {
    return new Listing(options, async (watch) =>
      Handle.raw(this).entries(pathOf(path), false, watch),
    );
  }

  entriesRecursive(path, options) {
    return new Listing(options, async (watch) =>
      Handle.raw(this).entries(pathOf(path), true, watch),
    );
  }
}
