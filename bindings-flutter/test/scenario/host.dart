/// A store as an app would write it: it counts its calls, and one of them can be told to misbehave.
library;

import 'dart:async';
import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import 'problem.dart';

/// How a call misbehaves.
enum How {
  /// It never answers.
  hang,

  /// It fails with an error that is not ours.
  // `throw` is a word of the language.
  throws,

  /// It fails with our error of a code.
  code,

  /// A range is answered with more than was asked.
  oversized,

  /// A put is done, and its answer never comes.
  lose,

  /// It answers with something of another type.
  wrongType;

  /// Reads the word of a scenario.
  static How parse(String word) => switch (word) {
    'throw' => throws,
    _ => values.asNameMap()[word] ?? (throw Problem('no way to misbehave: $word')),
  };
}

/// The methods whose calls are counted.
const methods = {'get', 'getRange', 'put', 'delete', 'deleteMany', 'list', 'head'};

/// Where the clock of a store stands.
const int _nowMs = 1700000000000;

/// The store.
final class CountingStore extends HostStore {
  final Map<String, StoredObject> _objects = {};

  /// How many calls there were.
  int calls = 0;

  int _left = 0;
  String? _method;
  How _how = How.hang;
  String _code = '';
  Completer<void>? _arrived;

  /// Has the [at]-th call from now on misbehave, of [method] or of any.
  void arm(int at, String? method, How how, String? code) {
    if (at < 1) throw const Problem('calls are counted from 1');
    if (method != null && !methods.contains(method)) throw Problem('no method: $method');
    if ((how == How.code) != (code != null)) throw const Problem('a code belongs to "code"');
    _left = at;
    _method = method;
    _how = how;
    _code = code ?? '';
    _arrived = Completer();
  }

  /// Completes when the armed call has arrived.
  Future<void> get armedCall => (_arrived ?? (throw const Problem('no call was armed'))).future;

  /// Counts a call and misbehaves in it, if it is the one. Whether something is wrong with its answer: that of a
  /// range is oversized, that of a put lost.
  Future<bool> _call(String method) async {
    calls += 1;
    if (_left == 0 || (_method != null && _method != method)) return false;
    _left -= 1;
    if (_left > 0) return false;
    _arrived?.complete();
    switch (_how) {
      case How.hang:
        await Completer<void>().future;
      case How.throws:
        throw StateError("the app's own error");
      case How.code:
        throw SealwoodException(_code, 'an error of ours');
      case How.wrongType:
        throw const _WrongType();
      case How.oversized:
        if (method != 'getRange') throw const Problem('only a range is oversized');
        return true;
      case How.lose:
        if (method != 'put') throw const Problem('only of a put the answer is lost');
        return true;
    }
    return false;
  }

  /// The answer of [work]; a text instead, if this call answers with the wrong type.
  Future<T> _answer<T>(String method, T Function() work) async {
    final bool isLost;
    try {
      isLost = await _call(method);
    } on _WrongType {
      return _wrong as T;
    }
    final done = work();
    return isLost ? Completer<T>().future : done;
  }

  StoredObject _get(String key) =>
      _objects[key] ?? (throw const SealwoodException('object-missing', 'no object'));

  @override
  Future<StoredObject> get(String key) => _answer('get', () => _get(key));

  @override
  Future<Uint8List> getRange(String key, int offset, int length) async {
    final bool oversized;
    try {
      oversized = await _call('getRange');
    } on _WrongType {
      return _wrong as Uint8List;
    }
    final bytes = _get(key).bytes;
    if (offset >= bytes.length) throw const SealwoodException('object-truncated', 'it ends before');
    if (oversized) return Uint8List(length + 1);
    final end = offset + length;
    return bytes.sublist(offset, end < bytes.length ? end : bytes.length);
  }

  @override
  Future<String> put(String key, Uint8List bytes, Precondition precondition) => _answer('put', () {
    final etag = _objects[key]?.etag;
    final holds = precondition.isAbsent
        ? etag == null
        : precondition.etag == null || precondition.etag == etag;
    if (!holds) throw const SealwoodException('precondition-failed', 'it does not hold');
    final object = StoredObject(bytes, _tag(bytes));
    _objects[key] = object;
    return object.etag;
  });

  @override
  Future<void> delete(String key) => _answer('delete', () => _objects.remove(key));

  @override
  Future<ObjectPage> list(String prefix, String? startAfter, int limit) => _answer('list', () {
    final keys = [
      for (final key in _objects.keys)
        if (key.startsWith(prefix) && (startAfter == null || key.compareTo(startAfter) > 0)) key,
    ]..sort();
    final page = keys.take(limit).toList();
    return ObjectPage([
      for (final key in page) _meta(key, _objects[key]!),
    ], keys.length > page.length ? page.last : null);
  });

  @override
  Future<ObjectMeta?> head(String key) => _answer('head', () {
    final object = _objects[key];
    return object == null ? null : _meta(key, object);
  });

  @override
  Future<List<NotDeleted>> deleteMany(List<String> keys) => _answer('deleteMany', () {
    keys.forEach(_objects.remove);
    return [];
  });
}

ObjectMeta _meta(String key, StoredObject object) =>
    ObjectMeta(key, object.bytes.length, modifiedMs: _nowMs, etag: object.etag);

/// A store with no other methods than one must have; those do what another's do.
base class BareStore extends HostStore {
  final CountingStore _inner;

  /// The store over another.
  BareStore(this._inner);

  @override
  Future<StoredObject> get(String key) => _inner.get(key);

  @override
  Future<String> put(String key, Uint8List bytes, Precondition precondition) =>
      _inner.put(key, bytes, precondition);

  @override
  Future<void> delete(String key) => _inner.delete(key);

  @override
  Future<ObjectPage> list(String prefix, String? startAfter, int limit) =>
      _inner.list(prefix, startAfter, limit);
}

/// A tag that follows from the content (FNV-1a).
String _tag(Uint8List bytes) {
  var hash = 0xcbf29ce484222325;
  for (final byte in bytes) {
    hash = (hash ^ byte) * 0x100000001b3;
  }
  return '${bytes.length}-$hash';
}

/// What a store answers that does not know its types. Dart notices before we do.
const Object _wrong = 0;

final class _WrongType implements Exception {
  const _WrongType();
}
