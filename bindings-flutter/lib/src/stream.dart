/// Streams out of the native library, which are pulled, and sources into it.
library;

import 'dart:async';
import 'dart:typed_data';

import 'call.dart';
import 'entry.dart';
import 'error.dart';
import 'generated/api/answer.dart' as native;
import 'generated/api/call.dart' as native;
import 'generated/api/stream.dart' as native;
import 'input.dart';

/// A stream of a content's pieces.
Stream<Uint8List> pieces(
  CancelToken? cancel,
  OnProgress? onProgress,
  Future<native.Pieces> Function(native.Call call) open,
) => _Pulled<native.Pieces, Uint8List>(
  cancel,
  onProgress,
  open,
  (pull) async => [?await pull.next()],
  (pull) => pull
    ..close()
    ..dispose(),
).stream;

/// A stream of entries.
Stream<EntryInfo> entries(
  CancelToken? cancel,
  Future<native.Entries> Function(native.Call call) open,
) => _Pulled<native.Entries, EntryInfo>(
  cancel,
  null,
  open,
  (pull) async => [for (final entry in await pull.next()) entryOf(entry)],
  (pull) => pull
    ..close()
    ..dispose(),
).stream;

/// A stream that is opened when it is listened to and pulled as fast as its listener takes.
///
/// To cancel the subscription ends a pull that waits, and with it the core's requests.
final class _Pulled<P, T> {
  final CancelToken? _parent;
  final OnProgress? _onProgress;
  final Future<P> Function(native.Call) _open;
  final Future<List<T>> Function(P) _next;
  final void Function(P) _release;

  late final StreamController<T> _controller = StreamController(
    onListen: () => unawaited(_pump()),
    onResume: _wake,
    onCancel: _cancel,
    sync: true,
  );
  late final Watch _watch = Watch(_parent, _onProgress);
  final Completer<void> _ended = Completer();
  Completer<void>? _resumed;
  bool _isCancelled = false;

  _Pulled(this._parent, this._onProgress, this._open, this._next, this._release);

  Stream<T> get stream => _controller.stream;

  /// Ends when the last request is over.
  Future<void> _cancel() {
    _isCancelled = true;
    _watch.cancel();
    _wake();
    return _ended.future;
  }

  void _wake() {
    _resumed?.complete();
    _resumed = null;
  }

  Future<void> _pump() async {
    try {
      await _pull(await _watch.run(_open));
    } catch (error, trace) {
      if (!_isCancelled) _controller.addError(error, trace);
    } finally {
      _watch.release();
      _ended.complete();
      await _controller.close();
    }
  }

  Future<void> _pull(P pull) async {
    try {
      while (!_isCancelled) {
        final items = await _watch.run((_) => _next(pull));
        if (items.isEmpty) return;
        for (final item in items) {
          if (_controller.isPaused) await (_resumed = Completer()).future;
          if (_isCancelled) return;
          _controller.add(item);
        }
        if (_controller.isPaused) await (_resumed = Completer()).future;
      }
    } finally {
      _release(pull);
    }
  }
}

/// A source of the app's, for one put.
final class Source {
  final StreamIterator<List<int>> _pieces;

  /// The pieces of [stream].
  Source(Stream<List<int>> stream) : _pieces = StreamIterator(stream);

  /// The next piece, or why there is none: nothing is thrown into the glue.
  Future<native.SourceAnswer> next() async {
    try {
      if (!await _pieces.moveNext()) return const native.SourceAnswer();
      final piece = _pieces.current;
      final bytes = piece is Uint8List ? piece : Uint8List.fromList(piece);
      return native.SourceAnswer(piece: whole(bytes));
    } on SealwoodException catch (error) {
      return _failure(error.code, error.message);
    } catch (error) {
      return _failure(null, '$error');
    }
  }

  /// Gives the stream up. It is not waited for: it may never end.
  void release() => unawaited(_pieces.cancel().onError((_, _) {}));

  native.SourceAnswer _failure(String? code, String message) => native.SourceAnswer(
    failure: native.CallbackFailure(code: code, message: message),
  );
}

/// Makes a put from [stream], which is given up when the put ends.
Future<T> putFrom<T>(
  Stream<List<int>> stream,
  CancelToken? cancel,
  OnProgress? onProgress,
  Future<T> Function(Source source, native.Call call) put,
) async {
  final source = Source(stream);
  try {
    return await run(cancel, onProgress, (call) => put(source, call));
  } finally {
    source.release();
  }
}
