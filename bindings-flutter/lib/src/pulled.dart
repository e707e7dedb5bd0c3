/// Streams out of the native library, which are pulled.
library;

import 'dart:async';

import 'call.dart';
import 'generated/api/call.dart' as native;

/// A stream that is opened when it is listened to, or before that by [ready], and pulled as fast as its listener
/// takes.
///
/// To cancel the subscription ends a pull that waits, and with it the core's requests.
final class Pulled<P, T> {
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
  late final Future<P> _opened = _begin();
  final Completer<void> _ended = Completer();
  Completer<void>? _resumed;
  bool _isCancelled = false;

  /// A stream of what [_next] gives, page by page, until one is empty.
  Pulled(this._parent, this._onProgress, this._open, this._next, this._release);

  /// The stream, for one listener.
  Stream<T> get stream => _controller.stream;

  /// Opens it, and waits until it is open.
  Future<void> ready() => _opened;

  /// Opens it. A watch of what cannot be opened ends here, as there may be no listener to end it.
  Future<P> _begin() async {
    try {
      return await _watch.run(_open);
    } catch (_) {
      _watch.release();
      rethrow;
    }
  }

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
      await _pull(await _opened);
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
