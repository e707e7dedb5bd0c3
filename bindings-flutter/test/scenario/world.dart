/// What a scenario has given names to.
library;

import 'dart:typed_data';

import 'package:sealwood/sealwood.dart';

import 'engine/iterations.dart';
import 'host.dart';
import 'problem.dart';

/// Values under names, of one kind.
final class Names<T> {
  final String _kind;
  final Map<String, T> _values = {};

  /// Names of a kind.
  Names(this._kind);

  /// Gives [value] a name, if there is one.
  void set(String? name, T value) {
    if (name != null) _values[name] = value;
  }

  /// Whether something has the name.
  bool has(String name) => _values.containsKey(name);

  /// What has the name.
  T get(String name) =>
      has(name) ? _values[name] as T : throw Problem('no $_kind is called "$name"');
}

/// Everything that has a name.
final class World {
  /// Stores.
  final stores = Names<BlobStore>('store');

  /// Those of them that the runner wrote.
  final hosts = Names<CountingStore>('store of the kind "host"');

  /// Vaults.
  final vaults = Names<Vault>('vault');

  /// Vaults that are not stored yet.
  final newVaults = Names<NewVault>('new vault');

  /// Batches.
  final batches = Names<Batch>('batch');

  /// Snapshots.
  final snapshots = Names<Snapshot>('snapshot');

  /// Tags of objects.
  final etags = Names<String>('etag');

  /// Links.
  final links = Names<Uint8List?>('link');

  /// Recovery phrases.
  final phrases = Names<String>('phrase');

  /// Listed keys.
  final keys = Names<List<String>>('listing');

  /// Counted calls.
  final counts = Names<int>('count of calls');

  /// Engines.
  final engines = Names<Engine>('engine');

  /// Namespaces.
  final namespaces = Names<Namespace>('namespace');

  /// Batches of engines.
  final engineBatches = Names<EngineBatch>('batch of an engine');

  /// Snapshots of engines.
  final engineSnapshots = Names<EngineSnapshot>('snapshot of an engine');

  /// Snapshots of namespaces.
  final namespaceSnapshots = Names<NamespaceSnapshot>('snapshot of a namespace');

  /// Revisions.
  final revisions = Names<int>('revision');

  /// Scans that are open.
  final scans = Names<Opened<Object>>('scan');

  /// Watches that are open.
  final watches = Names<Opened<WatchEvent>>('watch');

  /// Hashes.
  final hashes = Names<LtHash>('hash');

  /// Partitions.
  final partitions = Names<PartitionedLtHash>('set of partitions');

  /// Reported progress.
  final progress = Names<List<Progress>>('progress');

  /// [expect], with the number of a revision in place of its name.
  Object? withRevision(Object? expect) => switch (expect) {
    {'revision': final String name} => <String, Object?>{
      ...expect as Map<String, Object?>,
      'revision': revisions.get(name),
    },
    _ => expect,
  };

  /// Checks the reports under a name: one at least, never falling, ending at the total.
  void checkProgress(String name, int? total) {
    final reports = progress.get(name);
    if (reports.isEmpty) throw const Problem('no progress was reported');
    for (var i = 1; i < reports.length; i++) {
      if (reports[i].done < reports[i - 1].done) throw Problem('progress fell: $reports');
    }
    final last = reports.last;
    if (last.total != last.done || (total != null && total != last.done)) {
      throw Problem('progress ended with $last');
    }
  }
}
