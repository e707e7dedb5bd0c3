/// Where objects live.
library;

import 'dart:typed_data';

import 'call.dart';
import 'error.dart';
import 'generated/api/object.dart' as native;
import 'generated/api/store.dart' as native;
import 'handle.dart';
import 'host_store.dart';
import 'input.dart';
import 'object.dart';

/// A place for objects, in which a vault lives.
///
/// A store is trusted with nothing: it may lose, alter or withhold, and the vault notices.
final class BlobStore extends Handle<native.Store> {
  BlobStore._(super.native);

  /// A store in memory, gone with its last handle.
  factory BlobStore.memory() => guardSync(() => BlobStore._(native.Store.memory()));

  /// A bucket.
  factory BlobStore.s3(S3Config config) =>
      guardSync(() => BlobStore._(native.Store.s3(spec: s3Spec(config))));

  /// A store written by the app.
  factory BlobStore.custom(HostStore store) => guardSync(
    () => BlobStore._(
      native.Store.custom(needsFlush: store.needsFlush, ask: (ask) => answer(store, ask)),
    ),
  );

  /// The local store in the directory [path], which is made if there is none: crash-safe, with every read
  /// checked. It has the directory to itself, in this process and among others, until [close], or until the
  /// store and the vaults in it are disposed; anybody else gets `store-locked`. Any number of vaults and
  /// other objects may share one.
  static Future<BlobStore> local(String path) => run(
    null,
    null,
    (call) async => BlobStore._(await native.Store.local(path: path, call: call)),
  );

  /// Plain files in the directory [path], which is made if there is none. Several processes may use them at
  /// once, Node among them.
  static Future<BlobStore> directory(String path) => run(
    null,
    null,
    (call) async => BlobStore._(await native.Store.directory(path: path, call: call)),
  );

  /// The object at [key].
  Future<StoredObject> get(String key, {CancelToken? cancel}) => run(cancel, null, (call) async {
    final object = await inner.read(key: key, call: call);
    return StoredObject(object.bytes, object.etag);
  });

  /// [length] bytes of the object at [key] from [offset] on; fewer where the object ends first.
  Future<Uint8List> getRange(String key, int offset, int length, {CancelToken? cancel}) => run(
    cancel,
    null,
    (call) => inner.readRange(key: key, offset: offset, length: length, call: call),
  );

  /// Writes the object at [key] if [precondition] holds, and returns its tag.
  Future<String> put(
    String key,
    Uint8List bytes, {
    Precondition precondition = const Precondition.none(),
    CancelToken? cancel,
  }) => run(cancel, null, (call) {
    final condition = nativeCondition(precondition);
    return inner.put(key: key, bytes: whole(bytes), condition: condition, call: call);
  });

  /// Removes the object at [key]; succeeds if there is none.
  Future<void> delete(String key, {CancelToken? cancel}) =>
      run(cancel, null, (call) => inner.delete(key: key, call: call));

  /// Removes the objects at [keys], as [delete] does, and returns those that were not removed, or of which
  /// nobody knows.
  Future<List<NotDeleted>> deleteMany(List<String> keys, {CancelToken? cancel}) =>
      run(cancel, null, (call) async {
        final left = await inner.deleteMany(keys: keys, call: call);
        return [
          for (final native.NotDeleted(:key, :code, :message) in left)
            NotDeleted(key, SealwoodException(code ?? 'store-failed', message)),
        ];
      });

  /// Up to [limit] (1 to 1,000) objects whose keys start with [prefix] and come after [startAfter],
  /// ascending.
  Future<ObjectPage> list(
    String prefix, {
    String? startAfter,
    int limit = 1000,
    CancelToken? cancel,
  }) => run(cancel, null, (call) async {
    final page = await inner.list(prefix: prefix, startAfter: startAfter, limit: limit, call: call);
    return ObjectPage(page.objects.map(_meta).toList(), page.next);
  });

  /// What is known of the object at [key], or null if there is none.
  Future<ObjectMeta?> head(String key, {CancelToken? cancel}) => run(cancel, null, (call) async {
    final head = await inner.head(key: key, call: call);
    return head == null ? null : _meta(head);
  });

  /// Makes everything acknowledged so far durable.
  Future<void> flush({CancelToken? cancel}) => run(cancel, null, (call) => inner.flush(call: call));

  /// Whether [flush] would have anything to do.
  bool get needsFlush => guardSync(() => inner.needsFlush());

  /// Makes everything durable and releases the directory of a [BlobStore.local], which can then be opened
  /// again. Close its vaults first: afterwards their calls fail with `closed`. Other stores stay open.
  /// [dispose] releases the memory.
  Future<void> close({CancelToken? cancel}) => run(cancel, null, (call) => inner.close(call: call));
}

/// Runs the conformance suite of stores on [store], below [prefix], and returns the number of promises kept.
/// Fails with `store-failed`, which names the first that is not.
Future<int> checkStore(BlobStore store, String prefix, {CancelToken? cancel}) =>
    run(cancel, null, (call) => store.inner.check(prefix: prefix, call: call));

/// The precondition in the glue's form.
native.PutCondition nativeCondition(Precondition precondition) =>
    native.PutCondition(absent: precondition.isAbsent, matches: precondition.etag);

ObjectMeta _meta(native.ObjectHead head) =>
    ObjectMeta(head.key, head.size, modifiedMs: head.modifiedMs, etag: head.etag);
