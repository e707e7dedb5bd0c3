/// A store written by the app.
library;

import 'dart:typed_data';

import 'error.dart';
import 'generated/api/answer.dart' as native;
import 'generated/api/object.dart' as native;
import 'object.dart';

/// A place for objects, written by the app: extend it and give it to `BlobStore.custom`. `checkStore` tells
/// whether it keeps all promises.
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
  /// `object-missing` if there is no object, `object-truncated` if it ends at or before [offset].
  Future<Uint8List> getRange(String key, int offset, int length);

  /// Writes the object at [key] whole and durably if [precondition] holds, and returns the tag of what was
  /// written; otherwise changes nothing and fails with `precondition-failed`. Bytes that go over a network
  /// go with a checksum, such as `Content-MD5`: what arrives damaged is not stored, and the put fails with
  /// `store-unavailable`.
  Future<String> put(String key, Uint8List bytes, Precondition precondition);

  /// Removes the object at [key]; succeeds if there is none.
  Future<void> delete(String key);

  /// Up to [limit] objects whose keys start with [prefix] and come after [startAfter], ascending.
  Future<ObjectPage> list(String prefix, String? startAfter, int limit);

  /// What is known of the object at [key], or null if there is none.
  Future<ObjectMeta?> head(String key);

  /// Makes everything acknowledged so far durable. Nothing to do for a store whose calls are durable when
  /// they answer.
  Future<void> flush() async {}

  /// Whether [flush] would have anything to do.
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

native.ObjectHead _head(ObjectMeta meta) => native.ObjectHead(key: meta.key, size: meta.size);
