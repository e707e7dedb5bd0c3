/// One partition as it was when it was asked for.
library;

import 'dart:typed_data';

import '../error.dart';
import '../generated/api/engine/partition.dart' as native;
import '../handle.dart';
import 'hash.dart';

export '../generated/api/engine/partition.dart' show Detail, PartitionState;

/// A named part of some data, as it was when it was asked for, and what is known of it.
final class Partition extends Handle<native.Partition> {
  late final native.PartitionRecord _record = inner.about();

  /// For partitions and for namespaces.
  Partition.of(super.native);

  native.PartitionRecord get _about =>
      isDisposed ? throw const SealwoodException.closed() : _record;

  /// Its name.
  Uint8List get name => _about.name;

  /// How far its rows are counted.
  native.PartitionState get state => _about.state;

  /// Of a backfill the last key that was counted; null before the first, and without a backfill.
  Uint8List? get cursor => _about.cursor;

  /// How closely it is hashed.
  native.Detail get detail => _about.detail;

  /// How many rows are counted; null where that is not known. 2^63 - 1 stands for that and more.
  int? get rows => _about.rows;

  /// How many bytes their keys and values have; null where that is not known. 2^63 - 1 stands for that and more.
  int? get bytes => _about.bytes;

  /// The hash of its rows. Fails with `state-not-valid` unless all are counted.
  LtHash hash() => guardSync(() => LtHash.of(inner.hash()));

  /// The 32 bytes of the checksum of its hash. Fails with `state-not-valid` unless all are counted.
  Uint8List checksum() {
    final all = hash();
    try {
      return all.checksum();
    } finally {
      all.dispose();
    }
  }

  /// The numbers of the buckets that have rows, ascending; none without buckets.
  List<int> buckets() => _about.buckets;

  /// Its record at a [version] of the data, which is not negative, for `PartitionedLtHash.restore`.
  Uint8List encode(int version) => guardSync(() => inner.encode(version: version));
}
