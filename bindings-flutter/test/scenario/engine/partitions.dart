/// Steps on partitions.
library;

import 'package:sealwood/sealwood.dart';

import '../content.dart';
import '../outcome.dart';
import '../problem.dart';
import '../step.dart';
import '../world.dart';
import 'spelled.dart';

/// `partitions.*`, of which [verb] is the second part.
Outcome takeOnPartitions(World world, String verb, Step step) {
  final as = step.text('as');
  if (verb == 'new') {
    final secret = step.secret('secret');
    final partitions = secret == null ? PartitionedLtHash() : PartitionedLtHash.keyed(secret);
    world.partitions.set(as, partitions);
    return const Nothing();
  }
  final partitions = world.partitions.get(step.needText('partitions'));
  switch (verb) {
    case 'names':
      return Value([for (final name in partitions.names()) spelled(name)]);
    case 'hash':
      world.hashes.set(as, partitions.hash());
      return const Nothing();
    case 'checksum':
      return Value(digitsOf(partitions.checksum()));
    case 'differences':
      final other = world.partitions.get(step.needText('other'));
      return Value([
        for (final Difference(:partition, :place, :buckets) in partitions.differences(other))
          <String, Object?>{
            'partition': spelled(partition),
            'place': place.name,
            'buckets': ?buckets,
          },
      ]);
  }
  final name = step.bytes('name');
  switch (verb) {
    case 'create':
      partitions.create(name, named(Detail.values, step.needText('detail')));
    case 'restore':
      return Value(partitions.restore(name, step.content('record')));
    case 'remove':
      return Value(partitions.remove(name));
    case 'partition':
      final partition = partitions.partition(name);
      return Value(partition == null ? null : partitionSpelled(partition));
    case 'record':
      final partition = partitions.partition(name) ?? (throw const Problem('no such partition'));
      return Content(partition.encode(step.needNumber('version')));
    case 'apply':
      partitions.apply(name, step.list('changes').map(_change));
    case 'beginBackfill':
      partitions.beginBackfill(name, named(Detail.values, step.needText('detail')));
    case 'backfill':
      partitions.backfill(name, step.rows);
    case 'finishBackfill':
      partitions.finishBackfill(name);
    case 'forget':
      partitions.forget(name);
    default:
      throw Problem('nothing is called "$verb" here');
  }
  return const Nothing();
}

/// The members of a partition.
Map<String, Object?> partitionSpelled(Partition partition) {
  final cursor = partition.cursor;
  return {
    'name': spelled(partition.name),
    'state': partition.state.name,
    'cursor': cursor == null ? null : spelled(cursor),
    'detail': partition.detail.name,
    'rows': partition.rows,
    'bytes': partition.bytes,
    'checksum': partition.state == PartitionState.valid ? digitsOf(partition.checksum()) : null,
    'buckets': partition.buckets(),
  };
}

RowChange _change(Object? given) {
  final change = Step(given is Map<String, Object?> ? given : throw Problem('no change: $given'));
  final row = RowChange(
    change.bytes('key'),
    before: change.optionalBytes('before'),
    after: change.optionalBytes('after'),
  );
  change.finish();
  return row;
}
