// The engine in a directory: what a disk promises, locks, kills, and a disk that is full.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'node:test';

import { NodeDisk } from '../../js/engine/disk.js';
import * as testing from '../../js/generated/sealwood_testing.js';
import { BlobStore, init } from '../../js/node.js';
import { engine, failsWith, keysOf, program, ran, started, temporary, textOf } from '../engine.mjs';

const { Engine } = engine;

await init();

/** Fulfils what the suite of disks checks. */
async function checkDisk(disk) {
  const module = new URL('../../js/generated/sealwood_testing_bg.wasm', import.meta.url);
  await testing.default({ module_or_path: fs.readFileSync(module) });
  return testing.checkDisk(disk);
}

test('the directory keeps every promise of a disk', async (context) => {
  const root = join(temporary(context), 'a/b');
  const disk = NodeDisk.open(root, 'readWrite');
  assert.equal(await checkDisk(disk), 19);
  assert.equal(await checkDisk(disk), 19);
  assert.deepEqual(disk.list(''), [{ name: 'lock', size: 0 }]);
});

test('a disk that breaks a promise is found out', async (context) => {
  const disk = NodeDisk.open(temporary(context), 'readWrite');
  disk.rename = () => {};
  await assert.rejects(checkDisk(disk), { code: 'store-failed' });
});

test('what is durable was synced: the log, and the names in their directories', async (context) => {
  const system = process.getBuiltinModule('node:fs');
  const { fdatasyncSync, fsyncSync } = system;
  context.after(() => Object.assign(system, { fdatasyncSync, fsyncSync }));
  const synced = { files: 0, directories: 0 };
  system.fdatasyncSync = (fd) => {
    synced.files += 1;
    fdatasyncSync(fd);
  };
  system.fsyncSync = (fd) => {
    synced.directories += 1;
    fsyncSync(fd);
  };
  const opened = await Engine.open(join(temporary(context), 'new'));
  assert.ok(synced.directories > 1, `${synced.directories} directories`);
  const notes = await opened.namespace('notes', { separatedBytesMin: 1000 });
  const syncs = async (work) => {
    const before = { ...synced };
    await work();
    return [synced.files - before.files, synced.directories - before.directories];
  };
  assert.deepEqual(await syncs(() => notes.put('a', 'text', { durability: 'none' })), [0, 0]);
  assert.deepEqual(await syncs(() => notes.put('b', 'text')), [1, 0]);
  const [files, directories] = await syncs(() => notes.put('large', new Uint8Array(5000)));
  assert.ok(files >= 2 && directories >= 1, `${files} files, ${directories} directories`);
  await opened.close();
});

test('what was put is there for the next process', async (context) => {
  const root = join(temporary(context), 'new/notes');
  const opened = await Engine.open(root);
  const notes = await opened.namespace('notes');
  await notes.put('a', 'text');
  await notes.put('large', new Uint8Array(3_000_000).fill(9));
  await notes.track('buckets');
  await notes.backfill();
  const checksum = (await notes.trackedState()).partition.checksum();
  await opened.close();
  const mode = (path) => fs.statSync(join(root, path)).mode & 0o777;
  assert.deepEqual(['', 'log', 'manifest', 'lock'].map(mode), [0o700, 0o700, 0o600, 0o600]);
  const code = `
    const engine = await Engine.open(given[0], { access: 'readOnly' });
    const notes = await engine.namespace('notes');
    const { length } = (await notes.get('large')).bytes;
    const { partition } = await notes.trackedState();
    console.log(JSON.stringify([length, partition.rows, [...partition.checksum()]]));`;
  const { written, status } = await ran(code, root);
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(written), [3_000_000, 2, [...checksum]]);
});

