/// Entries and figures.
library;

import 'generated/api/entry.dart' as native;
import 'generated/api/input.dart' show Convergence;

/// Whether an entry is a file or a directory.
enum EntryKind {
  /// It has content.
  file,

  /// It has entries.
  directory,
}

/// An entry of a vault.
final class EntryInfo {
  /// The path from the top, without a leading slash.
  final String path;

  /// The last segment of [path].
  final String name;

  /// File or directory.
  final EntryKind kind;

  /// The size of the content, in bytes; 0 for a directory. The greatest `int`, 2^63 - 1, stands for that and more.
  final int size;

  /// The modification time in milliseconds since 1970, negative before. A [DateTime] holds each of them.
  final int modifiedMs;

  /// The media type, where one was given.
  final String? contentType;

  /// Free pairs, ascending by their keys.
  final Map<String, String> metadata;

  /// An entry.
  const EntryInfo({
    required this.path,
    required this.name,
    required this.kind,
    required this.size,
    required this.modifiedMs,
    this.contentType,
    this.metadata = const {},
  });

  /// Whether it is a directory.
  bool get isDirectory => kind == EntryKind.directory;

  /// The modification time.
  DateTime get modified => DateTime.fromMillisecondsSinceEpoch(modifiedMs, isUtc: true);

  @override
  String toString() => 'EntryInfo($path)';
}

/// One page of a sorted listing.
final class ListPage {
  /// Entries ascending by the bytes of their names.
  final List<EntryInfo> entries;

  /// Where the next page starts: pass it as `after`. Null at the end.
  final String? next;

  /// A page.
  const ListPage(this.entries, this.next);
}

/// Figures of an open vault.
final class VaultStats {
  /// How many commits the vault has seen in its life, by any writer, as far as this session knows.
  final int sequence;

  /// Operations that are committed and not yet spilled into nodes.
  final int tailOperations;

  /// The size of a chunk, in bytes.
  final int chunkBytes;

  /// Whether equal contents are stored as one.
  final Convergence convergence;

  /// The time of the last commit of another session that this one has read, in milliseconds since 1970, if it was more
  /// than 5 minutes ahead of this device's clock then: one of the two clocks is wrong. Else null.
  final int? futureCommitMs;

  /// Puts of roots, and of packs that hold nodes only, by this session.
  final int indexRequests;

  /// Bytes of roots and of nodes, written by this session.
  final int indexBytes;

  /// Packs with content, written by this session.
  final int contentRequests;

  /// Bytes of content in them.
  final int contentBytes;

  /// Commits of this session.
  final int commits;

  /// Commits that wrote nodes.
  final int spills;

  /// Commits that lost a race and were repeated.
  final int conflicts;

  /// Figures.
  const VaultStats({
    required this.sequence,
    required this.tailOperations,
    required this.chunkBytes,
    required this.convergence,
    this.futureCommitMs,
    required this.indexRequests,
    required this.indexBytes,
    required this.contentRequests,
    required this.contentBytes,
    required this.commits,
    required this.spills,
    required this.conflicts,
  });
}

/// The entry in Dart's form.
EntryInfo entryOf(native.Entry entry) => EntryInfo(
  path: entry.path,
  name: entry.name,
  kind: entry.isDirectory ? EntryKind.directory : EntryKind.file,
  size: entry.size,
  modifiedMs: entry.modifiedMs,
  contentType: entry.contentType,
  metadata: Map.unmodifiable({for (final (key, value) in entry.metadata) key: value}),
);

/// The page in Dart's form.
ListPage pageOf(native.Page page) =>
    ListPage(List.unmodifiable(page.entries.map(entryOf)), page.next);

/// The figures in Dart's form.
VaultStats statsOf(native.Stats stats) => VaultStats(
  sequence: stats.sequence,
  tailOperations: stats.tailOperations,
  chunkBytes: stats.chunkBytes,
  convergence: stats.convergence,
  futureCommitMs: stats.futureCommitMs,
  indexRequests: stats.indexRequests,
  indexBytes: stats.indexBytes,
  contentRequests: stats.contentRequests,
  contentBytes: stats.contentBytes,
  commits: stats.commits,
  spills: stats.spills,
  conflicts: stats.conflicts,
);
