// What each step of the engine and of hashes does, in calls of this package's API.

import { contentOf, secretOf, toHex } from './values.mjs';

const CONFIG = [
  'access recovery backgroundWork separatedBytesMin memoryBytesMax namespacesMax',
  'checkpointIdleMs watchEventsMax watchBytesMax',
].join(' ');
const SCAN = 'prefix start end startAfter order limit';
const WRITE = 'precondition durability expiresAtMs';

/** How the engine and the hashes are, by what a step is taken on. */
const kinds = {
  engine: {
    'engine.memory': step(CONFIG, 'nothing', ({ api, step, call }) =>
      api.Engine.memory(configOf(step), call), 'engine'),
    'engine.open': step(`path ${CONFIG}`, 'nothing', ({ api, step, call }) =>
      api.Engine.open(step.path, configOf(step), call), 'engine'),
    'engine.namespace': step('name separatedBytesMin', 'nothing', ({ on, step, call }) =>
      on.namespace(step.name, { ...only(step, 'separatedBytesMin'), ...call }), 'namespace'),
    'engine.namespaces': step('', 'said', ({ on, call }) => on.namespaces(call)),
    'engine.dropNamespace': step('name', 'said', ({ on, step, call }) => on.dropNamespace(step.name, call)),
    'engine.batch': step('', 'nothing', ({ on }) => on.batch(), 'engineBatch'),
    'engine.snapshot': step('', 'nothing', ({ on, call }) => on.snapshot(call), 'engineSnapshot'),
    'engine.revision': step('', 'nothing', ({ on, call }) => on.revision(call), 'revision'),
    'engine.needsSync': step('', 'said', ({ on, call }) => on.needsSync(call)),
    'engine.checkpoint': step('', 'said', ({ on, call }) => on.checkpoint(call)),
    'engine.maintain': step('', 'said', ({ on, call }) => on.maintain(call)),
    'engine.sync': step('', 'nothing', ({ on, call }) => on.sync(call)),
    'engine.close': step('', 'nothing', ({ on, call }) => on.close(call)),
    'engine.compact': step('', 'said', ({ on, call }) => on.compact(call)),
    'engine.purgeExpired': step('', 'said', ({ on, call }) => on.purgeExpired(call)),
    'engine.vacuum': step('', 'said', ({ on, call }) => on.vacuum(call)),
    'engine.stats': step('', 'said', ({ on, call }) => on.stats(call)),
    'engine.verify': step('firstMax', 'said', ({ on, step, call }) =>
      on.verify({ ...only(step, 'firstMax'), ...call })),
    'engine.verifyState': step('', 'said', async ({ on, call }) => {
      const { namespaces, ...rest } = await on.verifyState(call);
      const said = namespaces.map(({ name, state: { rows, isBackfilling, difference } }) =>
        ({ name, rows, isBackfilling, difference: differenceSaid(difference) }));
      return { ...rest, namespaces: said };
    }),
    'engine.compare': step('other firstMax', 'said', async ({ on, named, step, call }) => {
      const other = named('engine', step.other);
      const { first, ...rest } = await on.compare(other, { ...only(step, 'firstMax'), ...call });
      const said = first.map(({ kind, namespace, row }) => ({ kind, namespace, row: row ? rowSaid(row) : null }));
      return { ...rest, first: said };
    }),
  },
  namespace: {
    ...reading(),
    getRange: step('key offset length', 'content', async ({ on, step, call }) =>
      (await on.getRange(bytes(step.key), step.offset, step.length, call))?.bytes),
    put: step(`key value ${WRITE}`, 'nothing', (given) =>
      given.on.put(bytes(given.step.key), bytes(given.step.value), { ...writeOf(given), ...given.call }), 'revision'),
    delete: step(`key ${WRITE}`, 'said', (given) =>
      given.on.delete(bytes(given.step.key), { ...writeOf(given), ...given.call })),
    expireAt: step('key ms', 'said', ({ on, step, call }) => on.expireAt(bytes(step.key), step.ms, call)),
    persist: step('key', 'said', ({ on, step, call }) => on.persist(bytes(step.key), call)),
    renamePrefix: step('from to', 'said', ({ on, step, call }) =>
      on.renamePrefix(bytes(step.from), bytes(step.to), call)),
    longestPrefix: step('key', 'said', ({ on, step, call }) => on.longestPrefix(bytes(step.key), call)),
    length: step('', 'said', ({ on, call }) => on.length(call)),
    snapshot: step('', 'nothing', ({ on, call }) => on.snapshot(call), 'namespaceSnapshot'),
    // The step is not what cancels the watch.
    watch: step('prefix since', 'nothing', ({ on, named, step: { prefix, since } }) =>
      opened(on.watch({
        prefix: optional(prefix),
        since: typeof since === 'string' ? named('revision', since) : since,
      })), 'watch'),
    track: step('tracking', 'said', ({ on, step, call }) => on.track(step.tracking, call)),
    trackedState: step('', 'said', async ({ on, call }) => {
      const state = await on.trackedState(call);
      return state && { ...partitionSaid(state.partition), revision: state.revision };
    }),
    backfill: step('', 'nothing', ({ on, call }) => on.backfill(call)),
    verifyState: step('', 'said', async ({ on, call }) => {
      const { difference, ...rest } = await on.verifyState(call);
      return { ...rest, difference: differenceSaid(difference) };
    }),
    compare: step('other firstMax', 'said', async ({ on, named, step, call }) => {
      const other = named('namespace', step.other);
      const { first, ...rest } = await on.compare(other, { ...only(step, 'firstMax'), ...call });
      return { ...rest, first: first.map(rowSaid) };
    }),
  },
  namespaceSnapshot: {
    ...reading(),
    revision: step('', 'nothing', ({ on }) => on.revision, 'revision'),
  },
  engineSnapshot: {
    namespaces: step('', 'said', ({ on }) => on.namespaces()),
    namespace: step('name', 'said', ({ on, give, step: { name, as } }) => {
      const found = on.namespace(name);
      if (found) give('namespaceSnapshot', as, found);
      return found !== undefined;
    }),
  },
  engineBatch: {
    put: step(`in key value ${WRITE}`, 'nothing', (given) => {
      const { on, named, step } = given;
      on.put(named('namespace', step.in), bytes(step.key), bytes(step.value), writeOf(given));
    }),
    delete: step(`in key ${WRITE}`, 'nothing', (given) => {
      given.on.delete(given.named('namespace', given.step.in), bytes(given.step.key), writeOf(given));
    }),
    length: step('', 'said', ({ on }) => on.length),
    commit: step('durability', 'nothing', ({ on, step, call }) =>
      on.commit({ ...only(step, 'durability'), ...call }), 'revision'),
    close: step('', 'nothing', ({ on }) => on.close()),
  },
  scan: {
    next: step('', 'said', async ({ api, on }) => row(await on.next(api))),
    stop: step('', 'nothing', ({ on }) => on.stop()),
  },
  watch: {
    next: step('', 'said', async ({ api, on, call: { signal } }) => {
      const event = await untilAborted(on.next(api), signal);
      return event && { ...event, key: spelled(event.key), to: event.to && spelled(event.to) };
    }),
    stop: step('', 'nothing', ({ on }) => on.stop()),
  },
  hash: {
    'hash.identity': step('', 'nothing', ({ api }) => api.LtHash.identity(), 'hash'),
    'hash.decode': step('content', 'nothing', ({ api, step }) => api.LtHash.decode(contentOf(step.content)), 'hash'),
    'hash.add': step('domain key value secret', 'nothing', (given) =>
      void given.on.add(domainOf(given), bytes(given.step.key), bytes(given.step.value))),
    'hash.remove': step('domain key value secret', 'nothing', (given) =>
      void given.on.remove(domainOf(given), bytes(given.step.key), bytes(given.step.value))),
    'hash.addBatch': step('domain rows secret', 'nothing', (given) =>
      void given.on.addBatch(domainOf(given), rows(given.step.rows))),
    'hash.removeBatch': step('domain rows secret', 'nothing', (given) =>
      void given.on.removeBatch(domainOf(given), rows(given.step.rows))),
    'hash.addRaw': step('message', 'nothing', ({ on, step }) => void on.addRaw(bytes(step.message))),
    'hash.removeRaw': step('message', 'nothing', ({ on, step }) => void on.removeRaw(bytes(step.message))),
    'hash.merge': step('other', 'nothing', ({ on, named, step }) => void on.merge(named('hash', step.other))),
    'hash.subtract': step('other', 'nothing', ({ on, named, step }) => void on.subtract(named('hash', step.other))),
    'hash.copy': step('', 'nothing', ({ on }) => on.copy(), 'hash'),
    'hash.equals': step('other', 'said', ({ on, named, step }) => on.equals(named('hash', step.other))),
    'hash.isIdentity': step('', 'said', ({ on }) => on.isIdentity()),
    'hash.encode': step('', 'content', ({ on }) => on.encode()),
    'hash.checksum': step('', 'said', ({ on }) => toHex(on.checksum())),
    'hash.bucketOf': step('key', 'said', ({ api, step }) => api.bucketOf(bytes(step.key))),
  },
  partitions: {
    'partitions.new': step('secret', 'nothing', ({ api, step: { secret } }) =>
      secret === undefined
        ? new api.PartitionedLtHash()
        : api.PartitionedLtHash.keyed(secretOf(secret)), 'partitions'),
    'partitions.create': step('name detail', 'nothing', ({ on, step }) => on.create(bytes(step.name), step.detail)),
    'partitions.restore': step('name record', 'said', ({ on, step }) =>
      on.restore(bytes(step.name), contentOf(step.record))),
    'partitions.remove': step('name', 'said', ({ on, step }) => on.remove(bytes(step.name))),
    'partitions.names': step('', 'said', ({ on }) => on.names().map(spelled)),
    'partitions.partition': step('name', 'said', ({ on, step }) => {
      const partition = on.partition(bytes(step.name));
      return partition && partitionSaid(partition);
    }),
    'partitions.record': step('name version', 'content', ({ on, step }) =>
      on.partition(bytes(step.name)).encode(step.version)),
    'partitions.apply': step('name changes', 'nothing', ({ on, step }) =>
      on.apply(bytes(step.name), step.changes.map(changeOf))),
    'partitions.beginBackfill': step('name detail', 'nothing', ({ on, step }) =>
      on.beginBackfill(bytes(step.name), step.detail)),
    'partitions.backfill': step('name rows', 'nothing', ({ on, step }) =>
      on.backfill(bytes(step.name), rows(step.rows))),
    'partitions.finishBackfill': step('name', 'nothing', ({ on, step }) => on.finishBackfill(bytes(step.name))),
    'partitions.forget': step('name', 'nothing', ({ on, step }) => on.forget(bytes(step.name))),
    'partitions.hash': step('', 'nothing', ({ on }) => on.hash(), 'hash'),
    'partitions.checksum': step('', 'said', ({ on }) => toHex(on.checksum())),
    'partitions.differences': step('other', 'said', ({ on, named, step }) =>
      on.differences(named('partitions', step.other)).map(({ partition, place, buckets }) => ({
        partition: spelled(partition),
        place,
        ...(buckets && { buckets }),
      }))),
  },
};

