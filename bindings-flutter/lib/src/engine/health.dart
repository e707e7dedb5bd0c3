/// What an engine says of itself.
library;

import 'dart:typed_data';

import '../error.dart';
import '../generated/api/engine/found.dart' as native;

/// What was checked, and what is wrong.
final class Verified {
  /// How many keys were checked.
  final int keys;

  /// How many bytes of values.
  final int valueBytes;

  /// How much is wrong.
  final int findings;

  /// The first of it.
  final List<Finding> first;

  /// What was checked.
  const Verified({
    required this.keys,
    required this.valueBytes,
    required this.findings,
    required this.first,
  });
}

/// What it means that something is wrong with an engine.
enum FindingKind {
  /// The value of a key is damaged or missing. The key is there and all else that is known of it.
  value,

  /// A part of the log is damaged or missing.
  log,

  /// The last segment of the log ends in bytes that are no record, as a crash leaves it and as damage to the last
  /// record does.
  tornEnd,

  /// The header of a segment. Its records are read all the same.
  header,

  /// The footer of a segment. Nothing is lost: its records are read instead.
  footer,

  /// The last checkpoint. The log has all that it has, but for what makes up for damage there.
  checkpoint,

  /// A part of the index in the last checkpoint, which is `index` in other languages: enums of Dart have that already.
  /// A rebuild makes it anew from the log.
  indexFrame,

  /// Counts that the engine keeps do not agree with what it holds.
  accounts,

  /// A value with a file of its own is whole and no key names it.
  unnamedValue,

  /// Something that a later release has a word for.
  other,
}

/// Something that is wrong with an engine.
final class Finding {
  /// What it means.
  final FindingKind kind;

  /// Whether it is damage, and not what a crash leaves.
  final bool isDamage;

  /// The namespace it is about, where it is known.
  final String? namespace;

  /// The key it is about.
  final Uint8List? key;

  /// What is wrong.
  final SealwoodException error;

  /// Something that is wrong.
  const Finding(this.kind, this.error, {required this.isDamage, this.namespace, this.key});
}

/// Values that no key named.
final class Vacuum {
  /// How many there were.
  final int values;

  /// Their length, in bytes.
  final int valueBytes;

  /// Values.
  const Vacuum({required this.values, required this.valueBytes});
}

/// What an engine holds now, and counts since it was opened. All sizes are in bytes.
final class EngineStats {
  /// The revision of the last change.
  final int revision;

  /// The last revision that is durable.
  final int durableRevision;

  /// Keys of all namespaces, expired ones that were not purged yet included.
  final int keys;

  /// Namespaces.
  final int namespaces;

  /// Segments of the log.
  final int segments;

  /// What the segments take.
  final int logDiskBytes;

  /// What of that is records that the index names.
  final int logLiveBytes;

  /// What the index takes in memory.
  final int indexBytes;

  /// What of that the next checkpoint has to write.
  final int dirtyBytes;

  /// How much log opening would have to replay.
  final int logSinceCheckpoint;

  /// Snapshots, scans and the like that keep files from being deleted.
  final int leases;

  /// Bytes that writers have appended to the log.
  final int logBytesWritten;

  /// Bytes of separated values that were written.
  final int valueBytesWritten;

  /// Bytes that compaction has written anew.
  final int relocatedBytes;

  /// Syncs of the log.
  final int logSyncs;

  /// Checkpoints that were published.
  final int checkpointsPublished;

  /// Figures.
  const EngineStats({
    required this.revision,
    required this.durableRevision,
    required this.keys,
    required this.namespaces,
    required this.segments,
    required this.logDiskBytes,
    required this.logLiveBytes,
    required this.indexBytes,
    required this.dirtyBytes,
    required this.logSinceCheckpoint,
    required this.leases,
    required this.logBytesWritten,
    required this.valueBytesWritten,
    required this.relocatedBytes,
    required this.logSyncs,
    required this.checkpointsPublished,
  });
}

/// What was checked, in Dart's form.
Verified verifiedOf(native.VerifiedRecord verified) => Verified(
  keys: verified.keys,
  valueBytes: verified.valueBytes,
  findings: verified.findings,
  first: [
    for (final finding in verified.first)
      Finding(
        _kind(finding.kind),
        exceptionOf(finding.error),
        isDamage: finding.isDamage,
        namespace: finding.namespace,
        key: finding.key,
      ),
  ],
);

FindingKind _kind(String name) => name == 'index'
    ? FindingKind.indexFrame
    : FindingKind.values.asNameMap()[name] ?? FindingKind.other;

/// The values in Dart's form.
Vacuum vacuumOf(native.VacuumRecord vacuum) =>
    Vacuum(values: vacuum.values, valueBytes: vacuum.valueBytes);

/// The figures in Dart's form.
EngineStats engineStatsOf(native.EngineFigures figures) => EngineStats(
  revision: figures.revision,
  durableRevision: figures.durableRevision,
  keys: figures.keys,
  namespaces: figures.namespaces,
  segments: figures.segments,
  logDiskBytes: figures.logDiskBytes,
  logLiveBytes: figures.logLiveBytes,
  indexBytes: figures.indexBytes,
  dirtyBytes: figures.dirtyBytes,
  logSinceCheckpoint: figures.logSinceCheckpoint,
  leases: figures.leases,
  logBytesWritten: figures.logBytesWritten,
  valueBytesWritten: figures.valueBytesWritten,
  relocatedBytes: figures.relocatedBytes,
  logSyncs: figures.logSyncs,
  checkpointsPublished: figures.checkpointsPublished,
);
