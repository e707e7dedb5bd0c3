/// What is known of the rows of namespaces, and in what they differ.
library;

import 'dart:typed_data';

import '../generated/api/engine/state.dart' as native;
import 'partition.dart';

export '../generated/api/engine/state.dart'
    show NamespaceDifferenceKind, RowDifferenceKind, Tracking;

/// What is known of the rows of a tracked namespace.
final class TrackedState {
  /// Changes up to this revision are counted, later ones are not.
  final int revision;

  /// What is counted, under the name of the namespace.
  final Partition partition;

  /// A state.
  const TrackedState(this.partition, {required this.revision});
}

/// What a full scan of a tracked namespace has found.
final class VerifiedState {
  /// The revision at which both were looked at.
  final int revision;

  /// How many rows were read.
  final int rows;

  /// Whether not all rows are counted yet. Then only those that are were read, which may be none, and the namespace is
  /// not verified.
  final bool isBackfilling;

  /// Where the rows are not those that were counted; null if they are.
  final StateDifference? difference;

  /// What was found.
  const VerifiedState({
    required this.revision,
    required this.rows,
    required this.isBackfilling,
    this.difference,
  });
}

/// Where the rows of a namespace are not those that were counted.
final class StateDifference {
  /// In these of the 256 buckets, ascending; null if it is somewhere.
  final List<int>? buckets;

  /// A difference.
  const StateDifference(this.buckets);
}

/// What full scans of all tracked namespaces have found.
final class VerifiedStates {
  /// How many rows were read.
  final int rows;

  /// Of how many namespaces the rows are not those that were counted.
  final int differing;

  /// Of how many not all rows are counted yet.
  final int backfilling;

  /// What was found of each that is tracked, in the order of their names.
  final List<VerifiedNamespace> namespaces;

  /// What was found.
  const VerifiedStates({
    required this.rows,
    required this.differing,
    required this.backfilling,
    required this.namespaces,
  });
}

/// What a full scan of one of the namespaces has found.
final class VerifiedNamespace {
  /// Its name.
  final String name;

  /// What was found.
  final VerifiedState state;

  /// What was found of a namespace.
  const VerifiedNamespace(this.name, this.state);
}

/// What a comparison has looked at and found.
final class Compared {
  /// How many rows differ.
  final int differences;

  /// How many rows were read: none where the hashes are the same.
  final int rowsRead;

  /// The first of them in the order of their keys, and no further ones once these have 8 MiB.
  final List<RowDifference> first;

  /// What was found.
  const Compared({required this.differences, required this.rowsRead, required this.first});
}

/// A row in which two namespaces differ.
final class RowDifference {
  /// Whether one of the two alone has it, or both with different values.
  final native.RowDifferenceKind kind;

  /// Its key.
  final Uint8List key;

  /// A row that differs.
  const RowDifference(this.kind, this.key);
}

/// What a comparison of engines has looked at and found.
final class ComparedEngines {
  /// How many namespaces were compared.
  final int namespaces;

  /// How many only one of the two has.
  final int missing;

  /// How many could not be compared: one of the two does not track them, or has not counted all rows yet.
  final int notCounted;

  /// How many rows differ.
  final int differences;

  /// How many rows were read: none where the hashes are the same.
  final int rowsRead;

  /// The first of what differs, in the order of namespaces and of keys, and no further once the keys have 8 MiB.
  final List<NamespaceDifference> first;

  /// What was found.
  const ComparedEngines({
    required this.namespaces,
    required this.missing,
    required this.notCounted,
    required this.differences,
    required this.rowsRead,
    required this.first,
  });
}

/// In what a namespace of two engines differs.
final class NamespaceDifference {
  /// Whether one of the two alone has it, it could not be compared, or it differs in a row.
  final native.NamespaceDifferenceKind kind;

  /// Its name.
  final String namespace;

  /// The row, if it is one.
  final RowDifference? row;

  /// A difference.
  const NamespaceDifference(this.kind, this.namespace, {this.row});
}

/// The state in Dart's form.
TrackedState? trackedStateOf(native.CountedState? state) {
  if (state == null) return null;
  final partition = Partition.of(state.partition());
  final revision = state.revision();
  state.dispose();
  return TrackedState(partition, revision: revision);
}

/// What was found of a namespace, in Dart's form.
VerifiedState verifiedStateOf(native.VerifiedStateRecord state) => VerifiedState(
  revision: state.revision,
  rows: state.rows,
  isBackfilling: state.isBackfilling,
  difference: state.isSame ? null : StateDifference(state.buckets),
);

/// What was found of an engine, in Dart's form.
VerifiedStates verifiedStatesOf(native.VerifiedStatesRecord states) => VerifiedStates(
  rows: states.rows,
  differing: states.differing,
  backfilling: states.backfilling,
  namespaces: [
    for (final native.VerifiedNamespaceRecord(:name, :state) in states.namespaces)
      VerifiedNamespace(name, verifiedStateOf(state)),
  ],
);

/// What a comparison of namespaces has found, in Dart's form.
Compared comparedOf(native.ComparedRecord compared) => Compared(
  differences: compared.differences,
  rowsRead: compared.rowsRead,
  first: [for (final difference in compared.first) _row(difference)],
);

/// What a comparison of engines has found, in Dart's form.
ComparedEngines comparedEnginesOf(native.ComparedEnginesRecord compared) => ComparedEngines(
  namespaces: compared.namespaces,
  missing: compared.missing,
  notCounted: compared.notCounted,
  differences: compared.differences,
  rowsRead: compared.rowsRead,
  first: [
    for (final native.NamespaceDifferenceRecord(:kind, :namespace, :row) in compared.first)
      NamespaceDifference(kind, namespace, row: row == null ? null : _row(row)),
  ],
);

RowDifference _row(native.RowDifferenceRecord difference) =>
    RowDifference(difference.kind, difference.key);
