/// A namespace of an engine.
library;

import 'dart:typed_data';

import '../call.dart';
import '../generated/api/engine/namespace.dart' as native;
import '../handle.dart';
import 'bytes.dart';
import 'iteration.dart';
import 'snapshot.dart';
import 'state.dart';
import 'values.dart';
import 'write.dart';

/// One ordered key space of an engine. Keys are 0 to 65,536 bytes, in the order of bytes; values are up to as many
/// bytes as there is room, and up to 2 GiB in one call. Methods may run side by side.
///
/// A write is durable when its future completes, unless its durability says otherwise. After `outcome-unknown` only
/// opening the engine again tells whether a write was applied, after any other error it was not. A call that is
/// cancelled is not waited for any longer, and may be done all the same. Once the namespace was dropped all calls fail
/// with `namespace-dropped`; in an engine that was opened to read those that change something fail with `read-only`.
final class Namespace extends Handle<native.Namespace> {
  /// For the engine.
  Namespace.of(super.native);

  /// The value of [key], checked, or null if there is none. Fails with `store-corrupt` if it is damaged.
  Future<EngineValue?> get(Uint8List key, {CancelToken? cancel}) =>
      run(cancel, null, (call) async => valueOf(await inner.read(key: handed(key), call: call)));

  /// Up to [length] bytes of the value of [key] from [offset] on, fewer where it ends first; null if there is none.
  /// Fails with `range-past-end` if it ends before [offset].
  Future<EngineValue?> getRange(Uint8List key, int offset, int length, {CancelToken? cancel}) =>
      run(
        cancel,
        null,
        (call) async => valueOf(
          await inner.readRange(key: handed(key), offset: offset, length: length, call: call),
        ),
      );

  /// What is known of [key] without reading its value, or null if there is no such key.
  Future<KeyInfo?> info(Uint8List key, {CancelToken? cancel}) =>
      run(cancel, null, (call) async => keyInfoOf(await inner.info(key: handed(key), call: call)));

  /// Puts a value, and returns its revision. The key expires at [expiresAtMs], in milliseconds since 1970; never if
  /// that is null. Fails with `precondition-failed` if [precondition] does not hold.
  Future<int> put(
    Uint8List key,
    Uint8List value, {
    KeyPrecondition? precondition,
    Durability durability = Durability.group,
    int? expiresAtMs,
    CancelToken? cancel,
  }) => run(cancel, null, (call) {
    checkBytes([key, value]);
    final spec = writeSpec(
      precondition: precondition,
      durability: durability,
      expiresAtMs: expiresAtMs,
    );
    return inner.put(key: key, value: value, spec: spec, call: call);
  });

  /// Deletes [key], and returns whether there was one. A disk that is full takes deletions too. Fails with
  /// `precondition-failed` if [precondition] does not hold.
  Future<bool> delete(
    Uint8List key, {
    KeyPrecondition? precondition,
    Durability durability = Durability.group,
    CancelToken? cancel,
  }) => run(cancel, null, (call) {
    final spec = writeSpec(precondition: precondition, durability: durability);
    return inner.delete(key: handed(key), spec: spec, call: call);
  });