/** The members that say what a step is taken on. */
export const ENGINE_COMMON = Object.keys(kinds);

/** What a step of the engine or of hashes does, as those of vaults are described. */
export function engineStep(step) {
  const prefix = step.do.includes('.') ? step.do.split('.')[0] : undefined;
  const kind = prefix ?? ENGINE_COMMON.find((name) => name !== 'engine' && step[name] !== undefined);
  const known = kinds[kind]?.[step.do];
  return known && { ...known, run: (context) => taken(kind, known, context) };
}

/** What is expected, with the number of a revision in place of its name. */
export function expectedOf(expect, names) {
  const isNamed = typeof expect?.revision === 'string';
  return isNamed ? { ...expect, revision: names.get(`revision ${expect.revision}`) } : expect;
}

async function taken(kind, known, context) {
  const { names, step } = context;
  const named = (of, name) => names.get(`${of} ${name}`);
  const give = (of, name, value) => name !== undefined && names.give(`${of} ${name}`, value);
  const on = step[kind] === undefined ? undefined : named(kind, step[kind]);
  const result = await known.take({ ...context, on, named, give });
  if (known.gives) give(known.gives, step.as, result);
  return known.comparison === 'nothing' ? undefined : result;
}

function step(members, comparison, take, gives = undefined) {
  return { members: members.split(' '), comparison, take, gives };
}

