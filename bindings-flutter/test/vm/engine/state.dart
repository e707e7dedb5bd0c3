/// Tracked namespaces: their hash, whether it is right, and where two engines differ.
library;

import 'package:sealwood/sealwood.dart';

import '../harness.dart';
import '../reports.dart';
import 'engines.dart';

/// How often it is tried to cancel what may be done by then.
const _tries = 50;

void engineState() {
  test('the state of a namespace is the hash of its rows', () async {
    final (engine, notes) = await engineOf(3, tracking: Tracking.buckets);
    final TrackedState(:revision, :partition) = (await notes.trackedState())!;
    expect(revision, await engine.revision());
    expect([partition.state, partition.detail], [PartitionState.valid, Detail.buckets]);
    expect([partition.name, partition.rows, partition.cursor], [bytes('notes'), 3, null]);
    final rows = [for (var row = 0; row < 3; row++) (keyOf(row), bytes('$row'))];
    expect(partition.buckets(), ({for (final (key, _) in rows) bucketOf(key)}.toList())..sort());
    final expected = LtHash()..addBatch(Domain(bytes('notes')), rows);
    expect(partition.hash(), expected);
    expect(partition.checksum(), expected.checksum());
    await notes.delete(keyOf(1));
    expect(partition.rows, 3);
    expected.remove(Domain(bytes('notes')), keyOf(1), bytes('1'));
    expect((await notes.trackedState())!.partition.checksum(), expected.checksum());
    await engine.close();
  });

  test('a backfill tells how far it is, is cancelled, and goes on', () async {
    final (engine, notes) = await engineOf(50000);
    expect(await notes.trackedState(), null);
    await expectError('invalid-argument', () => notes.verifyState());
    TrackedState? cut;
    for (var left = _tries; cut == null && left > 0; left--) {
      await notes.track(Tracking.off);
      check(await notes.track(Tracking.buckets), 'it is tracked already');
      final cancel = CancelToken();
      if (await _isCancelled(
        () => notes.backfill(cancel: cancel, onProgress: (_) => cancel.cancel()),
      )) {
        cut = await notes.trackedState();
      }
    }
    final partition = cut!.partition;
    expect(partition.state, PartitionState.backfilling);
    check(partition.cursor != null, 'it has no cursor');
    check(partition.rows! > 0 && partition.rows! < 50000, '${partition.rows} rows');
    await expectError('state-not-valid', partition.hash);
    await expectError('state-not-valid', partition.checksum);
    check((await notes.verifyState()).isBackfilling, 'all is counted');
    await _tells(50000, (report) => notes.backfill(onProgress: report));
    expect((await notes.trackedState())!.partition.state, PartitionState.valid);
    await engine.close();
  });

  test(
    'a full scan tells how far it is, says that all is as it was counted, and is cancelled',
    () async {
      final (engine, notes) = await engineOf(50000, tracking: Tracking.whole);
      late VerifiedState verified;
      await _tells(50000, (report) async => verified = await notes.verifyState(onProgress: report));
      expect([verified.rows, verified.isBackfilling, verified.difference], [50000, false, null]);
      late VerifiedStates states;
      await _tells(50000, (report) async => states = await engine.verifyState(onProgress: report));
      expect([states.rows, states.differing, states.backfilling], [50000, 0, 0]);
      expect(states.namespaces.single.name, 'notes');
      for (final verify in [notes.verifyState, engine.verifyState]) {
        var isCancelled = false;
        for (var left = _tries; !isCancelled && left > 0; left--) {
          final cancel = CancelToken();
          isCancelled = await _isCancelled(
            () => verify(cancel: cancel, onProgress: (_) => cancel.cancel()),
          );
        }
        check(isCancelled, 'it was done $_tries times');
        Never mine(Progress _) => throw const FormatException('mine');
        try {
          await verify(onProgress: mine);
        } on FormatException {
          continue;
        }
        throw const Unexpected('nothing was thrown');
      }
      await engine.close();
    },
  );

  test('two engines are compared: not a row is read where they are the same', () async {
    final (engine, notes) = await engineOf(2000, tracking: Tracking.buckets);
    final (other, others) = await engineOf(2000, tracking: Tracking.buckets);
    final same = await notes.compare(others);
    expect([same.differences, same.rowsRead], [0, 0]);
    await others.put(keyOf(7), bytes('seven'));
    await others.delete(keyOf(8));
    await others.put(bytes('new'), bytes('1'));
    final compared = await notes.compare(others);
    expect(compared.differences, 3);
    check(compared.rowsRead < 400, '${compared.rowsRead} rows were read');
    expect(
      [for (final row in compared.first) (row.kind, String.fromCharCodes(row.key))],
      [
        (RowDifferenceKind.value, '00007'),
        (RowDifferenceKind.onlyFirst, '00008'),
        (RowDifferenceKind.onlySecond, 'new'),
      ],
    );
    await engine.namespace('lone');
    await other.namespace('plain');
    await engine.namespace('plain');
    final engines = await engine.compare(other, firstMax: 2);
    expect(
      [engines.namespaces, engines.missing, engines.notCounted, engines.differences],
      [1, 1, 1, 3],
    );
    expect(engines.first.length, 2);
    expect(
      [engines.first[0].kind, engines.first[0].namespace, engines.first[0].row],
      [NamespaceDifferenceKind.onlyFirst, 'lone', null],
    );
    expect(engines.first[1].row!.key, keyOf(7));
    await expectError('invalid-argument', () async {
      return (await engine.namespace('plain')).compare(await other.namespace('plain'));
    });
    await engine.close();
    await other.close();
  });
}

/// Whether [call] was cancelled, and not done by then.
Future<bool> _isCancelled(Future<Object?> Function() call) async {
  try {
    await call();
  } on SealwoodException catch (error) {
    expect(error.code, 'cancelled');
    return true;
  }
  return false;
}

/// Long calls tell more than once.
Future<void> _tells(int total, Future<Object?> Function(OnProgress) call) async {
  final reports = await reportsOf(total, call);
  check(reports.length > 1, 'it told once');
}
