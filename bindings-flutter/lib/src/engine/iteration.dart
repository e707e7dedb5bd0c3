/// What scans and watches give.
library;

import 'dart:async';

import '../call.dart';
import '../generated/api/call.dart' as native;
import '../generated/api/engine/iterations.dart' as native;
import '../pulled.dart';
import 'values.dart';

/// What a scan or a watch gives, one after another, to one listener. It is opened when it is listened to, or by
/// [ready], and read as fast as its listener takes. A page is in memory at a time: at most 256 items, and no further
/// one once there is 1 MiB. Cancelling the subscription, or leaving an `await for`, releases what it holds.
final class EngineStream<T> extends Stream<T> {
  final Future<void> Function() _ready;
  final Stream<T> _stream;

  EngineStream._(Pulled<Object, T> pulled) : _ready = pulled.ready, _stream = pulled.stream;

  /// Opens it if it is not open yet, and waits until it is: what is written from then on is not seen by a scan and
  /// is told by a watch. Whoever calls this listens to it then. Fails as the stream would.
  Future<void> ready() => _ready();

  @override
  StreamSubscription<T> listen(
    void Function(T event)? onData, {
    Function? onError,
    void Function()? onDone,
    bool? cancelOnError,
  }) => _stream.listen(onData, onError: onError, onDone: onDone, cancelOnError: cancelOnError);
}

/// A stream of keys and values.
EngineStream<ScanEntry> entriesOf(
  CancelToken? cancel,
  Future<native.ScanPages> Function(native.Call call) open,
) => EngineStream._(
  Pulled<native.ScanPages, ScanEntry>(
    cancel,
    null,
    open,
    (pages) async => [for (final entry in await pages.next()) scanEntryOf(entry)],
    (pages) => pages
      ..close()
      ..dispose(),
  ),
);

/// A stream of keys.
EngineStream<ScanKey> keysOf(
  CancelToken? cancel,
  Future<native.KeyPages> Function(native.Call call) open,
) => EngineStream._(
  Pulled<native.KeyPages, ScanKey>(
    cancel,
    null,
    open,
    (pages) async => [for (final entry in await pages.next()) scanKeyOf(entry)],
    (pages) => pages
      ..close()
      ..dispose(),
  ),
);

/// A stream of changes.
EngineStream<WatchEvent> changesOf(
  CancelToken? cancel,
  Future<native.Changes> Function(native.Call call) open,
) => EngineStream._(
  Pulled<native.Changes, WatchEvent>(
    cancel,
    null,
    open,
    (changes) async => [for (final change in await changes.next()) watchEventOf(change)],
    (changes) => changes
      ..close()
      ..dispose(),
  ),
);
