/// Scans and watches.
library;

import 'dart:async';
import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import '../harness.dart';
import '../resident.dart';
import 'engines.dart';

void engineStreams() {
  test('a scan gives what is asked for, in order, as it was when it was opened', () async {
    final (engine, notes) = await engineOf(1000);
    final scan = notes.scan(start: keyOf(500), order: ScanOrder.descending, limit: 300);
    await scan.ready();
    await notes.put(keyOf(999), bytes('later'));
    await notes.delete(keyOf(998));
    final entries = await scan.toList();
    expect(entries.length, 300);
    for (final (at, entry) in entries.indexed) {
      expect(entry.key, keyOf(999 - at));
      expect(entry.value, bytes('${999 - at}'));
    }
    final snapshot = await notes.snapshot();
    await notes.delete(keyOf(0));
    expect((await snapshot.scanKeys(end: keyOf(1)).toList()).single.size, 1);
    await engine.close();
  });

  test('a scan that is left holds nothing', () async {
    final (engine, notes) = await engineOf(2000);
    var seen = 0;
    await for (final _ in notes.scan()) {
      seen += 1;
      if (seen == 300) break;
    }
    expect(seen, 300);
    expect((await notes.scanKeys().take(1).toList()).length, 1);
    expect((await engine.stats()).leases, 0);
    final open = notes.scan();
    await open.ready();
    expect((await engine.stats()).leases, 1);
    await open.listen((_) {}).cancel();
    expect((await engine.stats()).leases, 0);
    await engine.close();
  });

  test('a scan is cancelled in the middle', () async {
    final (engine, notes) = await engineOf(2000);
    final cancel = CancelToken();
    var seen = 0;
    await expectError('cancelled', () async {
      await for (final _ in notes.scan(cancel: cancel)) {
        seen += 1;
        cancel.cancel();
      }
      return null;
    });
    check(seen >= 1 && seen < 2000, 'it saw $seen');
    expect((await engine.stats()).leases, 0);
    await engine.close();
  });

  test('a scan of many bytes takes little memory', () async {
    await withDirectory((path) async {
      final engine = await Engine.open(path);
      final notes = await engine.namespace('notes');
      final value = pattern(1, mebibyte);
      for (var row = 0; row < 384; row++) {
        value[0] = row;
        value[1] = row >> 8;
        await notes.put(keyOf(row), value, durability: Durability.none);
      }
      // What Dart leaves uncollected is there from then on.
      await notes.scan(limit: 128).drain<void>();
      final before = resident();
      var bytes = 0;
      await for (final entry in notes.scan()) {
        bytes += entry.value.length;
        if (bytes % (64 * mebibyte) == 0) hasNotGrown(before, 'in the scan');
      }
      expect(bytes, 384 * mebibyte);
      await engine.close();
    });
  });

  test('a watch tells what changes once it is open', () async {
    final (engine, notes) = await newEngine();
    await notes.put(bytes('a/0'), bytes('before'));
    final watch = notes.watch(prefix: bytes('a/'));
    await watch.ready();
    final first = await notes.put(bytes('a/1'), bytes('1'));
    await notes.put(bytes('b'), bytes('elsewhere'));
    await notes.renamePrefix(bytes('a/'), bytes('c/'));
    final events = await watch.take(2).toList();
    expect([for (final event in events) event.kind], [WatchEventKind.put, WatchEventKind.rename]);
    expect([events[0].key, events[0].revision, events[0].to], [bytes('a/1'), first, null]);
    expect([events[1].key, events[1].to], [bytes('a/'), bytes('c/')]);
    final all = await notes.watch(since: 0).take(4).toList();
    expect([
      for (final event in all) event.revision,
    ], {for (final event in all) event.revision}.toList());
    await engine.close();
  });

  test(
    'a watch that waits is left, cancelled, and ended with its namespace or its engine',
    () async {
      final (engine, notes) = await newEngine();
      final waiting = notes.watch();
      await waiting.ready();
      await waiting.listen((_) {}).cancel();

      final cancel = CancelToken();
      final cancelled = notes.watch(cancel: cancel);
      await cancelled.ready();
      final ended = expectError('cancelled', cancelled.toList);
      cancel.cancel();
      await ended;

      final others = await engine.namespace('others');
      final dropped = others.watch();
      await dropped.ready();
      final dropping = expectError('namespace-dropped', dropped.toList);
      await engine.dropNamespace('others');
      await dropping;

      final closed = notes.watch();
      await closed.ready();
      final closing = expectError('closed', closed.toList);
      await engine.close();
      await closing;
      await expectError('closed', () => notes.watch().ready());
      await expectError('closed', () => notes.watch().toList());
    },
  );

  test('a watch that falls behind is told, and goes on from a snapshot', () async {
    final engine = await Engine.memory(config: const EngineConfig(watchEventsMax: 4));
    final notes = await engine.namespace('notes');
    await notes.put(bytes('a'), bytes('0'));
    for (var row = 0; row < 6; row++) {
      await notes.put(keyOf(row), Uint8List(0));
    }
    await expectError('cursor-expired', () => notes.watch(since: 1).toList());
    final snapshot = await notes.snapshot();
    final watch = notes.watch(since: snapshot.revision);
    await watch.ready();
    await notes.delete(bytes('a'));
    expect((await watch.first).kind, WatchEventKind.delete);
    await engine.close();
  });

  test('a stream waits for a listener that pauses', () async {
    final (engine, notes) = await engineOf(600);
    var seen = 0;
    final ended = Completer<void>();
    late final StreamSubscription<ScanKey> subscription;
    subscription = notes.scanKeys().listen((entry) {
      check(!subscription.isPaused, 'a key came in the pause');
      expect(entry.key, keyOf(seen));
      seen += 1;
      subscription.pause(Future<void>.delayed(Duration.zero));
    }, onDone: ended.complete);
    await ended.future;
    await subscription.cancel();
    expect(seen, 600);
    await engine.close();
  });
}