test('a process that has nothing else to do ends, and what it put is there', async (context) => {
  const root = temporary(context);
  const code = `
    const engine = await Engine.open(given[0]);
    const notes = await engine.namespace('notes');
    notes.watch({ prefix: 'b' }).next();
    await notes.put('a', 'text');`;
  assert.deepEqual(await ran(code, root), { written: '', status: 0, signal: null });
  const opened = await Engine.open(root);
  assert.deepEqual(await keysOf((await opened.namespace('notes')).scan()), ['a']);
  await opened.close();
});

test('whoever comes second is told, until the first has closed or was killed', async (context) => {
  const root = temporary(context);
  const first = await Engine.open(root);
  await failsWith('store-locked', Engine.open(root));
  await failsWith('store-locked', Engine.open(root, { access: 'readOnly' }));
  const opening = `
    const code = await Engine.open(given[0]).then(() => 'opened', (error) => error.code);
    console.log(code);`;
  assert.equal((await ran(opening, root)).written, 'store-locked');
  // Also where the file is gone: the directory itself is locked.
  fs.unlinkSync(join(root, 'lock'));
  assert.equal((await ran(opening, root)).written, 'store-locked');
  await first.close();
  assert.equal((await ran(opening, root)).written, 'opened');
  // Readers are many.
  const readers = [await Engine.open(root, { access: 'readOnly' })];
  readers.push(await Engine.open(root, { access: 'readOnly' }));
  await failsWith('store-locked', Engine.open(root));
  await failsWith('read-only', readers[0].namespace('new'));
  for (const reader of readers) await reader.close();
  const holding = started(`
    const engine = await Engine.open(given[0]);
    console.log('opened');
    setInterval(() => engine, 1000);`, root);
  await new Promise((resolve) => holding.stdout.once('data', resolve));
  await failsWith('store-locked', Engine.open(root));
  holding.kill('SIGKILL');
  await holding.ended;
  await (await Engine.open(root)).close();
});

test('the lock is that of programs in other languages', async (context) => {
  const root = temporary(context);
  await (await Engine.open(root)).close();
  for (const path of [root, join(root, 'lock')]) {
    const holder = spawn('flock', [path, 'sh', '-c', 'echo held; read line']);
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    await failsWith('store-locked', Engine.open(root));
    holder.stdin.end('\n');
    await new Promise((resolve) => holder.on('close', resolve));
    const opened = await Engine.open(root);
    assert.equal(spawnSync('flock', ['-n', path, 'true']).status, 1);
    await opened.close();
    assert.equal(spawnSync('flock', ['-n', path, 'true']).status, 0);
  }
});

test('without the command that locks nothing is opened', async (context) => {
  const { PATH } = process.env;
  context.after(() => (process.env.PATH = PATH));
  const root = temporary(context);
  process.env.PATH = root;
  const error = await failsWith('platform', Engine.open(root));
  assert.match(error.message, /flock/);
});

test('where the command that locks is not started nobody is said to have the lock', async (context) => {
  const system = process.getBuiltinModule('node:child_process');
  const { spawnSync } = system;
  context.after(() => Object.assign(system, { spawnSync }));
  const root = temporary(context);
  for (const code of ['EAGAIN', 'EMFILE', 'ENOMEM']) {
    // For the directory alone: it is not locked by half.
    let count = 0;
    system.spawnSync = (...given) => {
      count += 1;
      return count === 1 ? { status: null, error: Object.assign(new Error(code), { code }) } : spawnSync(...given);
    };
    const error = await failsWith('store-unavailable', Engine.open(root));
    assert.match(error.message, /flock/);
  }
  system.spawnSync = spawnSync;
  await (await Engine.open(root)).close();
});

test('where nothing is known to lock nothing is opened or made', async (context) => {
  const { platform } = process;
  const is = (value) => Object.defineProperty(process, 'platform', { value });
  context.after(() => is(platform));
  const root = temporary(context);
  for (const other of ['aix', 'android', 'cygwin', 'haiku', 'sunos', 'win32', 'one to come']) {
    is(other);
    for (const access of ['readWrite', 'readOnly']) {
      const error = await failsWith('platform', Engine.open(join(root, 'new'), { access }));
      assert.match(error.message, /a lock on files/);
    }
  }
  assert.deepEqual(fs.readdirSync(root), []);
});

