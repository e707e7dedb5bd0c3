// Where a vault lives.

import {
  bytes,
  directoryPath,
  options as optionsOf,
  optionalText,
  optionalSmall,
  text,
  texts,
  whole,
} from './check.js';
import { customStore } from './custom-store.js';
import { openDirectory } from './directory/store.js';
import { invalid } from './error.js';
import { call, glue, now } from './glue.js';
import { Handle, dispose } from './handle.js';
import { openIndexedDb } from './indexed-db.js';
import { hostAccess } from './s3-access.js';

const S3_NUMBERS = [
  'idleTimeoutMs',
  'uploadRateMin',
  'requestsMax',
  'attemptsMax',
  'retryAfterMaxMs',
  'giveUpAfterMs',
];
const S3_TEXTS = ['endpoint', 'region', 'bucket', 'prefix', 'accessKeyId', 'secretAccessKey', 'sessionToken'];
const S3 = [...S3_TEXTS, ...S3_NUMBERS, 'pathStyle', 'allowHttp', 'signedUrls', 'credentials', 'sign'];

export class BlobStore extends Handle {
  constructor(secret, raw) {
    super(secret, raw, 'store');
  }

  static memory() {
    return now(({ Store }) => Handle.of(BlobStore, Store.memory()));
  }

  static s3(config) {
    const given = optionsOf(config, S3);
    const host = hostAccess(given);
    const optional = (name) => optionalText(given[name], name) ?? '';
    const needed = (name) => text(given[name], name);
    const ofKey = host ? optional : needed;
    const texts = [
      optional('endpoint'),
      needed('region'),
      needed('bucket'),
      optional('prefix'),
      ofKey('accessKeyId'),
      ofKey('secretAccessKey'),
      optional('sessionToken'),
    ];
    const numbers = S3_NUMBERS.map((name) => optionalSmall(given[name], name));
    const pathStyle = given.pathStyle == null ? undefined : Boolean(given.pathStyle);
    const allowHttp = Boolean(given.allowHttp);
    const signedUrls = Boolean(given.signedUrls);
    return now(({ Store }) =>
      Handle.of(BlobStore, Store.s3(texts, numbers, pathStyle, allowHttp, signedUrls, host)),
    );
  }

  static custom(store) {
    const given = customStore(store);
    return now(({ Store }) => Handle.of(BlobStore, Store.custom(given)));
  }

  static async indexedDb(name) {
    return ownStore(await openIndexedDb(text(name, 'a name'), glue().tagOfContent));
  }

  static async directory(path) {
    return ownStore(await openDirectory(directoryPath(path), glue().tagOfContent));
  }

  /** Runs `work` with the raw object of `store`, a handle or an object of the app's. */
  static async use(store, work) {
    if (store instanceof BlobStore) return work(Handle.raw(store));
    const adapted = BlobStore.custom(store);
    try {
      return await work(Handle.raw(adapted));
    } finally {
      adapted.close();
    }
  }

  async get(key, options) {
    const raw = Handle.raw(this);
    return call(options, (watch) => raw.get(text(key, 'a key'), watch));
  }

  async getRange(key, offset, length, options) {
    const raw = Handle.raw(this);
    const range = [whole(offset, 'offset'), whole(length, 'length')];
    return call(options, (watch) => raw.getRange(text(key, 'a key'), ...range, watch));
  }

  async put(key, content, precondition, options) {
    const raw = Handle.raw(this);
    const given = bytes(content, 'an object');
    const isAbsent = precondition === 'absent';
    const matches = isAbsent ? undefined : optionalText(precondition?.matches, 'matches');
    if (precondition != null && !isAbsent && matches === undefined) {
      throw invalid("a precondition is 'absent' or { matches: tag }");
    }
    return call(options, (watch) => raw.put(text(key, 'a key'), given, isAbsent, matches, watch));
  }

  async delete(key, options) {
    const raw = Handle.raw(this);
    return call(options, (watch) => raw.delete(text(key, 'a key'), watch));
  }

  async deleteMany(keys, options) {
    const raw = Handle.raw(this);
    return call(options, (watch) => raw.deleteMany(texts(keys, 'keys'), watch));
  }

  async list(prefix = '', startAfter = undefined, limit = 1000, options = undefined) {
    const raw = Handle.raw(this);
    const after = optionalText(startAfter, 'startAfter');
    const most = optionalSmall(limit, 'limit');
    return call(options, (watch) => raw.list(text(prefix, 'a prefix'), after, most, watch));
  }

  async head(key, options) {
    const raw = Handle.raw(this);
    return call(options, (watch) => raw.head(text(key, 'a key'), watch));
  }

  async flush(options) {
    const raw = Handle.raw(this);
    return call(options, (watch) => raw.flush(watch));
  }

  needsFlush() {
    return now(() => Handle.raw(this).needsFlush());
  }

  close() {
    Handle.release(this);
  }

  [dispose]() {
    this.close();
  }
}

/** A store of this package's own. */
function ownStore(store) {
  return now(({ Store }) => Handle.of(BlobStore, Store.library(store)));
}
