/// Handles of the engine: those that were disposed of, and those that nobody disposes of.
library;

import 'dart:async';
import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import '../harness.dart';
import '../resident.dart';
import 'engines.dart';

void engineHandles() {
  test('disposed handles of an engine are closed', () async {
    final (engine, notes) = await engineOf(10, tracking: Tracking.whole);
    final (other, others) = await newEngine();
    final batch = engine.batch()..dispose();
    final snapshot = await notes.snapshot()
      ..dispose();
    final all = await engine.snapshot();
    final old = all.namespace('notes')!;
    all.dispose();
    final partition = (await notes.trackedState())!.partition;
    expect(partition.rows, 10);
    partition.dispose();
    notes.dispose();
    final key = keyOf(1);
    final left = engine.batch();
    final calls = <FutureOr<Object?> Function()>[
      () => notes.get(key),
      () => notes.put(key, key),
      () => notes.scan().toList(),
      () => notes.scanKeys().ready(),
      () => notes.watch().toList(),
      notes.verifyState,
      notes.backfill,
      () => others.compare(notes),
      () => left.put(notes, key, key),
      () => batch.put(others, key, key),
      () => batch.length,
      batch.commit,
      batch.close,
      () => snapshot.revision,
      () => snapshot.get(key),
      () => snapshot.scan().toList(),
      () => all.revision,
      all.namespaces,
      () => all.namespace('notes'),
      () => partition.name,
      () => partition.rows,
      partition.hash,
      () => partition.encode(1),
    ];
    for (final call in calls) {
      await expectError('closed', call);
    }
    // What is left of the engine goes on.
    expect((await old.get(key))!.bytes, bytes('1'));
    final again = await engine.namespace('notes');
    engine.dispose();
    await expectError('closed', () => engine.namespaces());
    await expectError('closed', engine.batch);
    await expectError('closed', () => other.compare(engine));
    expect((await again.get(key))!.bytes, bytes('1'));
    await other.close();
  });

  test(
    'after an engine was closed all of it says so, and calls under way come to an end',
    () async {
      final (engine, notes) = await engineOf(10);
      final snapshot = await notes.snapshot();
      final puts = [
        for (var row = 0; row < 200; row++)
          notes.put(keyOf(row), bytes('new')).then((_) => 'put', onError: codeOf),
      ];
      await engine.close();
      await engine.close();
      final outcomes = (await Future.wait(puts)).toSet();
      check({'put', 'closed'}.containsAll(outcomes), 'they ended with $outcomes');
      await expectError('closed', () => notes.get(keyOf(1)));
      await expectError('closed', () => snapshot.get(keyOf(1)));
      await expectError('closed', () => engine.verify());
    },
  );

  test('a handle that is disposed under a call lets the call end', () async {
    final (engine, notes) = await newEngine();
    final put = notes.put(bytes('a'), pattern(1, 300000));
    notes.dispose();
    check(await put > 0, 'it has no revision');
    await engine.close();
  });

  test('a directory is free once the last handle of its engine is disposed of', () async {
    await withDirectory((path) async {
      final engine = await Engine.open(path);
      final notes = await engine.namespace('notes');
      final revision = await notes.put(bytes('a'), bytes('1'));
      final snapshot = await notes.snapshot();
      engine.dispose();
      notes.dispose();
      await expectError('store-locked', () => Engine.open(path));
      expect(snapshot.revision, revision);
      snapshot.dispose();
      final again = await openOnceFree(path);
      expect(await again.namespaces(), ['notes']);
      await again.close();
    });
  });

  test('an engine that nobody disposes of leaves its directory with the garbage', () async {
    await withDirectory((path) async {
      await _openAndForget(path);
      // The collector comes when there is garbage.
      for (var left = 2000; left > 0; left--) {
        _garbage();
        try {
          final engine = await Engine.open(path);
          expect(await engine.namespaces(), ['notes']);
          await engine.close();
          return;
        } on SealwoodException catch (error) {
          expect(error.code, 'store-locked');
        }
      }
      throw const Unexpected('the directory is still held');
    });
  });

  test('what nobody disposes of lets go with the garbage', () async {
    final (engine, notes) = await engineOf(1000);
    await _lookAndForget(engine, notes);
    check((await engine.stats()).leases > 0, 'nothing was held');
    for (var left = 2000; left > 0 && (await engine.stats()).leases > 0; left--) {
      _garbage();
    }
    expect((await engine.stats()).leases, 0);
    await engine.close();
  });

  test('handles of an engine leave nothing behind', () async {
    final (engine, notes) = await engineOf(4000, tracking: Tracking.buckets);
    Future<void> handles(int count) async {
      for (var i = 0; i < count; i++) {
        // Half a MiB each.
        final state = (await notes.trackedState())!;
        final snapshot = await notes.snapshot();
        final batch = engine.batch()..put(notes, keyOf(i), Uint8List(64 * 1024));
        state.partition.hash().dispose();
        state.partition.dispose();
        snapshot.dispose();
        batch.dispose();
      }
    }

    await handles(50);
    final before = resident();
    await handles(1000);
    hasNotGrown(before, 'after disposing');
    expect((await engine.stats()).leases, 0);
    await engine.close();
  });
}

Future<void> _openAndForget(String path) async {
  final engine = await Engine.open(path);
  final notes = await engine.namespace('notes');
  await notes.put(bytes('a'), bytes('1'));
}

Future<void> _lookAndForget(Engine engine, Namespace notes) async {
  for (var i = 0; i < 100; i++) {
    await notes.snapshot();
    await engine.snapshot();
    await notes.scan().ready();
  }
}

/// A MiB that nobody needs.
void _garbage() {
  final lists = [for (var i = 0; i < 1024; i++) List.filled(128, i)];
  check(lists.length == 1024, 'there is no garbage');
}
