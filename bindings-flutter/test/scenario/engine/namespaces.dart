/// Steps on namespaces and their snapshots.
library;

import 'package:sealwood/sealwood.dart';

import '../outcome.dart';
import '../problem.dart';
import '../step.dart';
import '../world.dart';
import 'iterations.dart';
import 'partitions.dart';
import 'spelled.dart';

/// Those on a namespace.
Future<Outcome> takeOnNamespace(World world, Namespace namespace, String verb, Step step) async {
  final cancel = step.cancel;
  switch (verb) {
    case 'get':
      return _value(await namespace.get(step.bytes('key'), cancel: cancel));
    case 'info':
      return _info(await namespace.info(step.bytes('key'), cancel: cancel));
    case 'scan' || 'openScan':
      return scanned(world, verb, step, namespace.scan, (entry) {
        return rowSpelled(entry.key, entry.value);
      });
    case 'scanKeys':
      return scanned(world, verb, step, namespace.scanKeys, (entry) => spelled(entry.key));
    case 'getRange':
      final (offset, length) = (step.needNumber('offset'), step.needNumber('length'));
      return _value(await namespace.getRange(step.bytes('key'), offset, length, cancel: cancel));
    case 'put':
      final name = step.text('as');
      final revision = await namespace.put(
        step.bytes('key'),
        step.bytes('value'),
        precondition: preconditionOf(world, step),
        durability: durabilityOf(step),
        expiresAtMs: step.number('expiresAtMs'),
        cancel: cancel,
      );
      world.revisions.set(name, revision);
    case 'snapshot':
      world.namespaceSnapshots.set(step.text('as'), await namespace.snapshot(cancel: cancel));
    case 'watch':
      // The step is not what cancels the watch.
      final watch = namespace.watch(
        prefix: step.optionalBytes('prefix'),
        since: switch (step.value('since')) {
          final String name => world.revisions.get(name),
          final number => number as int?,
        },
      );
      final name = step.text('as');
      await watch.ready();
      world.watches.set(name, Opened(watch));
    case 'backfill':
      await namespace.backfill(cancel: cancel, onProgress: step.onProgress);
    default:
      return Value(await _told(world, namespace, verb, step));
  }
  return const Nothing();
}

Future<Object?> _told(World world, Namespace namespace, String verb, Step step) async {
  final cancel = step.cancel;
  switch (verb) {
    case 'delete':
      return namespace.delete(
        step.bytes('key'),
        precondition: preconditionOf(world, step),
        durability: durabilityOf(step),
        cancel: cancel,
      );
    case 'expireAt':
      return namespace.expireAt(step.bytes('key'), step.needNumber('ms'), cancel: cancel);
    case 'persist':
      return namespace.persist(step.bytes('key'), cancel: cancel);
    case 'renamePrefix':
      return namespace.renamePrefix(step.bytes('from'), step.bytes('to'), cancel: cancel);
    case 'longestPrefix':
      return namespace.longestPrefix(step.bytes('key'), cancel: cancel);
    case 'length':
      return namespace.length(cancel: cancel);
    case 'track':
      return namespace.track(named(Tracking.values, step.needText('tracking')), cancel: cancel);
    case 'trackedState':
      final state = await namespace.trackedState(cancel: cancel);
      if (state == null) return null;
      return <String, Object?>{...partitionSpelled(state.partition), 'revision': state.revision};
    case 'verifyState':
      final state = await namespace.verifyState(cancel: cancel, onProgress: step.onProgress);
      return <String, Object?>{...stateSpelled(state), 'revision': state.revision};
    case 'compare':
      final other = world.namespaces.get(step.needText('other'));
      final max = step.number('firstMax');
      final compared = await namespace.compare(other, firstMax: max, cancel: cancel);
      return <String, Object?>{
        'differences': compared.differences,
        'rowsRead': compared.rowsRead,
        'first': [for (final row in compared.first) differenceSpelled(row)],
      };
    default:
      throw Problem('nothing is called "$verb" here');
  }
}

/// Those on a snapshot of a namespace.
Future<Outcome> takeOnNamespaceSnapshot(
  World world,
  NamespaceSnapshot snapshot,
  String verb,
  Step step,
) async {
  switch (verb) {
    case 'get':
      return _value(await snapshot.get(step.bytes('key'), cancel: step.cancel));
    case 'info':
      return _info(await snapshot.info(step.bytes('key'), cancel: step.cancel));
    case 'scan' || 'openScan':
      return scanned(world, verb, step, snapshot.scan, (entry) {
        return rowSpelled(entry.key, entry.value);
      });
    case 'scanKeys':
      return scanned(world, verb, step, snapshot.scanKeys, (entry) => spelled(entry.key));
    case 'revision':
      world.revisions.set(step.text('as'), snapshot.revision);
      return const Nothing();
    default:
      throw Problem('nothing is called "$verb" here');
  }
}

/// `durability`.
Durability durabilityOf(Step step) =>
    step.choice('durability', Durability.values) ?? Durability.group;

/// `precondition`: a word, or the name of a revision.
KeyPrecondition? preconditionOf(World world, Step step) => switch (step.text('precondition')) {
  null => null,
  'absent' => const KeyPrecondition.absent(),
  'present' => const KeyPrecondition.present(),
  final name => KeyPrecondition.revision(world.revisions.get(name)),
};

/// What a full scan has found, but for its revision.
Map<String, Object?> stateSpelled(VerifiedState state) => {
  'rows': state.rows,
  'isBackfilling': state.isBackfilling,
  'difference': switch (state.difference) {
    null => null,
    StateDifference(:final buckets) => <String, Object?>{'buckets': buckets},
  },
};

/// A row that differs.
Map<String, Object?> differenceSpelled(RowDifference row) => {
  'kind': row.kind.name,
  'key': spelled(row.key),
};

Outcome _value(EngineValue? value) => value == null ? const Value(null) : Content(value.bytes);

Outcome _info(KeyInfo? info) => Value(
  info == null
      ? null
      : <String, Object?>{
          'size': info.size,
          'revision': info.revision,
          'expiresAtMs': info.expiresAtMs,
        },
);
