/// How a call is cancelled and how it reports.
library;

import 'dart:async';

import 'error.dart';
import 'generated/api/call.dart' as native;

/// How far a call is: in bytes, or in rows where those of a namespace are counted or verified.
final class Progress {
  /// What is done. Never falls; ends at [total].
  final int done;

  /// How much there is in all, where that is known.
  final int? total;

  /// A report.
  const Progress(this.done, this.total);

  @override
  String toString() => '$done of ${total ?? 'unknown'}';
}

/// Hears of a call's progress. What it throws cancels the call, if it is not done yet, and is what the call
/// then fails with.
typedef OnProgress = void Function(Progress progress);

/// Cancels the calls it is given to, which then fail with the code `cancelled` and stop sending requests.
/// It may be given to any number of calls.
final class CancelToken {
  final native.Call _call;
  final Set<CancelToken> _children = {};
  bool _isCancelled = false;

  /// A token that is not cancelled.
  CancelToken() : _call = native.Call();

  /// Whether [cancel] was called.
  bool get isCancelled => _isCancelled;

  /// Cancels, once and for all.
  void cancel() {
    _isCancelled = true;
    _call.cancel();
    for (final child in _children.toList()) {
      child.cancel();
    }
  }
}

/// One watched call: a token of its own below the app's, and what the app's callback threw.
final class Watch {
  final CancelToken _token = CancelToken();
  final CancelToken? _parent;
  late final native.Call _call;
  (Object, StackTrace)? _thrown;
  bool _isReleased = false;

  /// A call that is cancelled with [_parent] and that [onProgress] hears of, in the zone of now.
  Watch(this._parent, OnProgress? onProgress) {
    final parent = _parent;
    if (parent != null) {
      parent._children.add(_token);
      if (parent.isCancelled) _token.cancel();
    }
    final zone = Zone.current;
    _call = onProgress == null
        ? _token._call
        : _token._call.watched(
            onProgress: (done, total) =>
                _report(() => zone.runUnary(onProgress, Progress(done, total))),
          );
  }

  void _report(void Function() report) {
    if (_thrown != null) return;
    try {
      report();
    } catch (error, trace) {
      _thrown = (error, trace);
      cancel();
    }
  }

  /// Cancels the call.
  void cancel() {
    if (!_isReleased) _token.cancel();
  }

  /// Runs a part of the call. What the callback threw is thrown here.
  Future<T> run<T>(Future<T> Function(native.Call call) work) async {
    try {
      return await guard(() => work(_call));
    } finally {
      if (_thrown case (final error, final trace)) Error.throwWithStackTrace(error, trace);
    }
  }

  /// Ends the call.
  void release() {
    _isReleased = true;
    _parent?._children.remove(_token);
    _call.dispose();
    _token._call.dispose();
  }
}

/// What calls without a token are watched by.
final native.Call _unwatched = native.Call();

/// Makes a call that [cancel] cancels and [onProgress] hears of.
Future<T> run<T>(
  CancelToken? cancel,
  OnProgress? onProgress,
  Future<T> Function(native.Call call) work,
) async {
  if (onProgress == null) return guard(() => work(cancel?._call ?? _unwatched));
  final watch = Watch(cancel, onProgress);
  try {
    return await watch.run(work);
  } finally {
    watch.release();
  }
}
