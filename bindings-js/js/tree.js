// What vaults and snapshots are read by.

import {
  options as optionsOf,
  optionalSmall,
  optionalText,
  optionalWhole,
  path as pathOf,
  whole,
} from './check.js';
import { STREAM, contentBlob, contentStream, wholeContent } from './content.js';
import { call } from './glue.js';
import { Handle } from './handle.js';
import { Listing } from './listing.js';
import { CALL } from './watching.js';

const LIST = [...CALL, 'after', 'limit'];

/** A tree of directories and files to read from. */
export class Tree extends Handle {
  #reader;

  /** A tree on `raw`, which `reader` reads. */
  constructor(secret, raw, what, reader = raw) {
    super(secret, raw, what);
    this.#reader = reader;
  }

  /** Frees what `tree` holds. Does nothing the second time. */
  static release(tree) {
    if (!Handle.isOpen(tree)) return;
    const isApart = tree.#reader !== Handle.raw(tree);
    Handle.release(tree);
    if (isApart) tree.#reader.free();
  }

  /** What reads `tree`, which must be open. */
  static #reading(tree) {
    Handle.raw(tree);
    return tree.#reader;
  }
  async stat(path, options) {
    const raw = Tree.#reading(this);
    return call(options, (watch) => raw.stat(pathOf(path), watch));
  }

  async exists(path, options) {
    const raw = Tree.#reading(this);
    return call(options, (watch) => raw.exists(pathOf(path), watch));
  }

  async get(path, options) {
    const raw = Tree.#reading(this);
    const open = (watch) => raw.stream(pathOf(path), undefined, undefined, watch);
    return wholeContent(options, open);
  }

  async getRange(path, start, end, options) {
    const raw = Tree.#reading(this);
    const range = [whole(start, 'start'), optionalWhole(end, 'end')];
    return wholeContent(options, (watch) => raw.stream(pathOf(path), ...range, watch));
  }

  async getBlob(path, options) {
    const raw = Tree.#reading(this);
    const range = rangeOf(options);
    return contentBlob(options, (watch) => raw.stream(pathOf(path), ...range, watch));
  }

  async getStream(path, options) {
    const raw = Tree.#reading(this);
    const range = rangeOf(options);
    return contentStream(options, (watch) => raw.stream(pathOf(path), ...range, watch));
  }

  async list(path = '', options = undefined) {
    const raw = Tree.#reading(this);
    const given = optionsOf(options, LIST);
    const after = optionalText(given.after, 'after');
    const limit = optionalSmall(given.limit, 'limit');
    return call(options, (watch) => raw.list(pathOf(path), after, limit, watch), LIST);
  }

  entries(path = '', options = undefined) {
    return new Listing(options, async (watch) => Tree.#reading(this).entries(pathOf(path), watch));
  }

  entriesRecursive(path = '', options = undefined) {
    return new Listing(options, async (watch) =>
      Tree.#reading(this).entriesRecursive(pathOf(path), watch),
    );
  }
}

/** The first byte and the one after the last; nothing for the ends of the content. */
function rangeOf(options) {
  const { start, end } = optionsOf(options, STREAM);
  return [optionalWhole(start, 'start'), optionalWhole(end, 'end')];
}
