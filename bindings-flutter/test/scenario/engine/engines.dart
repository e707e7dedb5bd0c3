/// Steps on engines, their batches and snapshots.
library;

import 'package:sealwood/sealwood.dart';

import '../outcome.dart';
import '../problem.dart';
import '../step.dart';
import '../world.dart';
import 'namespaces.dart';
import 'spelled.dart';

/// `engine.*`, of which [verb] is the second part.
Future<Outcome> takeOnEngine(World world, String verb, Step step) async {
  final cancel = step.cancel;
  final name = step.text('as');
  switch (verb) {
    case 'memory':
      world.engines.set(name, await Engine.memory(config: _config(step), cancel: cancel));
      return const Nothing();
    case 'open':
      final path = step.needText('path');
      world.engines.set(name, await Engine.open(path, config: _config(step), cancel: cancel));
      return const Nothing();
  }
  final engine = world.engines.get(step.needText('engine'));
  switch (verb) {
    case 'namespace':
      final namespace = await engine.namespace(
        step.needText('name'),
        separatedBytesMin: step.number('separatedBytesMin'),
        cancel: cancel,
      );
      world.namespaces.set(name, namespace);
    case 'batch':
      world.engineBatches.set(name, engine.batch());
    case 'snapshot':
      world.engineSnapshots.set(name, await engine.snapshot(cancel: cancel));
    case 'revision':
      world.revisions.set(name, await engine.revision(cancel: cancel));
    case 'sync':
      await engine.sync(cancel: cancel);
    case 'close':
      await engine.close(cancel: cancel);
    default:
      return Value(await _told(world, engine, verb, step));
  }
  return const Nothing();
}

Future<Object?> _told(World world, Engine engine, String verb, Step step) async {
  final cancel = step.cancel;
  switch (verb) {
    case 'namespaces':
      return engine.namespaces(cancel: cancel);
    case 'dropNamespace':
      return engine.dropNamespace(step.needText('name'), cancel: cancel);
    case 'needsSync':
      return engine.needsSync(cancel: cancel);
    case 'checkpoint':
      return engine.checkpoint(cancel: cancel);
    case 'maintain':
      return engine.maintain(cancel: cancel);
    case 'compact':
      return engine.compact(cancel: cancel);
    case 'purgeExpired':
      return engine.purgeExpired(cancel: cancel);
    case 'vacuum':
      final found = await engine.vacuum(cancel: cancel);
      return <String, Object?>{'values': found.values, 'valueBytes': found.valueBytes};
    case 'stats':
      return _stats(await engine.stats(cancel: cancel));
    case 'verify':
      final verified = await engine.verify(firstMax: step.number('firstMax'), cancel: cancel);
      return <String, Object?>{
        'keys': verified.keys,
        'valueBytes': verified.valueBytes,
        'findings': verified.findings,
      };
    case 'verifyState':
      return _verified(await engine.verifyState(cancel: cancel, onProgress: step.onProgress));
    case 'compare':
      final other = world.engines.get(step.needText('other'));
      final max = step.number('firstMax');
      return _compared(await engine.compare(other, firstMax: max, cancel: cancel));
    default:
      throw Problem('nothing is called "$verb" here');
  }
}

/// Those on a batch of an engine.
Future<Outcome> takeOnEngineBatch(World world, EngineBatch batch, String verb, Step step) async {
  switch (verb) {
    case 'put':
      batch.put(
        world.namespaces.get(step.needText('in')),
        step.bytes('key'),
        step.bytes('value'),
        precondition: preconditionOf(world, step),
        expiresAtMs: step.number('expiresAtMs'),
      );
    case 'delete':
      final namespace = world.namespaces.get(step.needText('in'));
      batch.delete(namespace, step.bytes('key'), precondition: preconditionOf(world, step));
    case 'length':
      return Value(batch.length);
    case 'commit':
      final name = step.text('as');
      final durability = durabilityOf(step);
      world.revisions.set(name, await batch.commit(durability: durability, cancel: step.cancel));
    case 'close':
      batch.close();
    default:
      throw Problem('nothing is called "$verb" here');
  }
  return const Nothing();
}

/// Those on a snapshot of an engine.
Outcome takeOnEngineSnapshot(World world, EngineSnapshot snapshot, String verb, Step step) {
  switch (verb) {
    case 'namespaces':
      return Value(snapshot.namespaces());
    case 'namespace':
      final name = step.text('as');
      final namespace = snapshot.namespace(step.needText('name'));
      if (namespace != null) world.namespaceSnapshots.set(name, namespace);
      return Value(namespace != null);
    default:
      throw Problem('nothing is called "$verb" here');
  }
}

EngineConfig _config(Step step) => EngineConfig(
  access: step.choice('access', EngineAccess.values) ?? EngineAccess.readWrite,
  recovery: step.choice('recovery', EngineRecovery.values) ?? EngineRecovery.checkpoint,
  background: step.choice('backgroundWork', EngineBackground.values) ?? EngineBackground.automatic,
  separatedBytesMin: step.number('separatedBytesMin'),
  memoryBytesMax: step.number('memoryBytesMax'),
  namespacesMax: step.number('namespacesMax'),
  checkpointIdle: switch (step.number('checkpointIdleMs')) {
    null => null,
    final ms => Duration(milliseconds: ms),
  },
  watchEventsMax: step.number('watchEventsMax'),
  watchBytesMax: step.number('watchBytesMax'),
);

Map<String, Object?> _verified(VerifiedStates states) => {
  'rows': states.rows,
  'differing': states.differing,
  'backfilling': states.backfilling,
  'namespaces': [
    for (final VerifiedNamespace(:name, :state) in states.namespaces)
      <String, Object?>{...stateSpelled(state), 'name': name},
  ],
};

Map<String, Object?> _compared(ComparedEngines compared) => {
  'namespaces': compared.namespaces,
  'missing': compared.missing,
  'notCounted': compared.notCounted,
  'differences': compared.differences,
  'rowsRead': compared.rowsRead,
  'first': [
    for (final NamespaceDifference(:kind, :namespace, :row) in compared.first)
      <String, Object?>{
        'kind': kind.name,
        'namespace': namespace,
        'row': row == null ? null : differenceSpelled(row),
      },
  ],
};

Map<String, Object?> _stats(EngineStats stats) => {
  'revision': stats.revision,
  'durableRevision': stats.durableRevision,
  'keys': stats.keys,
  'namespaces': stats.namespaces,
  'segments': stats.segments,
  'logDiskBytes': stats.logDiskBytes,
  'logLiveBytes': stats.logLiveBytes,
  'indexBytes': stats.indexBytes,
  'dirtyBytes': stats.dirtyBytes,
  'logSinceCheckpoint': stats.logSinceCheckpoint,
  'leases': stats.leases,
  'logBytesWritten': stats.logBytesWritten,
  'valueBytesWritten': stats.valueBytesWritten,
  'relocatedBytes': stats.relocatedBytes,
  'logSyncs': stats.logSyncs,
  'checkpointsPublished': stats.checkpointsPublished,
};