function reading() {
  return {
    get: step('key', 'content', async ({ on, step, call }) => (await on.get(bytes(step.key), call))?.bytes),
    info: step('key', 'said', ({ on, step, call }) => on.info(bytes(step.key), call)),
    scan: step(`take ${SCAN}`, 'said', async ({ on, step, call }) =>
      (await taking(on.scan({ ...scanOf(step), ...call }), step.take)).map(row)),
    scanKeys: step(`take ${SCAN}`, 'said', async ({ on, step, call }) =>
      (await taking(on.scanKeys({ ...scanOf(step), ...call }), step.take)).map(({ key }) => spelled(key))),
    openScan: step(SCAN, 'nothing', ({ on, step }) => opened(on.scan(scanOf(step))), 'scan'),
  };
}

/** An iteration that is open. */
async function opened(iteration) {
  await iteration.ready();
  return new Opened(iteration);
}

class Opened {
  #iteration;
  #isStopped = false;

  constructor(iteration) {
    this.#iteration = iteration;
  }

  /** The next item. Where an iteration here ends by being left, other languages say that it is closed. */
  async next({ SealwoodError }) {
    const { value } = await this.#iteration.next();
    if (value === undefined && this.#isStopped) throw new SealwoodError('closed');
    return value;
  }

  async stop() {
    this.#isStopped = true;
    await this.#iteration.return();
  }
}

async function taking(iteration, take = Infinity) {
  const items = [];
  if (take === 0) await iteration.return();
  else
    for await (const item of iteration) {
      items.push(item);
      if (items.length === take) break;
    }
  return items;
}

/** `work`, unless it is not waited for any longer. */
function untilAborted(work, signal) {
  return new Promise((resolve, reject) => {
    const name = 'AbortError';
    const cancel = () => reject(Object.assign(new Error('cancelled'), { name, code: 'cancelled' }));
    signal.addEventListener('abort', cancel);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', cancel));
  });
}

/** The UTF-8 of a text, or the bytes of a content. */
function bytes(given) {
  return typeof given === 'string' ? given : contentOf(given);
}

function optional(given) {
  return given === undefined ? undefined : bytes(given);
}

function rows(given) {
  return given.map((pair) => pair.map(bytes));
}

/** Text if it is UTF-8, else digits. */
function spelled(given) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(given);
  } catch {
    return { hex: toHex(given) };
  }
}

