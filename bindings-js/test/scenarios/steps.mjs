// What each step does, in calls of this package's API.

import { checkStore } from '../../js/testing.js';
import { HostStore, bareStore } from './host-store.mjs';
import { contentOf, fromHex, secretOf, toHex } from './values.mjs';

/** Which members each step may have, how its result is compared, and what it does. */
export const steps = {
  store: step('kind objects path endpoint bucket prefix', 'nothing', makeStore),
  prepare: step(ATTACH(), 'nothing', ({ api, call, ...given }) =>
    api.Vault.prepare(credentialOf({ api, ...given }), configOf(given), call),
  ),
  create: step(ATTACH(), 'nothing', ({ on, names, call, step, ...rest }) =>
    step.new === undefined
      ? attach('create')({ on, names, call, step, ...rest })
      : names.get(step.new).create(on, call),
  ),
  open: step(ATTACH(), 'nothing', attach('open')),
  shared: step('link', 'nothing', ({ api, names, on, step: { link } }) =>
    api.SharedDirectory.open(on, names.find(link) ?? fromHex(link)),
  ),

  put: step(PUT(), 'members', ({ on, step }) => on.put(step.path, contentOf(step.content), put(step))),
  putStream: step(`${PUT()} pieceBytes failAfter sizeHint`, 'members', ({ on, step }) =>
    on.putStream(step.path, pieces(step), put(step)),
  ),
  get: step('path', 'content', ({ on, step, call }) => on.get(step.path, call)),
  getRange: step('path start end', 'content', ({ on, step, call }) =>
    on.getRange(step.path, step.start, step.end, call),
  ),
  getStream: step('path start end take', 'content', readStream),
  stat: step('path', 'members', ({ on, step, call }) => on.stat(step.path, call)),
  exists: step('path', 'value', ({ on, step, call }) => on.exists(step.path, call)),
  list: step('path after limit', 'members', async ({ on, step: { path, after, limit }, call }) => {
    const page = await on.list(path, { after, limit, ...call });
    return { names: page.entries.map((entry) => entry.name), next: page.next };
  }),
  entries: step('path', 'paths', ({ on, step, call }) => collect(on.entries(step.path, call))),
  entriesRecursive: step('path', 'paths', ({ on, step, call }) =>
    collect(on.entriesRecursive(step.path, call)),
  ),
  mkdir: step('path', 'nothing', ({ on, step, call }) => on.mkdir(step.path, call)),
  remove: step('path', 'nothing', ({ on, step, call }) => on.remove(step.path, call)),
  removeAll: step('path', 'nothing', ({ on, step, call }) => on.removeAll(step.path, call)),
  rename: step('from to', 'nothing', ({ on, step, call }) => on.rename(step.from, step.to, call)),
  copy: step('from to', 'nothing', ({ on, step, call }) => on.copy(step.from, step.to, call)),
  setMetadata: step('path contentType metadata modifiedMs', 'nothing', ({ on, step, call }) =>
    on.setMetadata(step.path, metadata(step), call),
  ),
  flush: step('', 'nothing', ({ on, call }) => on.flush(call)),
  refresh: step('', 'nothing', ({ on, call }) => on.refresh(call)),
  close: step('', 'nothing', ({ on, call }) => on.close(call)),
  needsFlush: step('', 'value', ({ on }) => on.needsFlush()),
  stats: step('', 'members', ({ on }) => on.stats()),
  recoveryPhrase: step('', 'value', ({ on }) => on.recoveryPhrase()),
  batch: step('', 'nothing', ({ on }) => on.batch()),
  snapshot: step('', 'nothing', ({ on, call }) => on.snapshot(call)),
  link: step('path', 'value', ({ on, step, call }) => on.link(step.path, call)),
  length: step('', 'value', ({ on }) => on.length),
  commit: step('', 'nothing', ({ on, call }) => on.commit(call)),

  phraseOfSecret: step('secret', 'value', ({ api, step }) => api.phraseOfSecret(secretOf(step.secret))),
  secretOfPhrase: step('phrase', 'value', ({ api, names, step: { phrase } }) =>
    toHex(api.secretOfPhrase(names.find(phrase) ?? phrase)),
  ),
  version: step('', 'value', ({ api }) => api.version()),

  'object.get': step(KEY(), 'content', async ({ on, key, names, step, call }) => {
    const { bytes, etag } = await on.get(key, call);
    names.give(step.as, etag);
    return bytes;
  }),
  'object.getRange': step(`${KEY()} offset length`, 'content', ({ on, key, step, call }) =>
    on.getRange(key, step.offset, step.length, call),
  ),
  'object.put': step(`${KEY()} content absent matches`, 'nothing', ({ on, key, names, step, call }) => {
    const matches = step.matches === undefined ? undefined : { matches: names.get(step.matches) };
    return on.put(key, contentOf(step.content), step.absent ? 'absent' : matches, call);
  }),
  'object.delete': step(KEY(), 'nothing', ({ on, key, call }) => on.delete(key, call)),
  'object.deleteMany': step('keys', 'value', async ({ on, names, step: { keys }, call }) => {
    const left = await on.deleteMany(Array.isArray(keys) ? keys : names.get(keys), call);
    return left.map(({ key, error }) => ({ key, code: error.code }));
  }),
  'object.list': step('prefix startAfter limit without', 'members', async (given) => {
    const { on, names, step, call } = given;
    const { objects, next } = await on.list(step.prefix, step.startAfter, step.limit, call);
    const known = step.without === undefined ? [] : names.get(step.without);
    const keys = objects.map((object) => object.key).filter((key) => !known.includes(key));
    names.give(step.as, keys);
    return { keys, next, count: keys.length };
  }),
  'object.head': step(KEY(), 'members', async ({ on, key, names, step, call }) => {
    const meta = await on.head(key, call);
    if (meta?.etag !== undefined) names.give(step.as, meta.etag);
    return meta;
  }),
  'object.corrupt': step(`${KEY()} bit truncate`, 'nothing', async ({ on, key, step, call }) => {
    const { bytes } = await on.get(key, call);
    if (step.bit !== undefined) bytes[step.bit >> 3] ^= 1 << (step.bit & 7);
    await on.put(key, bytes.subarray(0, step.truncate), undefined, call);
  }),
  'object.copy': step('from to', 'nothing', async ({ on, step, call }) => {
    const { bytes } = await on.get(step.from, call);
    await on.put(step.to, bytes, undefined, call);
  }),
  checkStore: step('prefix', 'value', ({ on, step, call }) =>
    checkStore(on, step.prefix, call),
  ),

  misbehave: step('at how code method', 'nothing', ({ host, step }) => host.misbehave(step)),
  awaitCall: step('', 'nothing', ({ host }) => host.awaitCall()),
  calls: step('since', 'value', ({ host, names, step }) =>
    step.since === undefined ? host.calls : host.calls - names.get(step.since),
  ),
};

