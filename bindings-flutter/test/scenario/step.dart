/// The members of one step, of which each must be asked for.
library;

import 'dart:async';
import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import 'content.dart';
import 'problem.dart';

/// One step.
final class Step {
  final Map<String, Object?> _members;
  final Set<String> _seen = {};

  /// Cancels the step.
  final CancelToken cancel = CancelToken();

  final Completer<void> _cancelled = Completer();

  /// Completes when the step is cancelled.
  Future<void> get whenCancelled => _cancelled.future;

  /// Hears of its progress, if anybody wants to.
  OnProgress? onProgress;

  /// The step with these members.
  Step(this._members);

  /// Cancels it.
  void cancelNow() {
    cancel.cancel();
    if (!_cancelled.isCompleted) _cancelled.complete();
  }

  /// Fails if a member was never asked for.
  void finish() {
    for (final name in _members.keys) {
      if (!_seen.contains(name)) throw Problem('unknown member "$name"');
    }
  }

  /// Whether there is a member [name].
  bool has(String name) {
    _seen.add(name);
    return _members.containsKey(name);
  }

  /// The member [name].
  Object? value(String name) => has(name) ? _members[name] : null;

  T? _get<T extends Object>(String name) {
    if (!has(name)) return null;
    final value = _members[name];
    return value is T ? value : throw Problem('"$name" is no $T: $value');
  }

  T _need<T extends Object>(String name) => _get<T>(name) ?? (throw Problem('no "$name"'));

  /// A text, if it is there.
  String? text(String name) => _get<String>(name);

  /// A number, if it is there.
  int? number(String name) => _get<int>(name);

  /// Whether it is there and true.
  bool flag(String name) => _get<bool>(name) ?? false;

  /// An object, if it is there.
  Map<String, Object?>? object(String name) => _get<Map<String, Object?>>(name);

  /// An array.
  List<Object?> list(String name) => _need<List<Object?>>(name);

  /// A text.
  String needText(String name) => _need<String>(name);

  /// A number.
  int needNumber(String name) => _need<int>(name);

  /// A content.
  Uint8List content(String name) => contentOf(_need<Object>(name));

  /// A secret: a number, or hexadecimal digits.
  Uint8List? secret(String name) => switch (value(name)) {
    null => null,
    final int byte when byte >= 0 && byte < 256 => Uint8List(32)..fillRange(0, 32, byte),
    final String digits => bytesOf(digits),
    final other => throw Problem('not a secret: $other'),
  };

  /// Free pairs.
  Map<String, String> get metadata => {
    for (final MapEntry(:key, :value) in (object('metadata') ?? const {}).entries)
      key: value is String ? value : throw Problem('not metadata: $value'),
  };
}