test('on BSD and macOS whoever opens locks', async (context) => {
  const { platform } = process;
  const is = (value) => Object.defineProperty(process, 'platform', { value });
  const system = process.getBuiltinModule('node:fs');
  const { openSync } = system;
  context.after(() => is(platform) && Object.assign(system, { openSync }));
  const root = temporary(context);
  const flags = new Set();
  system.openSync = (path, how, mode) => {
    if (path === root || path === join(root, 'lock')) flags.add(`${path === root ? '' : 'lock'} ${how & 0x30}`);
    return openSync(path, typeof how === 'number' ? how & ~0x30 : how, mode);
  };
  for (const bsd of ['darwin', 'dragonfly', 'freebsd', 'netbsd', 'openbsd']) {
    for (const [access, lock] of [['readWrite', 0x20], ['readOnly', 0x10]]) {
      flags.clear();
      is(bsd);
      await (await Engine.open(root, { access })).close();
      assert.ok(flags.has(` ${lock}`) && flags.has(`lock ${lock}`), `${bsd}: ${[...flags]}`);
    }
  }
});

test('every put that was acknowledged outlives the kill of its process', async (context) => {
  const root = temporary(context);
  const writing = `
    import { writeSync } from 'node:fs';
    const engine = await Engine.open(given[0], { checkpointIdleMs: 1 });
    const notes = await engine.namespace('notes', { separatedBytesMin: 3000 });
    await notes.track('buckets');
    for (let number = Number(given[1]); ; number++) {
      const batch = engine.batch();
      for (let half = 0; half < 2; half++) {
        batch.put(notes, number + '/' + half, new Uint8Array((number * 397) % 5000).fill(number));
      }
      await batch.commit();
      writeSync(1, number + '\\n');
      if (number % 64 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }`;
  let last = -1;
  for (let kill = 0; kill < 6; kill++) {
    const child = started(writing, root, String(last + 1));
    const wanted = last + 1 + 40 * (kill + 1);
    for await (const line of createInterface({ input: child.stdout })) {
      last = Number(line);
      if (last === wanted) child.kill('SIGKILL');
    }
    assert.equal((await child.ended).signal, 'SIGKILL');
    const opened = await Engine.open(root);
    const notes = await opened.namespace('notes');
    for (let number = 0; number <= last; number++) {
      for (let half = 0; half < 2; half++) {
        const found = await notes.get(`${number}/${half}`);
        assert.ok(found, `${number} of ${last} was lost by kill ${kill}`);
        assert.equal(found.bytes.length, (number * 397) % 5000);
        assert.ok(found.bytes.every((byte) => byte === number % 256));
      }
    }
    // One more may have been written that nobody was told of: whole.
    const rows = await notes.length();
    assert.ok([2 * (last + 1), 2 * (last + 2)].includes(rows), `${rows} rows after ${last}`);
    const { findings, first } = await opened.verify();
    assert.equal(findings, 0, JSON.stringify(first));
    assert.equal((await notes.verifyState()).difference, undefined);
    assert.deepEqual(await opened.vacuum().then(() => opened.vacuum()), { values: 0, valueBytes: 0 });
    last = rows / 2 - 1;
    await opened.close();
  }
});

