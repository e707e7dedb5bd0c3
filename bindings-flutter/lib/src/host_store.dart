/// A store written by the app.
library;

import 'dart:math';
import 'dart:typed_data';

import 'error.dart';
import 'generated/api/answer.dart' as native;
import 'generated/api/object.dart' as native;
import 'object.dart';

/// How many deletes of one [HostStore.deleteMany] are under way at a time, by default.
const int _deletesAtOnceMax = 8;

/// A place for objects, written by the app: extend it and give it to `BlobStore.custom`. `checkStore` tells
/// whether it keeps all promises. [get], [put], [delete] and [list] are what a store must have; the rest
/// works by these until it is overridden.
///
/// Calls may run side by side. To say what went wrong, throw a `SealwoodException` with one of the codes
/// `object-missing`, `object-truncated`, `precondition-failed`, `store-full`, `store-denied`,
/// `store-unavailable`, `outcome-unknown`, `cancelled` or `invalid-argument`; anything else that is thrown
/// becomes `store-failed`. What is answered is checked. A call that was cancelled is not waited for.
abstract class HostStore {
  /// A store.
  const HostStore();

  /// The object at [key], or the error `object-missing`.
  Future<StoredObject> get(String key);

  /// [length] bytes of the object at [key] from [offset] on; fewer where the object ends first. The error
  /// `object-missing` if there is no object, `object-truncated` if it ends at or before [offset]. By default
  /// the whole object is got.
  Future<Uint8List> getRange(String key, int offset, int length) async {
    final bytes = (await get(key)).bytes;
    if (offset >= bytes.length) {
      throw const SealwoodException('object-truncated', 'the object ends before');
    }
    return Uint8List.sublistView(bytes, offset, offset + min(length, bytes.length - offset));
  }

  /// Writes the object at [key] whole and durably if [precondition] holds, and returns the tag of what was
  /// written; otherwise changes nothing and fails with `precondition-failed`. Bytes that go over a network
  /// go with a checksum, such as `Content-MD5`: what arrives damaged is not stored, and the put fails with
  /// `store-unavailable`.
  Future<String> put(String key, Uint8List bytes, Precondition precondition);

  /// Removes the object at [key]; succeeds if there is none.
  Future<void> delete(String key);

  /// Removes the objects at [keys], up to 1,000, as [delete] does; returns those that were not removed, or of
  /// which nobody knows. If it throws, nobody knows of any. By default they are deleted one by one, up to 8 at
  /// a time.
  Future<List<NotDeleted>> deleteMany(List<String> keys) async {
    final left = <NotDeleted>[];
    for (var at = 0; at < keys.length; at += _deletesAtOnceMax) {
      final some = keys.skip(at).take(_deletesAtOnceMax);
      left.addAll((await Future.wait(some.map(_notDeleted))).nonNulls);
    }
    return left;
  }

  Future<NotDeleted?> _notDeleted(String key) async {
    try {
      await delete(key);
      return null;
    } catch (error) {
      return NotDeleted.thrown(key, error);
    }
  }

  /// Up to [limit] objects whose keys start with [prefix] and come after [startAfter], ascending.
  Future<ObjectPage> list(String prefix, String? startAfter, int limit);

  /// What is known of the object at [key], or null if there is none. By default the object is listed.
  Future<ObjectMeta?> head(String key) async {
    // What a key starts comes after it.
    final first = (await list(key, null, 1)).objects.firstOrNull;
    return first?.key == key ? first : null;
  }

  /// Makes everything acknowledged so far durable. Nothing to do for a store whose calls are durable when
  /// they answer.
  Future<void> flush() async {}

  /// Whether [flush] would have anything to do; it is not called otherwise. A store with a [flush] of its own
  /// overrides this too: by default it never has.
  bool get needsFlush => false;
}

/// Asks [store] and returns its answer or its failure: nothing is thrown into the glue.
Future<native.StoreAnswer> answer(HostStore store, native.StoreAsk ask) async {
  try {
    return await _answer(store, ask);
  } on SealwoodException catch (error) {
    return _failure(store, error.code, error.message);
  } catch (error) {
    return _failure(store, null, '$error');
  }
}

Future<native.StoreAnswer> _answer(HostStore store, native.StoreAsk ask) async {
  switch (ask.method) {
    case native.StoreMethod.get_:
      final object = await store.get(ask.key);
      return native.StoreAnswer(
        bytes: object.bytes,
        etag: object.etag,
        needsFlush: store.needsFlush,
      );
    case native.StoreMethod.getRange:
      final bytes = await store.getRange(ask.key, ask.offset, ask.length);
      return native.StoreAnswer(bytes: bytes, needsFlush: store.needsFlush);
    case native.StoreMethod.put:
      final etag = await store.put(ask.key, ask.bytes, _precondition(ask.condition));
      return native.StoreAnswer(etag: etag, needsFlush: store.needsFlush);
    case native.StoreMethod.delete:
      await store.delete(ask.key);
      return native.StoreAnswer(needsFlush: store.needsFlush);
    case native.StoreMethod.deleteMany:
      final left = [for (final one in await store.deleteMany(ask.keys)) _left(one)];
      return native.StoreAnswer(left: left, needsFlush: store.needsFlush);
    case native.StoreMethod.list:
      final page = await store.list(ask.key, ask.startAfter, ask.length);
      final objects = [for (final meta in page.objects) _head(meta)];
      return native.StoreAnswer(
        list: native.ObjectList(objects: objects, next: page.next),
        needsFlush: store.needsFlush,
      );
    case native.StoreMethod.head:
      final meta = await store.head(ask.key);
      return native.StoreAnswer(
        head: meta == null ? null : _head(meta),
        needsFlush: store.needsFlush,
      );
    case native.StoreMethod.flush:
      await store.flush();
      return native.StoreAnswer(needsFlush: store.needsFlush);
  }
}

native.StoreAnswer _failure(HostStore store, String? code, String message) {
  bool needsFlush;
  try {
    needsFlush = store.needsFlush;
  } catch (_) {
    needsFlush = true;
  }
  final failure = native.CallbackFailure(code: code, message: message);
  return native.StoreAnswer(failure: failure, needsFlush: needsFlush);
}

Precondition _precondition(native.PutCondition condition) => switch (condition) {
  native.PutCondition(absent: true) => const Precondition.absent(),
  native.PutCondition(matches: final etag?) => Precondition.matches(etag),
  _ => const Precondition.none(),
};

native.ObjectHead _head(ObjectMeta meta) =>
    native.ObjectHead(key: meta.key, size: meta.size, modifiedMs: meta.modifiedMs, etag: meta.etag);

native.NotDeleted _left(NotDeleted left) =>
    native.NotDeleted(key: left.key, code: left.error.code, message: left.error.message);