  /// Lets [key] expire at a time, in milliseconds since 1970, and returns whether there is such a key.
  Future<bool> expireAt(Uint8List key, int ms, {CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.expireAt(key: handed(key), ms: ms, call: call));

  /// Removes the expiry of [key], and returns whether there is such a key.
  Future<bool> persist(Uint8List key, {CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.persist(key: handed(key), call: call));

  /// Renames all keys that begin with [from], at once and by one record of the log, and returns whether there was
  /// any. Fails with `precondition-failed` if a key begins with [to] already.
  Future<bool> renamePrefix(Uint8List from, Uint8List to, {CancelToken? cancel}) =>
      run(cancel, null, (call) {
        checkBytes([from, to]);
        return inner.renamePrefix(from: from, to: to, call: call);
      });

  /// The length in bytes of the longest key that [key] begins with, or null if there is none.
  Future<int?> longestPrefix(Uint8List key, {CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.longestPrefix(key: handed(key), call: call));

  /// How many keys there are, expired ones that were not purged yet included.
  Future<int> length({CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.length(call: call));

  /// Keys and values in [order]: all that begin with [prefix], from [start] on, before [end], after [startAfter] in
  /// the order of the scan, at most [limit]. All that are given count. It sees the state in which it was opened,
  /// whatever is written meanwhile.
  EngineStream<ScanEntry> scan({
    Uint8List? prefix,
    Uint8List? start,
    Uint8List? end,
    Uint8List? startAfter,
    ScanOrder order = ScanOrder.ascending,
    int? limit,
    CancelToken? cancel,
  }) => entriesOf(
    cancel,
    (call) => inner.scan(
      spec: scanSpec(
        prefix: prefix,
        start: start,
        end: end,
        startAfter: startAfter,
        order: order,
        limit: limit,
      ),
      call: call,
    ),
  );

  /// Keys, chosen and in order as those of [scan]. No value is read.
  EngineStream<ScanKey> scanKeys({
    Uint8List? prefix,
    Uint8List? start,
    Uint8List? end,
    Uint8List? startAfter,
    ScanOrder order = ScanOrder.ascending,
    int? limit,
    CancelToken? cancel,
  }) => keysOf(
    cancel,
    (call) => inner.scanKeys(
      spec: scanSpec(
        prefix: prefix,
        start: start,
        end: end,
        startAfter: startAfter,
        order: order,
        limit: limit,
      ),
      call: call,
    ),
  );

  /// The namespace as it is now, whatever happens to it later. Takes constant time and memory.
  Future<NamespaceSnapshot> snapshot({CancelToken? cancel}) =>
      run(cancel, null, (call) async => NamespaceSnapshot.of(await inner.snapshot(call: call)));

  /// Follows changes of keys that begin with [prefix], each once, ascending by revision: those after the revision
  /// [since] (0 is all that are kept), or, if that is null, those since the stream was opened. It has no end but an
  /// error: `cursor-expired` if it fell behind what is kept (take a snapshot, then watch since its revision), `closed`
  /// with the engine, `namespace-dropped`.
  EngineStream<WatchEvent> watch({Uint8List? prefix, int? since, CancelToken? cancel}) => changesOf(
    cancel,
    (call) => inner.watch(prefix: handed(prefix ?? Uint8List(0)), since: since, call: call),
  );

  /// Keeps a hash of all rows from here on, or no more, and returns whether that is a change. Rows that are there
  /// already are counted bit by bit, by the engine itself or by [backfill].
  Future<bool> track(Tracking tracking, {CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.track(tracking: tracking, call: call));

  /// What is known of the rows, all changes so far included; null if the namespace is not tracked.
  Future<TrackedState?> trackedState({CancelToken? cancel}) =>
      run(cancel, null, (call) async => trackedStateOf(await inner.trackedState(call: call)));

  /// Counts the rows that were there before the namespace was tracked, until its state is valid; does nothing where
  /// there is nothing to count. Progress is rows. Cancelled, it ends after some hundred rows, and what was counted
  /// stays so.
  Future<void> backfill({CancelToken? cancel, OnProgress? onProgress}) =>
      run(cancel, onProgress, (call) => inner.backfill(call: call));

  /// Reads all rows and compares them with what was counted of them. Progress is rows. Cancelled, it ends after some
  /// hundred rows. Fails with `invalid-argument` if the namespace is not tracked.
  Future<VerifiedState> verifyState({CancelToken? cancel, OnProgress? onProgress}) =>
      run(cancel, onProgress, (call) async => verifiedStateOf(await inner.verifyState(call: call)));

  /// Compares with a namespace of the same name of another engine, and gives the first [firstMax] rows that differ:
  /// 1,000 if null, at most 10,000. Of equal ones nothing is read. Fails with `invalid-argument` if names differ or
  /// not all rows of both are counted. Cancelled, it ends after its present step.
  Future<Compared> compare(Namespace other, {int? firstMax, CancelToken? cancel}) => run(
    cancel,
    null,
    (call) async =>
        comparedOf(await inner.compare(other: other.inner, firstMax: firstMax, call: call)),
  );
}