test('a full disk refuses puts, takes deletions, and has room again', (context) => {
  const root = temporary(context);
  const code = `
    const engine = await Engine.open(given[0]);
    const notes = await engine.namespace('notes');
    const outcome = (work) => work.then(() => 'ok', (error) => error.code);
    let count = 0;
    let refused;
    for (const size of [500_000, 20_000, 500]) {
      while ((refused = await outcome(notes.put('k' + count, new Uint8Array(size).fill(count)))) === 'ok') count++;
    }
    const whole = [];
    for (let number = 0; number < count; number++) {
      const { bytes } = await notes.get('k' + number);
      whole.push(bytes.every((byte) => byte === number % 256));
    }
    const removals = [];
    for (let number = 0; number < 5; number++) removals.push(await outcome(notes.delete('k' + number)));
    await engine.checkpoint();
    const again = await outcome(notes.put('again', new Uint8Array(400_000)));
    await engine.close();
    const reopened = await Engine.open(given[0]);
    const { findings } = await reopened.verify();
    const keys = await (await reopened.namespace('notes')).length();
    console.log(JSON.stringify({
      refused, isMany: count > 10, isWhole: !whole.includes(false), again, findings,
      isKept: keys === count - 5 + 1, removals: [...new Set(removals)],
    }));`;
  const mount = 'mount -t tmpfs -o size=8m tmpfs "$1" && exec "$2" --input-type=module -e "$3" "$1"';
  const namespace = ['--user', '--map-root-user', '--mount', 'sh', '-ec', mount, 'sh'];
  const given = [...namespace, root, process.execPath, program(code)];
  const { stdout, stderr } = spawnSync('unshare', given, { encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.deepEqual(JSON.parse(stdout), {
    refused: 'store-full',
    isMany: true,
    isWhole: true,
    again: 'ok',
    findings: 0,
    isKept: true,
    removals: ['ok'],
  });
});

test('few open files are enough', (context) => {
  const root = temporary(context);
  const code = `
    const engine = await Engine.open(given[0]);
    const notes = await engine.namespace('notes', { separatedBytesMin: 1 });
    for (let number = 0; number < 100; number++) await notes.put('k' + number, new Uint8Array(100).fill(number));
    const wrong = [];
    for (let number = 0; number < 100; number++) {
      const { bytes } = await notes.get('k' + number);
      if (!bytes.every((byte) => byte === number)) wrong.push(number);
    }
    console.log(JSON.stringify(wrong));
    await engine.close();`;
  const given = ['-c', 'ulimit -n 40; exec "$@"', 'sh', process.execPath, '--input-type=module', '-e'];
  const { stdout, stderr } = spawnSync('sh', [...given, program(code), root], { encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.deepEqual(JSON.parse(stdout), []);
});

test('a path that the system would take for another is refused', async (context) => {
  const root = temporary(context);
  for (const path of [`${root}/\ud800`, `${root}/a\0b`, 5, undefined]) {
    await failsWith('invalid-argument', Engine.open(path));
    await failsWith('invalid-argument', BlobStore.directory(path));
  }
  assert.deepEqual(fs.readdirSync(root), []);
});

test('what is in the way is told as what it is', async (context) => {
  const root = temporary(context);
  fs.writeFileSync(join(root, 'file'), 'x');
  await failsWith('store-failed', Engine.open(join(root, 'file')));
  await failsWith('store-failed', Engine.open(join(root, 'file/below')));
  await failsWith('store-failed', Engine.open(join(root, 'missing'), { access: 'readOnly' }));
  assert.equal(fs.existsSync(join(root, 'missing')), false);
  // A pipe in place of a file is neither waited for nor followed.
  const taken = join(root, 'taken');
  await (await Engine.open(taken)).close();
  fs.unlinkSync(join(taken, 'lock'));
  assert.equal(spawnSync('mkfifo', [join(taken, 'lock')]).status, 0);
  await failsWith('store-failed', Engine.open(taken));
  fs.unlinkSync(join(taken, 'lock'));
  await (await Engine.open(taken)).close();
});

test('an engine whose close has failed is closed, and what was acknowledged is there', async (context) => {
  const root = temporary(context);
  const opened = await Engine.open(root, { access: null, background: null });
  const notes = await opened.namespace('notes');
  await notes.put('a', 'text');
  const system = process.getBuiltinModule('node:fs');
  const { fsyncSync } = system;
  context.after(() => Object.assign(system, { fsyncSync }));
  system.fsyncSync = () => {
    throw Object.assign(new Error('EIO'), { code: 'EIO' });
  };
  await failsWith('store-failed', opened.close());
  system.fsyncSync = fsyncSync;
  await failsWith('closed', notes.put('b', 'text'));
  await opened.close();
  const again = await Engine.open(root);
  assert.deepEqual(await keysOf((await again.namespace('notes')).scan()), ['a']);
  await again.close();
});

test('what is put in place of an open directory is left alone', async (context) => {
  const [root, aside] = [join(temporary(context), 'notes'), join(temporary(context), 'aside')];
  const config = { background: 'manual' };
  const first = await Engine.open(root, config);
  const notes = await first.namespace('notes', { separatedBytesMin: 1000 });
  await notes.put('a', 'text');
  await notes.put('large', new Uint8Array(5000));
  fs.renameSync(root, aside);
  const second = await Engine.open(root, config);
  await (await second.namespace('others')).put('b', 'text');
  // What needs no other file goes where the directory went.
  await notes.put('c', 'text');
  for (const work of [() => notes.put('larger', new Uint8Array(6000)), () => notes.get('large'), () => first.checkpoint()]) {
    await failsWith('store-failed', work);
  }
  await failsWith('store-failed', first.close());
  await second.close();
  for (const [place, name, keys] of [[root, 'others', ['b']], [aside, 'notes', ['a', 'c', 'large']]]) {
    const opened = await Engine.open(place);
    assert.deepEqual(await opened.namespaces(), [name]);
    assert.deepEqual(await keysOf((await opened.namespace(name)).scan()), keys);
    assert.equal((await opened.verify()).findings, 0);
    await opened.close();
  }
});

test('what was written to a directory that is gone is not acknowledged as durable', async (context) => {
  const root = join(temporary(context), 'notes');
  const opened = await Engine.open(root);
  const notes = await opened.namespace('notes');
  await notes.put('a', 'text');
  fs.rmSync(root, { recursive: true });
  await failsWith('outcome-unknown', notes.put('b', 'text'));
  await failsWith('store-poisoned', notes.put('c', 'text'));
  await failsWith('store-poisoned', opened.sync());
  await opened.close();
  // Where nobody counts names, it says nothing.
  const system = process.getBuiltinModule('node:fs');
  const { fstatSync } = system;
  context.after(() => Object.assign(system, { fstatSync }));
  system.fstatSync = (...given) => Object.assign(fstatSync(...given), { nlink: 0 });
  const again = await Engine.open(root);
  await (await again.namespace('notes')).put('a', 'text');
  await again.close();
});

test('damage is told, and the rest is there for who passes it over', async (context) => {
  const root = temporary(context);
  const opened = await Engine.open(root);
  const notes = await opened.namespace('notes', { separatedBytesMin: 1000 });
  await notes.put('a', 'text');
  await notes.put('b', new Uint8Array(5000).fill(1));
  await opened.close();
  const [name] = fs.readdirSync(join(root, 'values'));
  const damaged = fs.openSync(join(root, 'values', name), 'r+');
  fs.writeSync(damaged, Buffer.from([0xff]), 0, 1, 2500);
  fs.closeSync(damaged);
  const again = await Engine.open(root);
  const { findings, first } = await again.verify();
  assert.equal(findings, 1);
  assert.deepEqual([first[0].kind, first[0].isDamage, first[0].namespace], ['value', true, 'notes']);
  assert.equal(textOf(first[0].key), 'b');
  assert.equal(first[0].error.code, 'store-corrupt');
  assert.ok(first[0].error instanceof engine.SealwoodError);
  await failsWith('store-corrupt', (await again.namespace('notes')).get('b'));
  await again.close();
  const passing = await Engine.open(root, { access: 'readOnly', recovery: 'passOver' });
  assert.equal(textOf((await (await passing.namespace('notes')).get('a')).bytes), 'text');
  await passing.close();
});
