/// All partitions together.
library;

import 'dart:typed_data';

import '../error.dart';
import '../generated/api/engine/partitions.dart' as native;
import '../handle.dart';
import 'bytes.dart';
import 'hash.dart';
import 'partition.dart';

export '../generated/api/engine/partitions.dart' show DifferencePlace;

/// A row before and after a change.
final class RowChange {
  /// Its key.
  final Uint8List key;

  /// Its value until now; null if there was no such row.
  final Uint8List? before;

  /// Its value from now on; null if there is no such row any more.
  final Uint8List? after;

  /// A change of the row at [key].
  const RowChange(this.key, {this.before, this.after});
}

/// Where two states differ.
final class Difference {
  /// The name of the partition.
  final Uint8List partition;

  /// Whether one of the two alone has it, or where in it they differ.
  final native.DifferencePlace place;

  /// The numbers of the buckets that differ, ascending, where both have buckets; else null.
  final List<int>? buckets;

  /// A difference.
  const Difference(this.partition, this.place, {this.buckets});
}

/// The partitions of some data. Their hash is the sum of the partitions' hashes. A name there is no partition of is
/// an `invalid-argument`. Everything is done at once.
final class PartitionedLtHash extends Handle<native.PartitionedLtHash> {
  PartitionedLtHash._(super.native);

  /// A state without partitions, whose elements anybody can compute.
  factory PartitionedLtHash() =>
      guardSync(() => PartitionedLtHash._(native.PartitionedLtHash.empty()));

  /// A state without partitions, whose elements are made with a [secret] of 32 bytes: `invalid-argument` if there are
  /// more or fewer. It is wiped with the handle.
  factory PartitionedLtHash.keyed(Uint8List secret) =>
      guardSync(() => PartitionedLtHash._(native.PartitionedLtHash.empty(secret: handed(secret))));

  /// Makes a partition that is known to have no rows. Fails with `partition-exists` if the [name] is taken, and with
  /// `domain-length` if it has more than 255 bytes.
  void create(Uint8List name, Detail detail) =>
      guardSync(() => inner.create(name: handed(name), detail: detail));

  /// Takes a partition up from its [record], and returns the version of the data it was stored at; 2^63 - 1 stands
  /// for that and more. Fails with `unsupported-version`, `malformed`, `other-partition` or `partition-exists`.
  int restore(Uint8List name, Uint8List record) {
    checkBytes([name, record]);
    return guardSync(() => inner.restore(name: name, record: record));
  }

  /// Drops a partition, and returns whether there was one.
  bool remove(Uint8List name) => guardSync(() => inner.remove(name: handed(name)));

  /// The names of the partitions, ascending.
  List<Uint8List> names() => guardSync(() => inner.names());

  /// A partition as it is now, or null if there is none called [name].
  Partition? partition(Uint8List name) => guardSync(() {
    final partition = inner.partition(name: handed(name));
    return partition == null ? null : Partition.of(partition);
  });

  /// Follows changes of rows: all of them, or those up to the cursor of a backfill. Fails with `no-such-row` if more
  /// is removed than there is, and with `state-not-valid` of an absent partition: then nothing is changed.
  void apply(Uint8List name, Iterable<RowChange> changes) {
    final list = [...changes];
    checkBytes([
      name,
      for (final RowChange(:key, :before, :after) in list) ...[key, before, after],
    ]);
    guardSync(
      () => inner.apply(
        name: name,
        changes: [
          for (final RowChange(:key, :before, :after) in list)
            native.RowChangeSpec(key: key, before: before, after: after),
        ],
      ),
    );
  }

  /// Begins to count rows that are there already, from the first on, whatever was known before.
  void beginBackfill(Uint8List name, Detail detail) =>
      guardSync(() => inner.beginBackfill(name: handed(name), detail: detail));

  /// Counts the next rows of a backfill, keys and values, in ascending order of their keys. Fails with
  /// `rows-not-ascending` if they are not, and with `state-not-backfilling` without a backfill.
  void backfill(Uint8List name, Iterable<(Uint8List key, Uint8List value)> rows) =>
      guardSync(() => inner.backfill(name: handed(name), rows: handedRows(rows)));

  /// Ends a backfill that has met all rows. Fails with `state-not-backfilling` without one.
  void finishBackfill(Uint8List name) => guardSync(() => inner.finishBackfill(name: handed(name)));

  /// Forgets all that is known of a partition.
  void forget(Uint8List name) => guardSync(() => inner.forget(name: handed(name)));

  /// The hash of all rows. Fails with `state-not-valid` unless all rows of all partitions are counted.
  LtHash hash() => guardSync(() => LtHash.of(inner.hash()));

  /// The 32 bytes of the checksum of [hash], which fails as that does.
  Uint8List checksum() => guardSync(() => inner.checksum());

  /// Where another state differs from this one, in the order of the partitions' names; empty if both are of the same
  /// rows. Fails with `state-not-valid` if rows of a partition that both have are not all counted.
  List<Difference> differences(PartitionedLtHash other) => guardSync(
    () => [
      for (final native.DifferenceRecord(:partition, :place, :buckets) in inner.differences(
        other: other.inner,
      ))
        Difference(partition, place, buckets: buckets),
    ],
  );
}
