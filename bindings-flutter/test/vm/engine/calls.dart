/// Calls of engines, namespaces and batches.
library;

import 'dart:async';
import 'dart:io';
import 'dart:isolate';
import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import '../harness.dart';
import 'engines.dart';

void engineCalls() {
  test('a key is put, described, read and deleted', () async {
    final (engine, notes) = await newEngine();
    final value = pattern(1, 300000);
    final revision = await notes.put(bytes('a'), value, expiresAtMs: 4102444800000);
    final found = (await notes.get(bytes('a')))!;
    expect(found.bytes, value);
    expect(found.revision, revision);
    expect(found.expiresAt, DateTime.utc(2100));
    final info = (await notes.info(bytes('a')))!;
    expect([info.size, info.revision, info.expiresAtMs], [300000, revision, 4102444800000]);
    expect((await notes.getRange(bytes('a'), 299999, 10))!.bytes, value.sublist(299999));
    check(await notes.persist(bytes('a')), 'there is no such key');
    expect((await notes.get(bytes('a')))!.expiresAt, null);
    check(await notes.expireAt(bytes('a'), 0x7fffffffffffffff), 'there is no such key');
    final entry = (await notes.scanKeys().toList()).single;
    expect(entry.expiresAt, DateTime.fromMillisecondsSinceEpoch(8640000000000000, isUtc: true));
    check(await notes.delete(bytes('a')), 'there is no such key');
    expect(await notes.get(bytes('a')), null);
    expect(await notes.info(bytes('a')), null);
    await engine.close();
  });

  test('many calls run side by side', () async {
    final (engine, notes) = await newEngine();
    final others = await engine.namespace('others');
    final revisions = await Future.wait([
      for (var row = 0; row < 2000; row++)
        (row.isEven ? notes : others).put(keyOf(row), pattern(row, 100 + row)),
    ]);
    expect(revisions.toSet().length, 2000);
    expect(await engine.revision(), revisions.reduce((a, b) => a > b ? a : b));
    expect([await notes.length(), await others.length()], [1000, 1000]);
    final values = await Future.wait([
      for (var row = 0; row < 2000; row++) (row.isEven ? notes : others).get(keyOf(row)),
    ]);
    for (final (row, value) in values.indexed) {
      expect(value!.bytes, pattern(row, 100 + row));
      expect(value.revision, revisions[row]);
    }
    await engine.close();
  });

  test('bytes are those of when the call was made', () async {
    final (engine, notes) = await newEngine();
    final (key, value) = (bytes('a'), pattern(1, 1000));
    final putting = notes.put(key, value);
    key[0] = 0;
    value.fillRange(0, value.length, 0);
    await putting;
    expect((await notes.get(bytes('a')))!.bytes, pattern(1, 1000));
    await engine.close();
  });

  test('a batch is what was added before its commit was called', () async {
    final (engine, notes) = await newEngine();
    final batch = engine.batch()..put(notes, bytes('a'), bytes('1'));
    final committing = batch.commit();
    await expectError('closed', () => batch.put(notes, bytes('b'), bytes('2')));
    await expectError('closed', () => batch.delete(notes, bytes('a')));
    await expectError('closed', batch.commit);
    expect(batch.length, 0);
    expect(await committing, await engine.revision());
    expect([for (final entry in await notes.scanKeys().toList()) entry.key], [bytes('a')]);

    final vault = await newVault();
    final changes = vault.batch()..mkdir('a');
    final ending = changes.commit();
    await expectError('closed', () => changes.mkdir('b'));
    await expectError('closed', () => changes.put('c', Uint8List(1)));
    await ending;
    expect([for (final entry in (await vault.list('')).entries) entry.name], ['a']);
    await engine.close();
  });

  test('a batch has its limits, which its commit tells, and is empty once it is closed', () async {
    final (engine, notes) = await newEngine();
    final most = engine.batch();
    for (var row = 0; row < 100000; row++) {
      most.delete(notes, Uint8List(0));
    }
    expect(most.length, 100000);
    await most.commit();
    final more = engine.batch()..put(notes, bytes('a'), bytes('1'));
    for (var row = 0; row < 100000; row++) {
      more.delete(notes, Uint8List(0));
    }
    await expectError('invalid-argument', more.commit);
    expect(more.length, 0);
    final long = engine.batch()
      ..put(notes, bytes('a'), bytes('1'))
      ..delete(notes, Uint8List(65537));
    await expectError('invalid-argument', long.commit);
    final closed = engine.batch()
      ..put(notes, bytes('a'), bytes('1'))
      ..close()
      ..close();
    expect(closed.length, 0);
    expect(await notes.length(), 0);
    await engine.close();
  });

  test('a batch that cannot be applied leaves everything as it was', () async {
    final (engine, notes) = await newEngine();
    final batch = engine.batch()
      ..put(notes, bytes('a'), bytes('1'))
      ..delete(notes, bytes('b'), precondition: const KeyPrecondition.present());
    expect(batch.length, 2);
    await expectError('precondition-failed', batch.commit);
    await expectError('closed', batch.commit);
    final (other, others) = await newEngine();
    final mixed = engine.batch()
      ..put(notes, bytes('a'), bytes('1'))
      ..put(others, bytes('a'), bytes('1'));
    await expectError('invalid-argument', mixed.commit);
    final dropped = engine.batch()
      ..put(notes, bytes('a'), bytes('1'))
      ..close();
    await expectError('closed', dropped.commit);
    expect(await notes.length(), 0);
    await engine.close();
    await other.close();
  });

  test('numbers and bytes out of their bounds are refused', () async {
    final (engine, notes) = await newEngine();
    final key = bytes('a');
    final revision = await notes.put(key, bytes('1'));
    Future<void> refused(FutureOr<Object?> Function() call) =>
        expectError('invalid-argument', call);
    await refused(() => notes.getRange(key, -1, 1));
    await refused(() => notes.getRange(key, 0, -1));
    await refused(() => notes.put(key, key, expiresAtMs: -1));
    await refused(() => notes.expireAt(key, -1));
    await refused(() => notes.scan(limit: -1).toList());
    await refused(() => notes.watch(since: -1).toList());
    await refused(() => notes.watch(since: -1).ready());
    await refused(() => notes.put(key, key, precondition: const KeyPrecondition.revision(-1)));
    await refused(() => notes.compare(notes, firstMax: 10001));
    await refused(() => engine.compare(engine, firstMax: 1 << 32));
    await refused(() => engine.verify(firstMax: -1));
    await refused(() => engine.namespace('big', separatedBytesMin: 16777217));
    await refused(() => engine.namespace('a b'));
    await refused(() => notes.put(Uint8List(65537), key));
    for (final config in const [
      EngineConfig(namespacesMax: 1 << 40),
      EngineConfig(watchBytesMax: -1),
      EngineConfig(memoryBytesMax: -1),
      EngineConfig(checkpointIdle: Duration(microseconds: 999)),
      EngineConfig(recovery: EngineRecovery.passOver),
    ]) {
      await refused(() => Engine.memory(config: config));
    }
    final huge = Uint8List(0x7fffffff);
    await refused(() => notes.put(key, huge));
    await refused(() => notes.get(huge));
    await refused(() => notes.scan(prefix: huge).toList());
    await refused(() => engine.batch().put(notes, key, huge));
    await expectError('range-past-end', () => notes.getRange(key, 2, 1));
    expect((await notes.get(key))!.revision, revision);
    await engine.close();
  });

  test('a call that was cancelled before does nothing', () async {
    final (engine, notes) = await newEngine();
    final cancel = CancelToken()..cancel();
    await expectError('cancelled', () => notes.put(bytes('a'), bytes('1'), cancel: cancel));
    await expectError('cancelled', () => engine.namespace('others', cancel: cancel));
    await expectError('cancelled', () => Engine.memory(cancel: cancel));
    await expectError('cancelled', () => notes.scan(cancel: cancel).toList());
    await expectError('cancelled', () => notes.watch(cancel: cancel).toList());
    await expectError('cancelled', () => notes.verifyState(cancel: cancel));
    expect(await notes.length(), 0);
    expect(await engine.namespaces(), ['notes']);
    await engine.close();
  });

  test('writes that are given up are done or not, and what was told as written is there', () async {
    await withDirectory((path) async {
      final engine = await Engine.open(path);
      final notes = await engine.namespace('notes');
      final cancel = CancelToken();
      final puts = [
        for (var row = 0; row < 500; row++)
          notes.put(keyOf(row), pattern(row, 1000), cancel: cancel).then<int?>((revision) {
            // The first that is done ends the wait for the others.
            cancel.cancel();
            return revision;
          }, onError: _nothingIfCancelled),
      ];
      final revisions = await Future.wait(puts);
      check(revisions.contains(null), 'nothing was given up');
      await engine.close();
      // All that was under way has come to its end.
      final again = await Engine.open(path);
      final same = await again.namespace('notes');
      for (final (row, revision) in revisions.indexed) {
        final found = await same.get(keyOf(row));
        if (revision != null) expect(found!.revision, revision);
        if (found != null) expect(found.bytes, pattern(row, 1000));
      }
      await again.close();
    });
  });

  test('an open that is given up lets go of the directory', () async {
    await withDirectory((path) async {
      final engine = await Engine.open(path);
      final notes = await engine.namespace('notes');
      final batch = engine.batch();
      for (var row = 0; row < 20000; row++) {
        batch.put(notes, keyOf(row), pattern(row, 100));
      }
      await batch.commit();
      await engine.close();
      var givenUp = 0;
      for (var left = 20; givenUp == 0 && left > 0; left--) {
        // Whoever of the two comes first has it; the other one is there as soon as it may be.
        final cancel = CancelToken();
        const rebuild = EngineConfig(recovery: EngineRecovery.rebuild);
        final opening = Engine.open(path, config: rebuild, cancel: cancel);
        final ended = opening.then<String?>((engine) async {
          await engine.close();
          return null;
        }, onError: codeOf);
        final other = await Engine.open(path).then<String?>((engine) async {
          await engine.close();
          return null;
        }, onError: codeOf);
        cancel.cancel();
        if (await ended == 'cancelled' && other == 'store-locked') givenUp += 1;
        await (await openOnceFree(path)).close();
      }
      expect(givenUp, 1);
      final again = await Engine.open(path);
      expect(await (await again.namespace('notes')).length(), 20000);
      expect((await again.verify()).findings, 0);
      await again.close();
    });
  });

  test('an engine in a directory is there again, and is one opener\'s at a time', () async {
    await withDirectory((path) async {
      final engine = await Engine.open('$path/deep/engine');
      final notes = await engine.namespace('notes', separatedBytesMin: 1000);
      await notes.put(bytes('a'), pattern(1, 5000));
      await expectError('store-locked', () => Engine.open('$path/deep/engine'));
      final library = Platform.environment['SEALWOOD_LIBRARY'];
      expect(await Isolate.run(() => _codeOfOpening('$path/deep/engine', library)), 'store-locked');
      await engine.close();
      expect(await Isolate.run(() => _codeOfOpening('$path/deep/engine', library)), null);
      const reading = EngineConfig(access: EngineAccess.readOnly);
      final again = await Engine.open('$path/deep/engine', config: reading);
      final beside = await Engine.open('$path/deep/engine', config: reading);
      await expectError('store-locked', () => Engine.open('$path/deep/engine'));
      await beside.close();
      final same = await again.namespace('notes');
      expect((await same.get(bytes('a')))!.bytes, pattern(1, 5000));
      await expectError('read-only', () => same.put(bytes('a'), bytes('2')));
      final verified = await again.verify();
      expect([verified.keys, verified.valueBytes, verified.first], [1, 5000, <Finding>[]]);
      await again.close();
    });
  });

  test('damage is told, with the key that it is about', () async {
    await withDirectory((path) async {
      final engine = await Engine.open(path);
      final notes = await engine.namespace('notes', separatedBytesMin: 1000);
      await notes.put(bytes('a'), pattern(1, 5000));
      await notes.put(bytes('b'), bytes('2'));
      final values = Directory(path).listSync(recursive: true).whereType<File>().where((file) {
        return file.lengthSync() >= 5000 && _contains(file.readAsBytesSync(), pattern(1, 5000));
      });
      values.single.writeAsBytesSync(Uint8List(3));
      await expectError('store-corrupt', () => notes.get(bytes('a')));
      expect((await notes.info(bytes('a')))!.size, 5000);
      final verified = await engine.verify();
      expect(verified.findings, verified.first.length);
      final finding = verified.first.firstWhere((finding) => finding.kind == FindingKind.value);
      expect([finding.namespace, finding.key, finding.isDamage], ['notes', bytes('a'), true]);
      expect(finding.error.code, 'store-corrupt');
      expect((await notes.get(bytes('b')))!.bytes, bytes('2'));
      expect((await engine.verify(firstMax: 0)).first, <Finding>[]);
      await engine.close();
    });
  });
}

int? _nothingIfCancelled(Object error) {
  expect(codeOf(error), 'cancelled');
  return null;
}

/// What opening fails with, if it fails.
Future<String?> _codeOfOpening(String path, String? library) async {
  await Sealwood.init(libraryPath: library);
  try {
    final engine = await Engine.open(path);
    await engine.close();
    return null;
  } on SealwoodException catch (error) {
    return error.code;
  }
}

bool _contains(Uint8List bytes, Uint8List part) {
  for (var at = 0; at + part.length <= bytes.length; at++) {
    var length = 0;
    while (length < part.length && bytes[at + length] == part[length]) {
      length += 1;
    }
    if (length == part.length) return true;
  }
  return false;
}
