/// Namespaces as they were.
library;

import 'dart:typed_data';

import '../call.dart';
import '../error.dart';
import '../generated/api/engine/snapshot.dart' as native;
import '../handle.dart';
import 'bytes.dart';
import 'iteration.dart';
import 'values.dart';
import 'write.dart';

/// A namespace at one revision, whatever happens to it later. What it needs is kept on the disk until [dispose].
final class NamespaceSnapshot extends Handle<native.NamespaceSnapshot> {
  /// For the namespace.
  NamespaceSnapshot.of(super.native);

  /// The revision of the last change that it sees.
  int get revision => guardSync(() => inner.revision());

  /// The value of [key], checked, or null if there is none. Fails with `store-corrupt` if it is damaged.
  Future<EngineValue?> get(Uint8List key, {CancelToken? cancel}) =>
      run(cancel, null, (call) async => valueOf(await inner.read(key: handed(key), call: call)));

  /// What is known of [key] without reading its value, or null if there is no such key.
  Future<KeyInfo?> info(Uint8List key, {CancelToken? cancel}) =>
      run(cancel, null, (call) async => keyInfoOf(await inner.info(key: handed(key), call: call)));

  /// Keys and values in [order]: all that begin with [prefix], from [start] on, before [end], after [startAfter] in
  /// the order of the scan, at most [limit]. All that are given count.
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
}

/// All namespaces of an engine at one revision. What it needs is kept on the disk until [dispose].
final class EngineSnapshot extends Handle<native.EngineSnapshot> {
  /// For the engine.
  EngineSnapshot.of(super.native);

  /// The revision of the last change that it sees.
  int get revision => guardSync(() => inner.revision());

  /// The names of the namespaces there were, ascending.
  List<String> namespaces() => guardSync(() => inner.namespaces());

  /// The namespace of that time, or null if there was none called [name].
  NamespaceSnapshot? namespace(String name) => guardSync(() {
    final snapshot = inner.namespace(name: name);
    return snapshot == null ? null : NamespaceSnapshot.of(snapshot);
  });
}