function row(entry) {
  return entry && [spelled(entry.key), spelled(entry.value)];
}

function changeOf({ key, before, after }) {
  return { key: bytes(key), before: optional(before), after: optional(after) };
}

function differenceSaid(difference) {
  return difference ? { buckets: difference.buckets ?? null } : null;
}

function rowSaid({ kind, key }) {
  return { kind, key: spelled(key) };
}

function partitionSaid(partition) {
  const { name, state, cursor, detail, rows, bytes } = partition;
  return {
    name: spelled(name),
    state,
    cursor: cursor && spelled(cursor),
    detail,
    rows,
    bytes,
    checksum: state === 'valid' ? toHex(partition.checksum()) : null,
    buckets: partition.buckets(),
  };
}

function domainOf({ api, step: { domain, secret } }) {
  const name = bytes(domain);
  return secret === undefined ? new api.Domain(name) : api.Domain.keyed(secretOf(secret), name);
}

function writeOf({ named, step }) {
  const { precondition } = step;
  const isRevision = precondition !== undefined && !['absent', 'present'].includes(precondition);
  const condition = isRevision ? { revision: named('revision', precondition) } : precondition;
  return { ...only(step, 'durability', 'expiresAtMs'), precondition: condition };
}

function scanOf(step) {
  const { prefix, start, end, startAfter } = step;
  return {
    ...only(step, 'order', 'limit'),
    prefix: optional(prefix),
    start: optional(start),
    end: optional(end),
    startAfter: optional(startAfter),
  };
}

function configOf(step) {
  const { backgroundWork: background, ...rest } = only(step, ...CONFIG.split(' '));
  return { ...rest, background };
}

function only(step, ...names) {
  return Object.fromEntries(names.filter((name) => name in step).map((name) => [name, step[name]]));
}
