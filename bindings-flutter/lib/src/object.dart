/// Objects of a store.
library;

import 'dart:typed_data';

import 'error.dart';

/// An object and its tag.
final class StoredObject {
  /// The whole content.
  final Uint8List bytes;

  /// The tag of this state. Equal tags mean equal bytes.
  final String etag;

  /// An object.
  const StoredObject(this.bytes, this.etag);
}

/// What is known of an object without reading it.
final class ObjectMeta {
  /// The key.
  final String key;

  /// The size, in bytes; 2^63 - 1 stands for that and more.
  final int size;

  /// When it was last put by the clock of the store, in milliseconds since 1970, perhaps to the second only;
  /// null if the store does not tell.
  final int? modifiedMs;

  /// The tag of this state; null if the store would have to read the object for it.
  final String? etag;

  /// A key and its size, and what else is known.
  const ObjectMeta(this.key, this.size, {this.modifiedMs, this.etag});
}

/// An object that was not deleted, or of which nobody knows.
final class NotDeleted {
  /// The key.
  final String key;

  /// Why it may still be there.
  final SealwoodException error;

  /// An object that was not deleted.
  const NotDeleted(this.key, this.error);

  /// The object at [key], whose delete threw [thrown].
  NotDeleted.thrown(this.key, Object thrown)
    : error = thrown is SealwoodException ? thrown : SealwoodException('store-failed', '$thrown');
}

/// One page of a listing.
final class ObjectPage {
  /// Objects ascending by the bytes of their keys.
  final List<ObjectMeta> objects;

  /// Where to go on: pass it as `startAfter`. Null at the end.
  final String? next;

  /// A page.
  const ObjectPage(this.objects, this.next);
}

/// What must hold for a put to take effect.
final class Precondition {
  /// There is no object at the key.
  final bool isAbsent;

  /// The object at the key has this tag.
  final String? etag;

  /// Nothing: create or replace.
  const Precondition.none() : isAbsent = false, etag = null;

  /// There is no object at the key.
  const Precondition.absent() : isAbsent = true, etag = null;

  /// The object at the key has the tag [etag].
  const Precondition.matches(String this.etag) : isAbsent = false;
}
