/// Steps on scans and watches that are open.
library;

import 'dart:async';
import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import '../outcome.dart';
import '../problem.dart';
import '../step.dart';
import '../world.dart';
import 'spelled.dart';

/// A scan or a watch that is open.
final class Opened<T> {
  final StreamIterator<T> _iterator;
  Future<bool>? _pending;
  bool _isStopped = false;

  /// What [stream] gives, which is open.
  Opened(EngineStream<T> stream) : _iterator = StreamIterator(stream);

  /// The next item, or null at the end. Where a stream ends by being left, other languages say that it is closed.
  Future<T?> next(Step step) async {
    final pending = _pending ??= _iterator.moveNext();
    // An item that nobody waits for any longer is the next one's.
    final hasNext = await Future.any([pending, step.whenCancelled.then((_) => throw _cancelled)]);
    _pending = null;
    if (hasNext) return _iterator.current;
    return _isStopped ? throw const SealwoodException.closed() : null;
  }

  /// Ends it, and the wait of [next].
  Future<void> stop() async {
    _isStopped = true;
    await _iterator.cancel();
  }

  /// `next` and `stop`.
  Future<Outcome> take(String verb, Step step, Object? Function(T item) spell) async {
    switch (verb) {
      case 'next':
        final item = await next(step);
        return Value(item == null ? null : spell(item));
      case 'stop':
        await stop();
        return const Nothing();
      default:
        throw Problem('nothing is called "$verb" here');
    }
  }
}

const _cancelled = SealwoodException('cancelled', 'the step was cancelled');

/// Those on a scan that is open.
Future<Outcome> takeOnScan(Opened<Object> scan, String verb, Step step) =>
    scan.take(verb, step, (entry) {
      return entry is ScanEntry ? rowSpelled(entry.key, entry.value) : null;
    });

/// Those on a watch that is open.
Future<Outcome> takeOnWatch(Opened<WatchEvent> watch, String verb, Step step) =>
    watch.take(verb, step, (event) {
      final to = event.to;
      return <String, Object?>{
        'revision': event.revision,
        'kind': event.kind.name,
        'key': spelled(event.key),
        'to': to == null ? null : spelled(to),
      };
    });

/// Opens a scan.
typedef Scan<T> =
    EngineStream<T> Function({
      Uint8List? prefix,
      Uint8List? start,
      Uint8List? end,
      Uint8List? startAfter,
      ScanOrder order,
      int? limit,
      CancelToken? cancel,
    });

/// `scan`, `scanKeys` and `openScan`.
Future<Outcome> scanned<T extends Object>(
  World world,
  String verb,
  Step step,
  Scan<T> scan,
  Object? Function(T entry) spell,
) async {
  final stream = scan(
    prefix: step.optionalBytes('prefix'),
    start: step.optionalBytes('start'),
    end: step.optionalBytes('end'),
    startAfter: step.optionalBytes('startAfter'),
    order: step.choice('order', ScanOrder.values) ?? ScanOrder.ascending,
    limit: step.number('limit'),
    cancel: verb == 'openScan' ? null : step.cancel,
  );
  if (verb == 'openScan') {
    final name = step.text('as');
    await stream.ready();
    world.scans.set(name, Opened(stream));
    return const Nothing();
  }
  final take = step.number('take');
  final entries = await (take == null ? stream : stream.take(take)).toList();
  return Value([for (final entry in entries) spell(entry)]);
}