function step(members, comparison, run) {
  return { members: members.split(' '), comparison, run };
}

function ATTACH() {
  return 'secret passphrase phrase chunkBytes kdf kdfCeiling packBytesMax memoryBudgetBytes extentBytesMax';
}

function PUT() {
  return 'path content contentType metadata modifiedMs deferred';
}

function KEY() {
  return 'key keys index';
}

async function makeStore({ api, names, memory, step }) {
  switch (step.kind ?? 'memory') {
    case 'memory':
      return memory();
    case 'host':
    case 'bare': {
      const host = new HostStore(api.SealwoodError);
      const store = api.BlobStore.custom(step.kind === 'bare' ? bareStore(host) : host);
      names.hosts.set(store, host);
      return store;
    }
    case 'objects': {
      const store = api.BlobStore.memory();
      for (const [key, hex] of Object.entries(step.objects)) await store.put(key, fromHex(hex));
      return store;
    }
    case 'directory':
      return api.BlobStore.directory(step.path);
    case 's3': {
      const { endpoint, bucket, prefix } = step;
      const access = { accessKeyId: 'test', secretAccessKey: 'test', allowHttp: true };
      return api.BlobStore.s3({
        endpoint,
        bucket,
        prefix,
        region: 'us-east-1',
        pathStyle: true,
        ...access,
      });
    }
    default:
      throw new Error(`unknown kind of store ${step.kind}`);
  }
}

function attach(how) {
  return async (given) => {
    const { api, on, call } = given;
    return api.Vault[how](on, credentialOf(given), configOf(given), call);
  };
}

function credentialOf({ api: { Credential }, names, step: { secret, passphrase, phrase } }) {
  if (secret !== undefined) return Credential.secret(secretOf(secret));
  if (passphrase !== undefined) return Credential.passphrase(passphrase);
  return Credential.phrase(names.find(phrase) ?? phrase);
}

function configOf({ step }) {
  const { chunkBytes, kdf, kdfCeiling, packBytesMax, memoryBudgetBytes, extentBytesMax } = step;
  return { chunkBytes, kdf, kdfCeiling, packBytesMax, memoryBudgetBytes, extentBytesMax };
}

function put({ deferred, sizeHint, call, ...step }) {
  return { ...metadata(step), deferred, sizeHint, ...call };
}

function metadata({ contentType, metadata, modifiedMs }) {
  return { contentType, metadata, modifiedMs };
}

/** The pieces of a step's content as a stream, which fails after some where the step says so. */
function pieces({ content, pieceBytes = 65_536, failAfter }) {
  const bytes = contentOf(content);
  let at = 0;
  let given = 0;
  return new ReadableStream({
    pull(controller) {
      if (given === failAfter) throw new Error('the source was told to fail');
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, (at += pieceBytes)));
      given += 1;
    },
  });
}

async function readStream({ on, step: { path, start, end, take = Infinity }, call }) {
  const reader = (await on.getStream(path, { start, end, ...call })).getReader();
  const found = [];
  while (found.length < take) {
    const { done, value } = await reader.read();
    if (done) break;
    found.push(value);
  }
  await reader.cancel();
  const all = new Uint8Array(found.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of found) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

async function collect(listing) {
  const paths = [];
  for await (const entry of listing) paths.push(entry.path);
  return { paths };
}
